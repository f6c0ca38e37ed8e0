/** What a run adds to the process's counters. Called after the transaction whose effects it counts. */
import { finalRunStates, type EntityName } from '@rollcall/core';
import type { Metrics } from '@rollcall/connectors';
import { listEvents } from '../store/run-events.js';
import type { Run } from '../store/runs.js';
import { read, scopeOf, type RunContext } from './run-context.js';

/** Counts a run that has come to its end; one that goes on later is counted then. */
export function countEnd(metrics: Metrics, run: Run): void {
  const { mode, state, startedAt, finishedAt } = run;
  if (!finalRunStates.includes(state)) return;
  const labels = { mode, outcome: state };
  metrics.count('rollcall_run_total', labels);
  if (startedAt && finishedAt)
    metrics.time('rollcall_run_duration_seconds', finishedAt.getTime() - startedAt.getTime(), labels);
}

/** `counts` are numbers of records by what was done with them. */
export function countRecords(metrics: Metrics, entity: EntityName, counts: Readonly<Record<string, number>>): void {
  for (const [op, by] of Object.entries(counts))
    if (by > 0) metrics.count('rollcall_records_total', { entity, op }, by);
}

/** What the guard held back of an entity, as it was written down. */
export async function countHeld(context: RunContext, entity: EntityName): Promise<void> {
  for (const event of await read(context, (tx) => listEvents(tx, scopeOf(context)))) {
    if (event.entity !== entity || (event.kind !== 'hold.opened' && event.kind !== 'hold.refreshed')) continue;
    const { operation, rows } = event.figures;
    context.metrics.count('rollcall_guard_tripped_total', { entity, op: operation });
    if (operation === 'deactivate') context.metrics.count('rollcall_deletes_blocked_total', { entity }, rows);
  }
}
