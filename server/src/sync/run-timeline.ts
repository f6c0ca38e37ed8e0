/** The story of a run at any moment of it, for people: what CLI and API show. */
import { timelineOf, type RunReport, type TimelineLine } from '@rollcall/core';
import type { Tx } from '../store/database.js';
import { listEvents } from '../store/run-events.js';
import type { Run } from '../store/runs.js';

export interface RunTimeline {
  readonly run: RunReport['run'];
  readonly lines: readonly TimelineLine[];
}

export async function runTimeline(tx: Tx, run: Run): Promise<RunTimeline> {
  const { id, state, mode, integration, attempt, reason, nextStep } = run;
  const lines = timelineOf(await listEvents(tx, { tenantId: run.tenantId, runId: id }));
  return { run: { id, state, mode, integration, attempt, reason, nextStep }, lines };
}
