/**
 * What a ring means to a worker: take up the run that should be next, whichever run the ring was for. Each waiting run has a ring
 * of its own, so none is forgotten, and their order is the database's at this moment, not the queue's when they were rung for.
 */
import { waitingRuns } from '../store/waiting-runs.js';
import { attemptRun, type AttemptEnd, type AttemptParts } from './attempt-run.js';
import { isDatabaseAway } from './database-away.js';

/** More runs than this are never taken by others while one worker looks for its next. */
const candidates = 50;

export async function workOnNext(parts: AttemptParts, stop: AbortSignal): Promise<AttemptEnd> {
  const tried = new Set<string>();
  while (!stop.aborted) {
    try {
      const next = (await waitingRuns(parts.db, candidates, parts.engineVersion)).find((run) => !tried.has(run.runId));
      if (!next) return tried.size > 0 ? 'taken' : 'over';
      tried.add(next.runId);
      const end = await attemptRun(parts, next, stop);
      if (end !== 'taken') return end;
    } catch (error) {
      if (isDatabaseAway(error)) return 'away';
      throw error;
    }
  }
  return 'stopped';
}
