/**
 * Step 5: holds back the part of a plan that is too unusual to apply without a person, school by school and then for the whole
 * integration. What is held waits; the rest goes on. Holds that nothing belongs to any more are closed.
 */
import { tooManyRejected, trippedLimit, type EntityName, type Operation } from '@rollcall/core';
import type { Tx } from '../store/database.js';
import { closeHold, listHolds, openOrRefreshHold, type Hold } from '../store/holds.js';
import { readingChanged } from '../store/integration-strategy.js';
import type { Phase } from '../store/run-entities.js';
import { planTripped } from '../store/sql/absence.js';
import {
  activeBySchool,
  assignHold,
  holdRows,
  measureScopes,
  schoolName,
  type ScopeMeasure,
} from '../store/sql/judge.js';
import type { SqlScope } from '../store/sql/scope.js';
import { scopeOf, type RunContext } from './run-context.js';

export async function guard(tx: Tx, context: RunContext, scope: SqlScope, phase: Phase): Promise<void> {
  const { integrationId, tenantId } = context.run;
  const entity = scope.entity.name;
  const open = await listHolds(tx, tenantId, { integrationId, entity, state: 'open' });
  const measures = await measureScopes(tx, scope, phase.complete);
  if (measures.length === 0 && open.length === 0) return;
  const limits = context.policy.limits[entity];
  // Measured against nothing, a measure that does not trip cannot trip at all; most runs need no counting.
  const close = measures.some((m) => trippedLimit(limits, { ...m, active: 0 }, phase.completedBefore) !== null);
  const active = close ? await activeBySchool(tx, scope) : new Map<string | null, number>();
  const unproven = await removalsWait(tx, context, entity, measures);
  const refreshed = new Set<string>();
  const remaining: ScopeMeasure[] = [];
  for (const measure of measures) {
    const reason =
      openReason(open, measure) ??
      (measure.operation === 'deactivate' ? (unproven ?? doubtOf(phase)) : null) ??
      trippedLimit(limits, { ...measure, active: active.get(measure.school) ?? 0 }, phase.completedBefore);
    if (reason === null) remaining.push(measure);
    else await holdScope(tx, context, scope, phase, { ...measure, reason }, refreshed);
  }
  for (const operation of new Set(remaining.map((m) => m.operation)))
    await guardIntegration(tx, context, scope, phase, { operation, remaining, open, refreshed });
  await closeEmptied(tx, context, open, refreshed, phase);
}

/** Why no removal is applied without a person, or null: what is read has changed, so what is not there any more proves nothing. */
async function removalsWait(
  tx: Tx,
  context: RunContext,
  entity: EntityName,
  measures: readonly ScopeMeasure[],
): Promise<string | null> {
  if (!measures.some((measure) => measure.operation === 'deactivate')) return null;
  return (await readingChanged(tx, context.run, entity))
    ? 'the configuration has changed since the last complete read, so removals wait for a person'
    : null;
}

/** A scope whose hold is open stays held, however many rows are left of it, until a person decides or they come back. */
function openReason(open: readonly Hold[], measure: ScopeMeasure): string | null {
  const hold = open.find(
    (h) => h.operation === measure.operation && h.scopeKind !== 'integration' && h.scopeId === measure.school,
  );
  return hold?.reason ?? null;
}

/** Where too much was kept out, what the source ends by name waits for a person too. */
const doubtOf = (phase: Phase): string | null =>
  phase.complete ? null : tooManyRejected(phase.counts.rejected ?? 0, phase.counts.distinct ?? 0);

async function guardIntegration(
  tx: Tx,
  context: RunContext,
  scope: SqlScope,
  phase: Phase,
  at: { operation: Operation; remaining: ScopeMeasure[]; open: readonly Hold[]; refreshed: Set<string> },
): Promise<void> {
  const { operation } = at;
  const rows = at.remaining.filter((m) => m.operation === operation).reduce((sum, m) => sum + m.rows, 0);
  const hold = at.open.find((h) => h.operation === operation && h.scopeKind === 'integration');
  const limits = context.policy.limits[scope.entity.name];
  const reason =
    hold?.reason ?? trippedLimit(limits, { operation, rows, active: phase.activeBefore }, phase.completedBefore);
  if (reason === null) return;
  await holdScope(tx, context, scope, phase, { operation, school: 'any', reason }, at.refreshed);
}

async function holdScope(
  tx: Tx,
  context: RunContext,
  scope: SqlScope,
  phase: Phase,
  what: { operation: Operation; school: string | null | 'any'; reason: string },
  refreshed: Set<string>,
): Promise<void> {
  if (what.operation === 'deactivate' && phase.complete) await planTripped(tx, scope, what.school);
  const named = what.school === 'any' ? 'the whole integration' : await schoolName(tx, scope, what.school);
  const reason = what.reason.includes(': ') ? what.reason : `${named}: ${what.reason}`;
  const held = await holdRows(tx, scope, { ...what, reason });
  if (held.rows === 0) return;
  if (context.run.mode === 'plan') return assignHold(tx, scope, null);
  const scopeKind = what.school === 'any' ? 'integration' : what.school === null ? 'district' : 'school';
  const holdId = await openOrRefreshHold(tx, {
    ...scopeOf(context),
    entity: scope.entity.name,
    operation: what.operation,
    scopeKind,
    scopeId: scopeKind === 'school' ? what.school : null,
    reason,
    ...held,
  });
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
