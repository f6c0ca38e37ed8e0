/** Keeps the embedded PostgreSQL running: one that dies is started again on the port that everybody knows. */
import type { Clock } from '@rollcall/connectors';
import { startPostgres, type PostgresOptions, type RunningPostgres } from '../../config/embedded-postgres.js';
import { identifyProcess, isAlive } from '../../config/process-identity.js';

const lookEveryMs = 300;

export interface KeptPostgres {
  readonly adminUrl: string;
  stop(): Promise<void>;
}

export async function keepPostgres(
  options: PostgresOptions,
  clock: Clock,
  onEvent: (sentence: string) => void,
): Promise<KeptPostgres> {
  const stopping = new AbortController();
  let current = await startPostgres(options);
  const { adminUrl, port } = current;
  const watch = async () => {
    let identity = identifyProcess(current.pid);
    while (!stopping.signal.aborted) {
      await clock.sleep(lookEveryMs, stopping.signal).catch(() => undefined);
      if (stopping.signal.aborted || (identity && isAlive(identity))) continue;
      onEvent('PostgreSQL ended; starting it again.');
      const next = await restart({ ...options, port }, onEvent);
      if (next) {
        current = next;
        identity = identifyProcess(next.pid);
      } else await clock.sleep(1_000, stopping.signal).catch(() => undefined);
    }
  };
  const watching = watch();
  return {
    adminUrl,
    async stop() {
      stopping.abort();
      await watching;
      await current.stop();
    },
  };
}

async function restart(options: PostgresOptions, onEvent: (sentence: string) => void): Promise<RunningPostgres | null> {
  try {
    return await startPostgres(options);
  } catch (error) {
    onEvent((error as Error).message);
    return null;
  }
}
