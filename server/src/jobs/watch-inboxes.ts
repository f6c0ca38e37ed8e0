/** Looks every few seconds into the folders from which integrations take packages, and rings for what was put there. Any number of workers may. */
import type { Clock, Log } from '@rollcall/connectors';
import type { Database } from '../store/database.js';
import { Inboxes } from '../sync/packages/look-into-inboxes.js';
import { isDatabaseAway } from './database-away.js';
import type { RunBell } from './run-bell.js';

export const inboxIntervalMs = 5_000;

export interface WatcherParts {
  readonly db: Database;
  readonly bell: RunBell;
  readonly clock: Clock;
  readonly log: Log;
}

/** Looks until the signal aborts. */
export async function watchInboxes({ db, bell, clock, log }: WatcherParts, stop: AbortSignal): Promise<void> {
  const inboxes = new Inboxes(db);
  while (!stop.aborted) {
    try {
      await bell.ring(...(await inboxes.look()));
    } catch (error) {
      if (!isDatabaseAway(error)) log.warn('inboxes.not-looked-at', { errorName: (error as Error).name });
    }
    await clock.sleep(inboxIntervalMs, stop).catch(() => undefined);
  }
}
