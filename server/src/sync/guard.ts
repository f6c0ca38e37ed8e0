/**
 * Step 5: holds back the part of a plan that is too unusual to apply without a person, school by school and then for the whole
 * integration. What is held waits; the rest goes on. Holds that nothing belongs to any more are closed. Every judgement is kept.
 */
import { tooManyRejected, type Drain, type Operation } from '@rollcall/core';
import type { Tx } from '../store/database.js';
import { closeHold, listHolds, openOrRefreshHold, type Hold } from '../store/holds.js';
import { readingChanged } from '../store/integration-strategy.js';
import { writeJudgements, type Judgement } from '../store/limit-judgements.js';
import type { Phase } from '../store/run-entities.js';
import { planTripped } from '../store/sql/absence.js';
import { drainBySchool, mayDrain } from '../store/sql/drain.js';
import {
  activeBySchool,
  assignHold,
  holdRows,
  measureScopes,
  schoolName,
  type ScopeMeasure,
} from '../store/sql/judge.js';
import type { SqlScope } from '../store/sql/scope.js';
import { holdRelinks } from './hold-relinks.js';
import { couldTrip, judgeMeasure, sumDrains, type Grounds, type JudgedScope } from './judge-measures.js';
import { limitsOfRun } from './run-limits.js';
import { scopeOf, type RunContext } from './run-context.js';

/** `renewed` are holds that an earlier step of planning has opened or renewed. */
export async function guard(
  tx: Tx,
  context: RunContext,
  scope: SqlScope,
  phase: Phase,
  renewed: ReadonlySet<string>,
): Promise<void> {
  const { integrationId, tenantId, id: runId } = context.run;
  const entity = scope.entity.name;
  const open = await listHolds(tx, tenantId, { integrationId, entity, state: 'open' });
  const refreshed = new Set(renewed);
  const relinks = await holdRelinks(tx, context, scope, refreshed);
  const measures = await measureScopes(tx, scope, phase.complete);
  const judgements: Judgement[] = relinks ? [relinks] : [];
  if (measures.length > 0) {
    const limits = await limitsOfRun(tx, context);
    const removalsWait = await whyRemovalsWait(tx, context, phase, measures);
    const grounds: Grounds = { entity, limits, open, removalsWait, completedBefore: phase.completedBefore };
    judgements.push(...(await judge(tx, scope, phase, grounds, measures)));
    for (const judgement of judgements)
      if (judgement.verdict === 'held' && judgement !== relinks)
        await holdScope(tx, context, scope, phase, judgement, refreshed);
  }
  await closeEmptied(tx, context, open, refreshed, phase);
  await writeJudgements(tx, { tenantId, runId, entity }, judgements);
}

/** Why no removal is applied without a person, or null: what was read has changed, or too much of it was kept out. */
async function whyRemovalsWait(
  tx: Tx,
  context: RunContext,
  phase: Phase,
  measures: readonly ScopeMeasure[],
): Promise<string | null> {
  if (!measures.some((measure) => measure.operation === 'deactivate')) return null;
  if (await readingChanged(tx, context.run, phase.entity))
    return 'the configuration has changed since the last complete read, so removals wait for a person';
  return phase.complete ? null : tooManyRejected(phase.counts.rejected ?? 0, phase.counts.distinct ?? 0);
}

/** Each school by itself, then what the schools let through together. */
async function judge(
  tx: Tx,
  scope: SqlScope,
  phase: Phase,
  grounds: Grounds,
  measures: readonly ScopeMeasure[],
): Promise<Judgement[]> {
  const removes = measures.some((measure) => measure.operation === 'deactivate');
  const drains =
    removes && (await mayDrain(tx, scope)) ? await drainBySchool(tx, scope) : new Map<string | null, Drain>();
  const asked = measures.map((m) => ({
    ...m,
    active: null,
    drain: m.operation === 'deactivate' ? drains.get(m.school) : undefined,
  }));
  // Most runs need no counting.
  const active = asked.some((one) => couldTrip(grounds, one)) ? await activeBySchool(tx, scope) : null;
  const counted = asked.map((one) => ({ ...one, active: active && (active.get(one.school) ?? 0) }));
  const schools = counted.map((one) => judgeMeasure(grounds, one));
  const passed = counted.filter((_, at) => schools[at]!.verdict !== 'held');
  for (const [at, one] of counted.entries())
    if (one.operation === 'deactivate' && schools[at]!.verdict === 'held') drains.delete(one.school);
  const together = [...new Set(passed.map((one) => one.operation))].map((operation) =>
    judgeMeasure(grounds, {
      operation,
      school: 'any',
      rows: passed.reduce((sum, one) => sum + (one.operation === operation ? one.rows : 0), 0),
      active: phase.activeBefore,
      drain: operation === 'deactivate' ? sumDrains([...drains.values()]) : undefined,
    }),
  );
  return [...schools, ...together];
}

async function holdScope(
  tx: Tx,
  context: RunContext,
  scope: SqlScope,
  phase: Phase,
  judgement: Judgement,
  refreshed: Set<string>,
): Promise<void> {
  const { scopeKind, scopeId, why } = judgement;
  const operation = judgement.operation as Operation;
  const school: JudgedScope = scopeKind === 'integration' ? 'any' : scopeId;
  if (operation === 'deactivate' && phase.complete) await planTripped(tx, scope, school);
  const named = school === 'any' ? 'the whole integration' : await schoolName(tx, scope, school);
  const reason = why.includes(': ') ? why : `${named}: ${why}`;
  const held = await holdRows(tx, scope, { operation, school, reason });
  if (held.rows === 0) return;
  if (context.run.mode === 'plan') return assignHold(tx, scope, null);
  const entity = scope.entity.name;
  const hold = { ...scopeOf(context), entity, operation, scopeKind, scopeId, reason, ...held };
  const holdId = await openOrRefreshHold(tx, hold);
  refreshed.add(holdId);
  await assignHold(tx, scope, holdId);
}

async function closeEmptied(
  tx: Tx,
  context: RunContext,
  open: readonly Hold[],
  refreshed: ReadonlySet<string>,
  phase: Phase,
): Promise<void> {
  if (context.run.mode === 'plan' || !phase.complete) return;
  for (const hold of open)
    if (!refreshed.has(hold.id)) await closeHold(tx, context.run.tenantId, hold.id, 'the source took the change back');
}
