/**
 * Step 6: carries out one entity's plan, chunk by chunk, each chunk one transaction with its hub rows, links, audit, outbox and
 * the mark that it is done. An interrupted apply goes on with the chunks that are left.
 */
import type { Entity } from '@rollcall/core';
import { countChunks, finishChunk, pendingChunks, sumChunks, type Chunk, type ChunkCounts } from '../store/chunks.js';
import type { Tx } from '../store/database.js';
import { writeAudit } from '../store/audit.js';
import { settleMarks } from '../store/dirty-records.js';
import { markAllMappings } from '../store/mappings/marks.js';
import { showHighest } from '../store/mappings/shared-records.js';
import { writeOutbox } from '../store/outbox.js';
import { refreshLetters, rejectClass } from '../store/raise-letters.js';
import { passRefused } from '../store/rejected-records.js';
import { phaseOf, updatePhase, type Phase } from '../store/run-entities.js';
import { recordEvent } from '../store/run-events.js';
import {
  applyChangedRoles,
  applyCreates,
  applyDeactivations,
  applyNewRoles,
  applyUpdates,
  markStale,
} from '../store/sql/apply-chunk.js';
import { applyLeavings, keepSaid } from '../store/sql/beside.js';
import { declineUndone } from '../store/sql/decisions.js';
import { applyLinks } from '../store/sql/match/apply-links.js';
import { countRemovals } from '../store/sql/drain.js';
import { rememberBytes } from '../store/sql/recognised.js';
import { preferHashJoins, sqlScope, type SqlScope } from '../store/sql/scope.js';
import { withCompany } from '../store/sql/side-by-side.js';
import { countMissed, forgetOvertakenDeclines, rebaseEqual, welcomeBack } from '../store/sql/settle-links.js';
import { bury, raise } from '../store/sql/tombstones.js';
import { measureRoster } from '../store/statistics.js';
import { countRecords } from './count-run.js';
import { inParallel } from './in-parallel.js';
import { pace } from './read-tally.js';
import { planEntity } from './plan.js';
import { quarantineUnappliable } from './quarantine.js';
import { read, scopeOf, write, type RunContext } from './run-context.js';

export async function applyEntity(context: RunContext, entity: Entity): Promise<void> {
  const run = scopeOf(context);
  let phase = await read(context, (tx) => phaseOf(tx, run, entity.name));
  if (phase.state === 'fetched' && context.sourceRunId === null) {
    // A record that it may refer to could not be applied.
    await planEntity(context, entity);
    phase = await read(context, (tx) => phaseOf(tx, run, entity.name));
  }
  if (phase.state !== 'planned') return;
  const startedAt = context.clock.now();
  const chunks = await read(context, (tx) => pendingChunks(tx, { ...run, entity: entity.name }));
  const rows = chunks.reduce(
    (sum, { creates, changes, deactivations, links }) => sum + creates + changes + deactivations + links,
    0,
  );
  await inParallel(chunks, context.policy.writers, (chunk) => applyChunk(context, entity, chunk, rows));
  if (rows > 0) await write(context, (tx) => measureRoster(tx, entity, rows));
  await settle(context, entity, phase, { rows, startedAt });
}

/** From here on caches had better forget all links of the entity than be told which ones have moved. */
const manyLinks = 100;

/** `rows` are those of the whole plan: the last, small chunk meets tables that the others have just filled. */
async function applyChunk(context: RunContext, entity: Entity, chunk: Chunk, rows: number): Promise<void> {
  const scope = sqlScope(scopeOf(context), entity);
  const apply = () =>
    write(context, async (tx) => {
      await preferHashJoins(tx, rows);
      if (chunk.changes + chunk.deactivations + chunk.links > manyLinks) await markAllMappings(tx, scope);
      const counts = await writeRows(tx, context, scope, chunk);
      await leaveTrail(tx, context, scope, chunk, counts);
      context.failpoint('chunk.written');
      return counts;
    });
  const written = await context.turn.take(context.signal, () =>
    apply().catch(async (refusal: unknown) => {
      await quarantineUnappliable(context, entity, chunk, refusal, (tx, part) => writeRows(tx, context, scope, part));
      return apply();
    }),
  );
  context.turn.works(chunk.creates + chunk.changes + chunk.deactivations + chunk.links);
  countRecords(context.metrics, entity.name, { ...written });
  context.failpoint('chunk.committed');
}

