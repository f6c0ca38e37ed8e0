/**
 * The sweeper: every few seconds it rings the bell for each run that should be worked on and that nobody holds, whatever became
 * of its job. With it, a queue that loses everything loses nothing.
 */
import type { Clock, Log } from '@rollcall/connectors';
import type { Database } from '../store/database.js';
import { findRun, waitingRuns } from '../store/runs.js';
import { isDatabaseAway } from './database-away.js';
import type { RunBell } from './run-bell.js';

/** A lease runs out within 10 s of its holder's death; with this the next attempt begins within 15 s. */
export const sweepIntervalMs = 2_000;

export interface SweeperParts {
  readonly db: Database;
  readonly bell: RunBell;
  readonly clock: Clock;
  readonly log: Log;
}

/** Returns how many runs were waiting. */
export async function sweep({ db, bell }: Pick<SweeperParts, 'db' | 'bell'>): Promise<number> {
  const waiting = await waitingRuns(db);
  const rings = [];
  for (const run of waiting) {
    const { attempt } = await db.withTenant(run.tenantId, (tx) => findRun(tx, run.tenantId, run.runId));
    rings.push({ ...run, attempt });
  }
  await bell.ring(...rings);
  return waiting.length;
}

/** Sweeps until the signal aborts. A database that is away is waited for. */
export async function keepSweeping(parts: SweeperParts, stop: AbortSignal): Promise<void> {
  const { clock, log } = parts;
  let away = false;
  while (!stop.aborted) {
    try {
      await sweep(parts);
      if (away) log.info('database.returned');
      away = false;
    } catch (error) {
      // Said once, not every two seconds for as long as it lasts.
      if (!away)
        log.warn(isDatabaseAway(error) ? 'database.left' : 'sweep.failed', { errorName: (error as Error).name });
      away = true;
    }
    await clock.sleep(sweepIntervalMs, stop).catch(() => undefined);
  }
}
