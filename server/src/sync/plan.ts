/**
 * Step 4: works out what has to be done for one entity, row by row, and lets the guard judge it. One transaction that writes
 * nothing but the plan; a dry run is this and stops here.
 */
import { cyclesIn, tooManyRejected, type Entity } from '@rollcall/core';
import type { Tx } from '../store/database.js';
import { anyApplied, forgetChunks, layOutChunks } from '../store/chunks.js';
import { refreshLetters, rejectClass } from '../store/raise-letters.js';
import { phaseOf, phasesOf, updatePhase, type Phase } from '../store/run-entities.js';
import { refreshRejected } from '../store/rejected-records.js';
import { findAbsent, planOverdue } from '../store/sql/absence.js';
import { waitForHolds } from '../store/sql/by-id.js';
import { countStaged } from '../store/sql/duplicates.js';
import {
  keepOutCycles,
  keepOutDeclined,
  keepOutUnresolved,
  openKeptOut,
  recordKeptOut,
  selfEdges,
} from '../store/sql/keep-out.js';
import { keepOutReused } from '../store/sql/match/reused.js';
import { keepOutOthers } from '../store/sql/quarantine.js';
import { countPlan } from '../store/sql/plan-counts.js';
import { countIgnored, extendPlanDigest, forgetPlan, planCreates, planLinked } from '../store/sql/plan-changes.js';
import { fieldsOfKind, preferHashJoins, sqlScope, type RunScope, type SqlScope } from '../store/sql/scope.js';
import { planLeaving, withCompany } from '../store/sql/side-by-side.js';
import { measurePlan } from '../store/statistics.js';
import { countHeld, countRecords } from './count-run.js';
import { guard } from './guard.js';
import { holdReused } from './matching/hold-reused.js';
import { matchRecords } from './matching/match-records.js';
import { isWhole, type Matched } from './matching/matching.js';
import { quarantineUnplannable } from './quarantine.js';
import { restageDirty } from './restage-dirty.js';
import { restageStale } from './restage-stale.js';
import { tellPlan } from './tell-plan.js';
import { read, scopeOf, write, type RunContext } from './run-context.js';

export async function planEntity(context: RunContext, entity: Entity): Promise<void> {
  const run = scopeOf(context);
  const { state } = await read(context, (tx) => phaseOf(tx, run, entity.name));
  if (state !== 'fetched') return;
  await restageStale(context, entity);
  await restageDirty(context, entity);
  const plan = () => writePlan(context, entity);
  const planned = await plan().catch(async (refusal: unknown) => {
    const scope = await read(context, (tx) => planScope(tx, run, entity));
    await quarantineUnplannable(context, entity, refusal, (tx, first, last) =>
      planFeed(tx, context, scope, { keepOutMore: () => keepOutOthers(tx, scope, first, last) }),
    );
    return plan();
  });
  countRecords(context.metrics, entity.name, { unchanged: planned.unchanged, rejected: planned.rejected });
  if ((planned.held ?? 0) > 0) await countHeld(context, entity.name);
  await write(context, (tx) => measurePlan(tx, planned.planned + planned.absent));
  context.failpoint('plan.committed');
}

const planScope = async (tx: Tx, run: RunScope, entity: Entity): Promise<SqlScope> =>
  withCompany(tx, { ...sqlScope(run, entity), midway: await anyApplied(tx, run) });