async function writeRows(tx: Tx, context: RunContext, alone: SqlScope, chunk: Chunk): Promise<ChunkCounts> {
  const scope = await withCompany(tx, alone);
  const created = chunk.creates > 0 ? await applyCreates(tx, scope, chunk) : 0;
  const changed = chunk.changes > 0 ? await applyUpdates(tx, scope, chunk) : [];
  const linked = chunk.links > 0 ? await applyLinks(tx, scope, chunk) : [];
  const ids = changed.map((row) => row.id);
  const left = scope.company && chunk.deactivations > 0 ? await applyLeavings(tx, scope, chunk) : [];
  const moved = [...ids, ...linked, ...left];
  if (created > 0) await applyNewRoles(tx, scope, chunk);
  if (moved.length > 0) await applyChangedRoles(tx, scope, chunk, moved);
  if (chunk.changes > ids.length) await markStale(tx, scope, chunk, ids);
  if (scope.company) await keepSaid(tx, scope, chunk);
  const ended = chunk.deactivations > left.length ? await applyDeactivations(tx, scope, chunk) : 0;
  const deactivated = left.length + ended;
  if (deactivated > 0) await leaveTombstones(tx, context, scope, chunk);
  if (context.run.mode === 'undo') await decline(tx, context, scope, chunk);
  const back = changed.filter((row) => row.operation === 'reactivate').map((row) => row.id);
  if (back.length > 0) await raise(tx, scope, back);
  const of = { tenantId: context.run.tenantId, entity: scope.entity.name };
  if (scope.company) await showHighest(tx, of, 'SELECT unnest($2::uuid[])', [[...back, ...linked, ...left]]);
  return {
    created,
    updated: changed.length - back.length,
    reactivated: back.length,
    deactivated,
    linked: linked.length,
  };
}

/** What was taken back would come again with the next run. */
async function decline(tx: Tx, { run, sourceRunId }: RunContext, scope: SqlScope, chunk: Chunk): Promise<void> {
  const by = { actor: run.requestedBy ?? 'system', reason: run.requestReason ?? '', source: sourceRunId! };
  await declineUndone(tx, scope, chunk, by);
}

/** What a person approved does not count as a drain; what was undone never was, and leaves nothing. */
async function leaveTombstones(tx: Tx, context: RunContext, scope: SqlScope, chunk: Chunk): Promise<void> {
  if (context.run.mode === 'undo') return;
  await bury(tx, scope, chunk);
  if (context.sourceRunId === null) await countRemovals(tx, scope, chunk);
}

/** Marks the chunk, and says so in audit and outbox, by counts and digest; the plan rows themselves are the trail per record. */
async function leaveTrail(
  tx: Tx,
  context: RunContext,
  scope: SqlScope,
  chunk: Chunk,
  counts: ChunkCounts,
): Promise<void> {
  const digest = await finishChunk(tx, scope, chunk, counts);
  if (digest === null) throw new RangeError('a chunk was applied twice');
  const { tenantId, id: runId, integrationId } = context.run;
  const entity = scope.entity.name;
  const details = { first: chunk.first, last: chunk.last, digest, ...counts };
  await writeAudit(tx, { tenantId, integrationId, runId, entity, action: 'chunk.applied', details });
  await writeOutbox(tx, {
    tenantId,
    topic: 'roster.changed',
    payload: { integrationId, runId, entity, first: chunk.first, last: chunk.last, ...counts },
  });
}

/** By this attempt. */
interface Applied {
  readonly rows: number;
  readonly startedAt: number;
}

async function settle(context: RunContext, entity: Entity, phase: Phase, applied: Applied): Promise<void> {
  const run = scopeOf(context);
  await write(context, async (tx) => {
    const scope = await withCompany(tx, sqlScope(run, entity));
    if (context.sourceRunId === null) {
      await settleFromFeed(tx, scope, phase);
      await settleMarks(tx, run, entity.name);
    }
    await updatePhase(tx, run, entity.name, { state: 'applied' });
    if ((phase.counts.planned ?? 0) + (phase.counts.absent ?? 0) > 0) await tellApplied(tx, context, entity, applied);
  });
  context.failpoint('links.settled');
}

/** The counts are of all attempts, time and pace of this one. */
async function tellApplied(tx: Tx, context: RunContext, entity: Entity, applied: Applied): Promise<void> {
  const { rows, startedAt } = applied;
  const run = scopeOf(context);
  const of = { ...run, entity: entity.name };
  const chunks = await countChunks(tx, of);
  if (chunks === 0) return;
  const counts = await sumChunks(tx, of);
  const figures = { ...counts, chunks, ...pace(rows, context.clock.now() - startedAt) };
  await recordEvent(tx, run, { kind: 'apply.completed', entity: entity.name, figures });
}

/** What the feed says of links besides the plan. */
async function settleFromFeed(tx: Tx, scope: SqlScope, phase: Phase): Promise<void> {
  const equal = phase.counts.equal ?? 0;
  await preferHashJoins(tx, equal);
  if (equal > 0) await rebaseEqual(tx, scope);
  await preferHashJoins(tx);
  const parsed = phase.counts.parsedSlim ?? 0;
  await preferHashJoins(tx, parsed);
  if (parsed > 0) await rememberBytes(tx, scope);
  await preferHashJoins(tx);
  await welcomeBack(tx, scope);
  await forgetOvertakenDeclines(tx, scope);
  if ((await passRefused(tx, scope)) > 0) await refreshLetters(tx, scope, rejectClass);
  if (phase.complete && phase.counts.missing !== 0) await countMissed(tx, scope);
}
