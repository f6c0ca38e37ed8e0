/**
 * The sweeper: every few seconds it rings the bell for each run that should be worked on and that nobody holds, whatever became
 * of its job, and asks for runs of integrations with marked records. With it, a queue that loses everything loses nothing; and while the queue hears nothing at all, the sweeper takes
 * the waiting runs up itself.
 */
import type { Clock, Log } from '@rollcall/connectors';
import type { Database } from '../store/database.js';
import { waitingRuns } from '../store/waiting-runs.js';
import { tidyStages } from '../sync/tidy-stages.js';
import { wakeIntegrations } from '../sync/wake-integrations.js';
import { isDatabaseAway } from './database-away.js';
import type { RunBell } from './run-bell.js';

/** A lease runs out within 10 s of its holder's death; with this the next attempt begins within 15 s. */
export const sweepIntervalMs = 2_000;

export interface SweeperParts {
  readonly db: Database;
  readonly bell: RunBell;
  readonly clock: Clock;
  readonly log: Log;
  /** Takes up the run that is next, when the queue is away; resolves when the attempt has ended. */
  readonly workUnasked: () => Promise<unknown>;
}

export interface Swept {
  readonly waiting: number;
  /** Whether the queue took the rings. */
  readonly heard: boolean;
}

export async function sweep({ db, bell }: Pick<SweeperParts, 'db' | 'bell'>): Promise<Swept> {
  await wakeIntegrations(db);
  const waiting = await waitingRuns(db);
  return { waiting: waiting.length, heard: await bell.ring(...waiting) };
}

/** Sweeps until the signal aborts, and ends when what it took up itself has ended. A database that is away is waited for. */
export async function keepSweeping(parts: SweeperParts, stop: AbortSignal): Promise<void> {
  const { clock, log } = parts;
  const unasked = new Unasked(parts);
  let away = false;
  while (!stop.aborted) {
    try {
      const { waiting, heard } = await sweep(parts);
      if (!heard) unasked.takeUp(waiting);
      await tidyStages(parts.db);
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
  await unasked.ended();
}

/** As many as a worker takes from the queue. */
const atATime = 2;

class Unasked {
  readonly #busy = new Set<Promise<unknown>>();

  constructor(private readonly parts: Pick<SweeperParts, 'workUnasked' | 'log'>) {}

  takeUp(waiting: number): void {
    for (let n = Math.min(waiting, atATime - this.#busy.size); n > 0; n -= 1) {
      const work: Promise<unknown> = this.parts
        .workUnasked()
        .catch((error: Error) => this.parts.log.warn('attempt.interrupted', { errorName: error.name }))
        .finally(() => this.#busy.delete(work));
      this.#busy.add(work);
    }
  }

  async ended(): Promise<void> {
    await Promise.all(this.#busy);
  }
}
