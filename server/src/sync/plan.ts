/**
 * Step 4: works out what has to be done for one entity, row by row, and lets the guard judge it. One transaction that writes
 * nothing but the plan; a dry run is this and stops here.
 */
import { cyclesIn, type Entity } from '@rollcall/core';
import type { Tx } from '../store/database.js';
import { forgetChunks, layOutChunks } from '../store/chunks.js';
import { phaseOf, phasesOf, updatePhase } from '../store/run-entities.js';
import { refreshRejected } from '../store/rejected-records.js';
import { findAbsent, planOverdue } from '../store/sql/absence.js';
import { countStaged } from '../store/sql/duplicates.js';
import {
  keepOutCycles,
  keepOutDeclined,
  keepOutUnresolved,
  openKeptOut,
  recordKeptOut,
  selfEdges,
} from '../store/sql/keep-out.js';
import { countPlan } from '../store/sql/plan-counts.js';
import { countIgnored, extendPlanDigest, forgetPlan, planCreates, planLinked } from '../store/sql/plan-changes.js';
import { fieldsOfKind, preferHashJoins, sqlScope, type SqlScope } from '../store/sql/scope.js';
import { measurePlan } from '../store/statistics.js';
import { countHeld, countRecords } from './count-run.js';
import { guard } from './guard.js';
import { restageStale } from './restage-stale.js';
import { tellPlan } from './tell-plan.js';
import { read, scopeOf, write, type RunContext } from './run-context.js';

export async function planEntity(context: RunContext, entity: Entity): Promise<void> {
  const run = scopeOf(context);
  const phase = await read(context, (tx) => phaseOf(tx, run, entity.name));
  if (phase.state !== 'fetched') return;
  await restageStale(context, entity);
  const startedAt = context.clock.now();
  const planned = await write(context, async (tx) => {
    const scope = sqlScope(run, entity);
    await forgetPlan(tx, scope);
    await forgetChunks(tx, { ...run, entity: entity.name });
    const feed = await planFeed(tx, context, scope);
    await preferHashJoins(tx);
    const presence = await findAbsent(tx, scope, phase.since === null);
    if (phase.complete) await planOverdue(tx, scope, context.policy.grace[entity.name]);
    await guard(tx, context, scope, phase);
    await layOutChunks(tx, scope, context.policy.chunkRows);
    await extendPlanDigest(tx, scope);
    if (context.run.mode !== 'plan') await refreshRejected(tx, scope, phase.complete);
    const staged = await countStaged(tx, scope);
    const counts = {
      ...phase.counts,
      rejected: staged.rejects,
      staged: phase.counts.distinct! - staged.rejects,
      unchanged: staged.slim + feed.unchanged,
      planned: feed.planned,
      declined: feed.declined,
      ignored: feed.ignored,
      equal: feed.unchanged,
      missing: presence.missing,
      seen: presence.seen,
      ...(await countPlan(tx, scope)),
    };
    await updatePhase(tx, run, entity.name, { state: 'planned', counts, activeBefore: presence.activeBefore });
    await tellPlan(tx, context, entity, counts, startedAt);
    context.failpoint('plan.written');
    return counts;
  });
  countRecords(context.metrics, entity.name, { unchanged: planned.unchanged, rejected: planned.rejected });
  if ((planned.held ?? 0) > 0) await countHeld(context, entity.name);
  await write(context, measurePlan);
  context.failpoint('plan.committed');
}

interface FeedCounts {
  readonly unchanged: number;
  readonly planned: number;
  readonly ignored: number;
  readonly declined: number;
}

/** Plans what the feed itself asks for. When every record was recognised as unchanged there is nothing to compare. */
async function planFeed(tx: Tx, context: RunContext, scope: SqlScope): Promise<FeedCounts> {
  await openKeptOut(tx);
  const { full } = await countStaged(tx, scope);
  if (full === 0) return { unchanged: 0, planned: 0, ignored: 0, declined: 0 };
  await preferHashJoins(tx, full);
  const declined = await keepOutDeclined(tx, scope);
  const { blocked } = await keepOut(tx, context, scope);
  const created = await planCreates(tx, scope);
  const linked = await planLinked(tx, scope);
  const ignored = await countIgnored(tx, scope);
  return { unchanged: linked.unchanged, planned: created + linked.planned + blocked, ignored, declined };
}

/** Keeps out what refers to nothing, to something kept out, or in a circle. */
async function keepOut(tx: Tx, context: RunContext, scope: SqlScope) {
  const run = scopeOf(context);
  for (const field of fieldsOfKind(scope.entity, 'reference', 'references')) {
    if (field.target !== scope.entity.name) continue;
    const cycle = cyclesIn(await selfEdges(tx, scope, field));
    if (cycle.length > 0) await keepOutCycles(tx, scope, field, cycle);
  }
  const phases = await phasesOf(tx, run);
  const incomplete = new Set(phases.filter((phase) => !phase.complete).map((phase) => phase.entity as string));
  await keepOutUnresolved(tx, run, scope, incomplete);
  return recordKeptOut(tx, scope);
}
