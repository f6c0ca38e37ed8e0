/** The scheduler of a worker: looks every few seconds for what is due, and rings for it. Any number of workers may run one. */
import type { Clock, Log } from '@rollcall/connectors';
import type { Database } from '../../store/database.js';
import { isDatabaseAway } from '../database-away.js';
import type { RunBell } from '../run-bell.js';
import { fireDue } from './fire-due.js';

export const scheduleIntervalMs = 5_000;

export interface SchedulerParts {
  readonly db: Database;
  readonly bell: RunBell;
  readonly clock: Clock;
  readonly log: Log;
}

/** Schedules until the signal aborts. A database that is away is waited for; what was missed then is made up for once. */
export async function keepScheduling(parts: SchedulerParts, stop: AbortSignal): Promise<void> {
  const { bell, clock, log } = parts;
  while (!stop.aborted) {
    try {
      await bell.ring(...(await fireDue(parts, new Date(clock.now()))));
    } catch (error) {
      // The sweeper says that the database left, and when it returned.
      if (!isDatabaseAway(error)) log.warn('schedules.not-looked-at', { errorName: (error as Error).name });
    }
    await clock.sleep(scheduleIntervalMs, stop).catch(() => undefined);
  }
}
