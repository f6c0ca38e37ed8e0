/**
 * One record that the database refuses never stops the others: when a page, a plan or a chunk is refused, the record is found by
 * trying halves in transactions that are rolled back, kept out with its reason, and the rest goes on.
 */
import { entityNamed, entityNames, type Entity } from '@rollcall/core';
import type { RosterPage } from '@rollcall/connectors';
import type { BaseSet } from '../store/base-set.js';
import type { Chunk } from '../store/chunks.js';
import type { Tx } from '../store/database.js';
import { refreshLetters, rejectClass } from '../store/raise-letters.js';
import { addRejected } from '../store/rejected-records.js';
import { holdPhase, phaseOf, phasesOf, updatePhase } from '../store/run-entities.js';
import {
  forgetRejects,
  plannedIds,
  quarantinePlanned,
  quarantineStaged,
  refusedMessage,
  stagedRows,
} from '../store/sql/quarantine.js';
import { sqlScope } from '../store/sql/scope.js';
import { encodePage } from '../store/stage-lines.js';
import { hasStage, writeStage } from '../store/stage.js';
import { troubleOf } from '../store/trouble.js';
import { findPoison } from './find-poison.js';
import { read, scopeOf, write, type RunContext } from './run-context.js';

const isRefusal = (error: unknown): boolean => troubleOf(error) === 'database_refused_value';

/** Says that a trial went well, so that it is rolled back. */
class TrialOver extends Error {}

/** Whether the database refuses the work. Nothing of it stays. */
async function isRefused(context: RunContext, work: (tx: Tx) => Promise<unknown>): Promise<boolean> {
  try {
    await write(context, async (tx) => {
      await work(tx);
      throw new TrialOver();
    });
  } catch (error) {
    if (error instanceof TrialOver) return false;
    if (isRefusal(error)) return true;
    throw error;
  }
  return false;
}

/** The page itself, or the page with the records that the stage refuses among its rejects. */
export async function stageablePage(
  context: RunContext,
  entity: Entity,
  page: RosterPage,
  base: BaseSet,
  refusal: unknown,
): Promise<RosterPage> {
  if (!isRefusal(refusal)) throw refusal;
  const places = page.records.map((_, at) => at);
  const only = (part: readonly number[]): RosterPage => ({
    ...{ ...page, rejects: [], unchanged: [] },
    records: part.map((at) => page.records[at]!),
    digests: page.digests.length > 0 ? part.map((at) => page.digests[at]!) : [],
  });
  const bad = new Set(
    await findPoison(places, (part) =>
      isRefused(context, (tx) => writeStage(tx, context.run.id, entity, encodePage(entity, only(part), base).lines)),
    ),
  );
  if (bad.size === 0) throw refusal;
  note(context, entity, 'fetching', bad.size);
  const refused = [...bad].map((at) => ({
    ...{ externalId: page.records[at]!.sourcedId, code: 'value_refused' as const },
    ...{ field: null, message: refusedMessage },
  }));
  const { rejects, unchanged } = page;
  return { ...only(places.filter((at) => !bad.has(at))), unchanged, rejects: [...rejects, ...refused] };
}

/** Takes out of the stage what cannot be planned. `plan` plans only the rows from the first number to the last. */
export async function quarantineUnplannable(
  context: RunContext,
  entity: Entity,
  refusal: unknown,
  plan: (tx: Tx, first: number, last: number) => Promise<unknown>,
): Promise<void> {
  if (!isRefusal(refusal)) throw refusal;
  const scope = sqlScope(scopeOf(context), entity);
  const rows = await read(context, (tx) => stagedRows(tx, scope));
  const bad = await findPoison(rows, (part) => isRefused(context, (tx) => plan(tx, part[0]!, part.at(-1)!)));
  if (bad.length === 0) throw refusal;
  note(context, entity, 'planning', bad.length);
  await write(context, (tx) => quarantineStaged(tx, scope, bad));
}

/** Takes out of the plan what cannot be applied. What is planned of later entities may refer to it and is planned anew. */
export async function quarantineUnappliable(
  context: RunContext,
  entity: Entity,
  chunk: Chunk,
  refusal: unknown,
  apply: (tx: Tx, chunk: Chunk) => Promise<unknown>,
): Promise<void> {
  // The plan of a decision is a person's word about stored rows: it is carried out as it stands, or not.
  if (!isRefusal(refusal) || context.sourceRunId !== null) throw refusal;
  const run = scopeOf(context);
  const scope = sqlScope(run, entity);
  const ids = await read(context, (tx) => plannedIds(tx, scope, chunk));
  const bad = await findPoison(ids, (part) =>
    isRefused(context, (tx) => apply(tx, { ...chunk, first: part[0]!, last: part.at(-1)! })),
  );
  if (bad.length === 0) throw refusal;
  note(context, entity, 'applying', bad.length);
  await write(context, async (tx) => {
    await holdPhase(tx, run, entity.name);
    const { rows, created } = await quarantinePlanned(tx, scope, bad);
    const { counts } = await phaseOf(tx, run, entity.name);
    const { rejected = 0, staged = 0, planned = 0 } = counts;
    const moved = { rejected: rejected + rows, staged: staged - rows, planned: planned - rows };
    await updatePhase(tx, run, entity.name, { counts: { ...counts, ...moved } });
    await addRejected(tx, scope, `r.code = 'value_refused'`);
    await refreshLetters(tx, scope, rejectClass);
    if (created.length > 0) await planLaterAnew(tx, context, entity);
  });
}

async function planLaterAnew(tx: Tx, context: RunContext, entity: Entity): Promise<void> {
  const run = scopeOf(context);
  for (const phase of await phasesOf(tx, run))
    if (phase.state === 'planned' && entityNames.indexOf(phase.entity) > entityNames.indexOf(entity.name)) {
      const later = entityNamed(phase.entity);
      if (await hasStage(tx, run.runId, later)) await forgetRejects(tx, sqlScope(run, later));
      await updatePhase(tx, run, phase.entity, { state: 'fetched' });
    }
}

function note(context: RunContext, entity: Entity, step: string, count: number): void {
  context.metrics.count('rollcall_records_quarantined_total', { entity: entity.name });
  context.log.warn('records.quarantined', { run: context.run.id, entity: entity.name, step, count });
}
