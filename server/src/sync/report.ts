/** The report of a run, at any moment of it: what was read, planned and done per entity, what waits, what was kept out. */
import { entityNames, type EntityCounts, type EntityName, type RunReport } from '@rollcall/core';
import type { Tx } from '../store/database.js';
import { sumChunks, sumOf } from '../store/chunks.js';
import { listHolds } from '../store/holds.js';
import { listPages } from '../store/pages.js';
import { rejectedBy } from '../store/rejected-records.js';
import { phasesOf, type Phase } from '../store/run-entities.js';
import type { Run } from '../store/runs.js';

/** At most this many rejected rows are listed; the counts are always whole. */
const rejectsShown = 100;

export async function buildReport(tx: Tx, run: Run): Promise<RunReport> {
  if (run.report !== null) return { ...run.report, entities: whole(run.report.entities), run: head(run) };
  const key = { tenantId: run.tenantId, runId: run.id };
  const entities = {} as Record<EntityName, EntityCounts>;
  const phases = await phasesOf(tx, key);
  for (const name of entityNames) {
    const phase = phases.find((p) => p.entity === name);
    entities[name] = phase ? await countsOf(tx, key, phase) : nothing;
  }
  const seconds = run.startedAt ? ((run.finishedAt ?? new Date()).getTime() - run.startedAt.getTime()) / 1000 : 0;
  const rows = entityNames.reduce((sum, name) => sum + entities[name].read, 0);
  const held = await listHolds(tx, run.tenantId, { integrationId: run.integrationId, state: 'open' });
  return {
    run: head(run),
    entities,
    seconds: round(seconds),
    recordsPerSecond: seconds > 0 ? Math.round(rows / seconds) : 0,
    peakRssMb: run.peakRssMb,
    holds: held
      .filter((hold) => hold.lastRunId === run.id)
      .map(({ id, entity, operation, scope, rows: count, reason, openedAt }) => ({
        id,
        entity,
        operation,
        scope,
        rows: count,
        reason,
        openedAt: openedAt.toISOString(),
      })),
    rejects: (await rejectedBy(tx, key, rejectsShown)).map(({ times: _times, ...reject }) => reject),
  };
}

/** Reports that were kept before something was counted do not name it. */
const whole = (entities: RunReport['entities']): RunReport['entities'] =>
  Object.fromEntries(
    Object.entries(entities).map(([name, counts]) => [name, { ...nothing, ...counts }]),
  ) as RunReport['entities'];

const head = (run: Run): RunReport['run'] => ({
  id: run.id,
  state: run.state,
  mode: run.mode,
  integration: run.integration,
  attempt: run.attempt,
  reason: run.reason,
  nextStep: run.nextStep,
});

const nothing: EntityCounts = {
  announced: null,
  read: 0,
  duplicate: 0,
  distinct: 0,
  rejected: 0,
  staged: 0,
  unchanged: 0,
  planned: 0,
  declined: 0,
  ignored: 0,
  created: 0,
  updated: 0,
  reactivated: 0,
  deactivated: 0,
  linked: 0,
  missing: 0,
  absent: 0,
  held: 0,
  blocked: 0,
  stale: 0,
  conflict: 0,
  applied: 0,
  complete: false,
};

/** Counts of a phase that is under way come from its pages and chunks. */
async function countsOf(tx: Tx, key: { tenantId: string; runId: string }, phase: Phase): Promise<EntityCounts> {
  const { seen: _seen, equal: _equal, parsedSlim: _parsed, notFound: _notFound, ...counts } = phase.counts;
  const known = {
    ...nothing,
    announced: phase.announced ?? phase.announcedAtStart,
    ...counts,
    complete: phase.complete,
  };
  if (phase.state === 'waiting' || phase.state === 'verified') return known;
  const of = { ...key, entity: phase.entity };
  if (phase.state === 'fetching') {
    const pages = await listPages(tx, of);
    return { ...known, read: pages.reduce((sum, page) => sum + page.rowCount, 0) };
  }
  const done = await sumChunks(tx, of);
  return { ...known, ...done, applied: sumOf(done) };
}

const round = (seconds: number): number => Math.round(seconds * 1000) / 1000;