async function writePlan(context: RunContext, entity: Entity) {
  const run = scopeOf(context);
  const byId = context.run.mode === 'records';
  const startedAt = context.clock.now();
  return write(context, async (tx) => {
    const found = await phaseOf(tx, run, entity.name);
    const scope = await planScope(tx, run, entity);
    await forgetPlan(tx, scope);
    await forgetChunks(tx, { ...run, entity: entity.name });
    await preferHashJoins(tx);
    const presence = await findAbsent(tx, scope, found.since === null && !byId);
    const feed = await planFeed(tx, context, scope, {
      match: (created) => matchRecords(tx, context, scope, { created, phase: found, presence, byId }),
      reused: (holds) => holdReused(tx, context, scope, { whole: isWhole(found, byId), holds }),
    });
    const staged = await countStaged(tx, scope);
    const phase = await trusted(tx, context, entity, found, staged.rejects);
    await preferHashJoins(tx);
    if (phase.complete) await planOverdue(tx, scope, context.policy.grace[entity.name]);
    if (byId) await waitForHolds(tx, scope);
    await guard(tx, context, scope, phase, feed.holds);
    await planLeaving(tx, scope);
    await layOutChunks(tx, scope, context.policy);
    await extendPlanDigest(tx, scope);
    if (context.run.mode !== 'plan') {
      await refreshRejected(tx, scope, byId);
      await refreshLetters(tx, scope, rejectClass);
    }
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
}

/** A read of which too much was kept out proves nothing about removals. */
async function trusted(tx: Tx, context: RunContext, entity: Entity, phase: Phase, rejected: number): Promise<Phase> {
  const counts = { ...phase.counts, rejected };
  const doubt = tooManyRejected(rejected, phase.counts.distinct ?? 0);
  if (doubt === null) return { ...phase, counts };
  const change = { complete: false, incompleteReason: phase.incompleteReason ?? doubt };
  await updatePhase(tx, scopeOf(context), entity.name, change);
  return { ...phase, ...change, counts };
}

interface FeedCounts {
  readonly unchanged: number;
  readonly planned: number;
  readonly ignored: number;
  readonly declined: number;
  /** Holds that matching opened or renewed. */
  readonly holds: ReadonlySet<string>;
}

interface FeedSteps {
  readonly keepOutMore?: () => Promise<void>;
  /** Finds records of ours that planned creates are; told how many creates there are. */
  readonly match?: (created: number) => Promise<Matched>;
  /** Holds back updates that would make one person of two. */
  readonly reused?: (holds: Set<string>) => Promise<void>;
}

/** Plans what the feed itself asks for. When every record was recognised as unchanged there is nothing to compare. */
async function planFeed(tx: Tx, context: RunContext, scope: SqlScope, more: FeedSteps): Promise<FeedCounts> {
  await openKeptOut(tx);
  await more.keepOutMore?.();
  const { full } = await countStaged(tx, scope);
  if (full === 0) return { unchanged: 0, planned: 0, ignored: 0, declined: 0, holds: new Set() };
  await preferHashJoins(tx, full);
  const declined = await keepOutDeclined(tx, scope);
  await keepOutCircles(tx, scope);
  await keepOutReused(tx, scope);
  const unread = await notReadForSure(tx, context);
  await keepOutUnresolved(tx, scopeOf(context), scope, unread, 'roles');
  const created = await planCreates(tx, scope);
  const matched = await more.match?.(created);
  // Most often all of a first load leads somewhere, and nothing is left to look for.
  if (created < full) await keepOutUnresolved(tx, scopeOf(context), scope, unread, 'reference');
  const { blocked } = await recordKeptOut(tx, scope);
  const linked = await planLinked(tx, scope);
  const holds = new Set(matched?.holds);
  if (linked.planned > 0) await more.reused?.(holds);
  const ignored = (await countIgnored(tx, scope)) + (matched?.superseded ?? 0);
  const planned = created + linked.planned + blocked;
  return { unchanged: linked.unchanged, planned, ignored, declined, holds };
}

/** Keeps out what refers to itself in a circle. */
async function keepOutCircles(tx: Tx, scope: SqlScope): Promise<void> {
  for (const field of fieldsOfKind(scope.entity, 'reference', 'references')) {
    if (field.target !== scope.entity.name) continue;
    const cycle = cyclesIn(await selfEdges(tx, scope, field));
    if (cycle.length > 0) await keepOutCycles(tx, scope, field, cycle);
  }
}

/** Entities of which more may exist than was read. */
async function notReadForSure(tx: Tx, context: RunContext): Promise<Set<string>> {
  const phases = await phasesOf(tx, scopeOf(context));
  return new Set(phases.filter((phase) => !phase.complete).map((phase) => phase.entity));
}
