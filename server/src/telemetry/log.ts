/**
 * The log of a process: one JSON object a line, with the event's name, its time and fields of a fixed list. A field that is
 * not on the list keeps its name and loses its value, so that nobody's data gets into a log by accident.
 */
import type { Log } from '@rollcall/connectors';
import pino, { type DestinationStream } from 'pino';

export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug';

type Fields = Parameters<Log['info']>[1];

/** Ids, counts, names of steps and states, and sentences of faults, which hold no personal data by their contract. */
const allowed: ReadonlySet<string> = new Set([
  ...[
    'run',
    'tenant',
    'integration',
    'id',
    'kind',
    'name',
    'entity',
    'operation',
    'correlationId',
    'requestId',
    'process',
  ],
  ...[
    'attempt',
    'outcome',
    'status',
    'state',
    'step',
    'reason',
    'nextStep',
    'code',
    'errorName',
    'signal',
    'queue',
    'job',
  ],
  ...[
    'ms',
    'waitMs',
    'lifeMs',
    'bytes',
    'rows',
    'pages',
    'count',
    'port',
    'pid',
    'method',
    'route',
    'version',
    'suppressed',
  ],
]);

export function createLog(
  processName: string,
  level: LogLevel = 'info',
  /** A file, or a stream; standard error without one. */
  to?: string | DestinationStream,
): Log {
  const destination = typeof to === 'object' ? to : openDestination(to);
  const lines = pino(
    { level, base: { process: processName }, messageKey: 'event', timestamp: pino.stdTimeFunctions.isoTime },
    guarded(destination),
  );
  const write = (at: 'debug' | 'info' | 'warn' | 'error') => (event: string, fields?: Fields) =>
    lines[at](known(fields), event);
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

function openDestination(file: string | undefined): DestinationStream {
  const destination = pino.destination({ dest: file ?? 2, sync: true, mkdir: true });
  destination.on('error', () => undefined);
  return destination;
}

/** A full disk or a closed pipe loses lines; the work goes on. */
function guarded(destination: DestinationStream): DestinationStream {
  return {
    write(line) {
      try {
        destination.write(line);
      } catch {
        // The line is lost, which is all that can be done about it here.
      }
    },
  };
}

function known(fields: Fields = {}): Record<string, unknown> {
  const entries = Object.entries(fields).map(
    ([name, value]) => [name, allowed.has(name) ? value : '[removed]'] as const,
  );
  return Object.fromEntries(entries);
}
