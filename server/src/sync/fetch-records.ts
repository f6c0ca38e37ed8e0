/**
 * The reading of a run of single records: those that are marked, by their ids, and what they refer to and nobody knows yet. The
 * entities go in reverse order, so that what refers is read before what it refers to. No list is read, so nothing is ever missing.
 */
import { entityNamed, type Entity } from '@rollcall/core';
import { ChecksumSet } from '../store/checksum-set.js';
import type { Tx } from '../store/database.js';
import { takenBy, takeMarked } from '../store/dirty-records.js';
import { countActiveLinks } from '../store/mappings.js';
import { phaseOf, phasesOf, updatePhase } from '../store/run-entities.js';
import { openStage, settleStage, writeStage } from '../store/stage.js';
import { encodePage } from '../store/stage-lines.js';
import { nextPage, stagedOf, unknownTargets } from '../store/sql/by-id.js';
import { countStaged } from '../store/sql/duplicates.js';
import { sqlScope } from '../store/sql/scope.js';
import { readRecords, type RecordsRead } from './read-records.js';
import { read, scopeOf, write, type RunContext } from './run-context.js';

/** How far references within an entity are followed: a school's district and what stands above it. */
const deepest = 4;
/** Records that are staged in one transaction. */
const together = 100;

const nothing = { checksums: new ChecksumSet() };

export async function fetchRecords(context: RunContext, entity: Entity): Promise<void> {
  const run = scopeOf(context);
  const phase = await read(context, (tx) => phaseOf(tx, run, entity.name));
  if (phase.state !== 'waiting' && phase.state !== 'fetching') return;
  if (phase.state === 'waiting' && !(await write(context, (tx) => begin(tx, context, entity)))) return;
  const asked = new Set<string>();
  for (let depth = 0; depth < deepest; depth += 1) {
    const ids = (await read(context, (tx) => wanted(tx, context, entity))).filter((id) => !asked.has(id));
    for (const id of ids) asked.add(id);
    for (let at = 0; at < ids.length; at += together) await stageNext(context, entity, ids.slice(at, at + together));
    if (ids.length === 0) break;
  }
  context.failpoint('fetch.ended');
  await write(context, (tx) => close(tx, context, entity));
  context.failpoint('fetch.judged');
}

/** False when there is nothing to read of the entity: then it is done with, and costs no stage. */
async function begin(tx: Tx, context: RunContext, entity: Entity): Promise<boolean> {
  const run = scopeOf(context);
  const marked = await takeMarked(tx, run, entity.name, context.policy.recordsPerRun);
  if (marked.length === 0 && (await unknown(tx, context, entity)).length === 0) {
    await updatePhase(tx, run, entity.name, { state: 'verified' });
    return false;
  }
  await openStage(tx, run.runId, entity);
  // What the guard measures against.
  const activeBefore = await countActiveLinks(tx, run, entity.name);
  await updatePhase(tx, run, entity.name, { state: 'fetching', activeBefore });
  return true;
}

/** What is still to be read: marked records, and targets of references. */
async function wanted(tx: Tx, context: RunContext, entity: Entity): Promise<string[]> {
  const run = scopeOf(context);
  const marked = await takenBy(tx, run, entity.name);
  const staged = new Set(await stagedOf(tx, sqlScope(run, entity), marked));
  return [...new Set([...marked.filter((id) => !staged.has(id)), ...(await unknown(tx, context, entity))])];
}

async function unknown(tx: Tx, context: RunContext, target: Entity): Promise<string[]> {
  const run = scopeOf(context);
  const staged = (await phasesOf(tx, run)).filter((phase) => phase.state === 'fetching' || phase.state === 'fetched');
  const from = { staged: staged.map((phase) => entityNamed(phase.entity)), limit: context.policy.recordsPerRun };
  return unknownTargets(tx, run, target, from);
}

async function stageNext(context: RunContext, entity: Entity, ids: readonly string[]): Promise<void> {
  const answers = await readRecords(context, entity, ids);
  // A source that gives none of several records is itself in trouble.
  if (ids.length > 1 && answers.faults.length === ids.length) throw answers.faults[0]!;
  context.failpoint('page.fetched');
  await write(context, async (tx) => {
    await stageRecords(tx, context, entity, answers);
    context.failpoint('page.staged');
  });
  context.failpoint('page.committed');
}

/** Stages what was read, whole, behind everything that is staged. */
export async function stageRecords(
  tx: Tx,
  context: RunContext,
  entity: Entity,
  { records, rejects }: Pick<RecordsRead, 'records' | 'rejects'>,
): Promise<void> {
  const run = scopeOf(context);
  const offset = await nextPage(tx, sqlScope(run, entity));
  const { lines } = encodePage(entity, { offset, records, rejects, digests: [], unchanged: [] }, nothing);
  await writeStage(tx, run.runId, entity, lines);
}

async function close(tx: Tx, context: RunContext, entity: Entity): Promise<void> {
  const run = scopeOf(context);
  const scope = sqlScope(run, entity);
  await settleStage(tx, run.runId, entity);
  const { full, rejects } = await countStaged(tx, scope);
  const marked = await takenBy(tx, run, entity.name);
  const notFound = marked.length - (await stagedOf(tx, scope, marked)).length;
  const rows = full + rejects;
  await updatePhase(tx, run, entity.name, {
    state: 'fetched',
    counts: { announced: null, read: rows, duplicate: 0, distinct: rows, parsedSlim: 0, notFound },
  });
}
