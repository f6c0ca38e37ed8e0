/** Watches a run in the database until it is over, asks for a person, or pauses for long. A database that is away is waited for. */
import { finalRunStates, type RunState } from '@rollcall/core';
import type { Clock } from '@rollcall/connectors';
import { isDatabaseAway } from '../jobs/database-away.js';
import type { Database } from '../store/database.js';
import { phasesOf } from '../store/run-entities.js';
import { findRun, type Run } from '../store/runs.js';
import { buildReport } from '../sync/report.js';
import type { Snapshot } from './progress.js';

export interface Following {
  readonly db: Database;
  readonly clock: Clock;
  readonly stop: AbortSignal;
  readonly onProgress: (snapshot: Snapshot) => void;
}

const pollMs = 200;
/** A run that pauses this long goes on by itself later; nobody has to sit and wait for it. */
const longestPauseMs = 9_000;
const longestAwayMs = 120_000;

/** Throws an AbortError when `stop` aborts; the run is not touched by that. */
export async function followRun(run: { tenantId: string; runId: string }, following: Following): Promise<Run> {
  const { clock, stop } = following;
  let pausedSince: number | null = null;
  let awaySince: number | null = null;
  for (;;) {
    if (stop.aborted) throw new DOMException('the command is to end', 'AbortError');
    const found = await look(run, following).catch((error: unknown) => {
      awaySince ??= clock.now();
      if (!isDatabaseAway(error) || clock.now() - awaySince > longestAwayMs) throw error;
      return null;
    });
    if (found) {
      awaySince = null;
      pausedSince = found.state === 'paused' ? (pausedSince ?? clock.now()) : null;
      if (isAtRest(found.state) || (pausedSince !== null && clock.now() - pausedSince > longestPauseMs)) return found;
    }
    await clock.sleep(pollMs, stop).catch(() => undefined);
  }
}

const isAtRest = (state: RunState): boolean =>
  finalRunStates.includes(state) || state === 'needs_attention' || state === 'awaiting_approval';

async function look(
  { tenantId, runId }: { tenantId: string; runId: string },
  { db, onProgress }: Following,
): Promise<Run> {
  return db.withTenant(tenantId, async (tx) => {
    const run = await findRun(tx, tenantId, runId);
    if (!isAtRest(run.state)) {
      const { entities } = await buildReport(tx, run);
      onProgress({ state: run.state, reason: run.reason, phases: await phasesOf(tx, { tenantId, runId }), entities });
    }
    return run;
  });
}
