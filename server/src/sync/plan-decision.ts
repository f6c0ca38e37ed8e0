/**
 * The plan of a run that carries out a decision: the rows of a hold that were approved, with what waited for them; or the inverse
 * of an earlier run. Nothing is read from the source, and the guard is not asked: a person has been.
 */
import type { Entity } from '@rollcall/core';
import { forgetChunks, layOutChunks } from '../store/chunks.js';
import type { Tx } from '../store/database.js';
import { findHold } from '../store/holds.js';
import { countActiveLinks } from '../store/mappings.js';
import { phaseOf, updatePhase } from '../store/run-entities.js';
import { hasStage } from '../store/stage.js';
import { markReleased, planInverse, planReleased, planUnblocked } from '../store/sql/decisions.js';
import { carryOutChoices } from '../store/sql/match/choices.js';
import { joinReleased } from './matching/match-records.js';
import { keepOutUnresolved, openKeptOut } from '../store/sql/keep-out.js';
import { countPlan } from '../store/sql/plan-counts.js';
import { forgetPlan } from '../store/sql/plan-changes.js';
import { preferHashJoins, sqlScope, type SqlScope } from '../store/sql/scope.js';
import { planLeaving, withCompany } from '../store/sql/side-by-side.js';
import { measurePlan } from '../store/statistics.js';
import { read, scopeOf, write, type RunContext } from './run-context.js';
import { tellPlan } from './tell-plan.js';

export async function planDecision(context: RunContext, entity: Entity): Promise<void> {
  const run = scopeOf(context);
  const phase = await read(context, (tx) => phaseOf(tx, run, entity.name));
  if (phase.state !== 'waiting') return;
  const startedAt = context.clock.now();
  const rows = await write(context, async (tx) => {
    const scope = await withCompany(tx, sqlScope(run, entity));
    await preferHashJoins(tx);
    await forgetPlan(tx, scope);
    await forgetChunks(tx, { ...run, entity: entity.name });
    const planned = await planOf(tx, context, scope);
    await planLeaving(tx, scope);
    await layOutChunks(tx, scope, context.policy);
    const activeBefore = await countActiveLinks(tx, run, entity.name);
    const plan = await countPlan(tx, scope);
    const taken = planned - plan.absent;
    const source = { read: taken, duplicate: 0, distinct: taken, rejected: 0, staged: taken, planned: taken };
    const none = { announced: null, unchanged: 0, declined: 0, ignored: 0, missing: 0 };
    const counts = { ...none, ...source, ...plan, seen: activeBefore };
    await updatePhase(tx, run, entity.name, { state: 'planned', activeBefore, counts });
    if (planned > 0) await tellPlan(tx, context, entity, counts, startedAt);
    context.failpoint('plan.written');
    return planned;
  });
  await write(context, (tx) => measurePlan(tx, rows));
  context.failpoint('plan.committed');
}

/** How many rows. */
function planOf(tx: Tx, context: RunContext, scope: SqlScope): Promise<number> {
  const { run, sourceRunId } = context;
  if (run.mode !== 'undo') return release(tx, context, scope);
  return planInverse(tx, scope, { source: sourceRunId!, selection: run.selection });
}

async function release(tx: Tx, context: RunContext, scope: SqlScope): Promise<number> {
  const { run, sourceRunId: source } = context;
  const hold = await findHold(tx, run.tenantId, run.holdId!);
  const entity = scope.entity.name;
  let planned = 0;
  if (hold.entity === entity) {
    planned += await planReleased(tx, scope, { source: source!, holdId: hold.id, selection: run.selection });
    if (hold.operation === 'match' || hold.operation === 'rekey') await carryOutChoices(tx, scope);
    // Of other holds a person has said themselves that the records are new.
    if (hold.operation === 'create') await joinReleased(tx, scope, run);
  } else if (await hasStage(tx, source!, scope.entity)) {
    await openKeptOut(tx);
    await keepOutUnresolved(tx, scopeOf(context), scope, new Set(), 'reference', 'roles');
    planned += await planUnblocked(tx, scope, source!);
    await joinReleased(tx, scope, run);
  }
  await markReleased(tx, scope, source!);
  return planned;
}
