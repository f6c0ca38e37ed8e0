/** Keeps one process of the instance running: one that ends unasked is started again, soon at first and then less eagerly. */
import type { Clock } from '@rollcall/connectors';
import type { EndOfProcess, StartedProcess } from '../../config/processes.js';

export interface KeptProcess {
  readonly name: string;
  /** The one that runs now, or ran last. */
  readonly current: StartedProcess;
  stop(): Promise<void>;
}

export interface Keeping {
  readonly clock: Clock;
  /** Told in one sentence when something happened that nobody asked for. */
  readonly onEvent: (sentence: string) => void;
  /** Called after each start, so that the new process is written down. */
  readonly onStart: () => void;
}

const firstWaitMs = 100;
const longestWaitMs = 10_000;
/** A process that lived this long did well; its next end counts as its first. */
const livedWellMs = 30_000;

/** `start` is told whether it is the first time. Throws what the first start throws. */
export async function keepProcess(
  name: string,
  start: (first: boolean) => Promise<StartedProcess>,
  { clock, onEvent, onStart }: Keeping,
): Promise<KeptProcess> {
  const stopping = new AbortController();
  let current = await start(true);
  const watch = async () => {
    for (let ends = 0; ; ends += 1) {
      const since = clock.now();
      const end = await current.ended;
      if (stopping.signal.aborted || end.wanted) return;
      if (clock.now() - since > livedWellMs) ends = 0;
      onEvent(`The ${name} ${how(end)}; starting it again.`);
      await clock.sleep(Math.min(longestWaitMs, firstWaitMs * 2 ** ends), stopping.signal).catch(() => undefined);
      if (stopping.signal.aborted) return;
      const next = await start(false).catch((error: Error) => onEvent(error.message));
      if (!next) continue;
      current = next;
      if (stopping.signal.aborted) return next.stop();
      onStart();
    }
  };
  const watching = watch();
  return {
    name,
    get current() {
      return current;
    },
    async stop() {
      stopping.abort();
      await current.stop();
      await watching;
    },
  };
}

function how({ code, signal, lastLine }: EndOfProcess): string {
  const last = lastLine.startsWith('{') || lastLine === '' ? '' : ` (${lastLine.slice(0, 200)})`;
  return signal ? `was ended by ${signal}` : `ended with code ${code}${last}`;
}
