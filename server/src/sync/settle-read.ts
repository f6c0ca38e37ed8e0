/**
 * The end of a read: twins are settled, it is judged whether everything was provably read, and the stage is made ready for the
 * plan. Where the read does not add up, or its filter was not kept to, it begins anew.
 */
import { Fault, type Entity } from '@rollcall/core';
import { writeAudit } from '../store/audit.js';
import type { Tx } from '../store/database.js';
import { forgetPages, listPages, type PageRecord } from '../store/pages.js';
import { phaseOf, updatePhase, type Phase } from '../store/run-entities.js';
import { openStage, settleStage, unsoundPages, unstagePage } from '../store/stage.js';
import { removeDuplicates, type Duplicates } from '../store/sql/duplicates.js';
import { examineRecognised, spellOut } from '../store/sql/recognised.js';
import { preferHashJoins, sqlScope, type SqlScope } from '../store/sql/scope.js';
import { oldestStaged } from '../store/watermarks.js';
import { judgeRead, type ReadVerdict } from './judge-read.js';
import { read, scopeOf, write, type RunContext } from './run-context.js';

/** False when the collection has to be read once more. */
export async function settleRead(context: RunContext, entity: Entity): Promise<boolean> {
  const run = scopeOf(context);
  return write(context, async (tx) => {
    const phase = await phaseOf(tx, run, entity.name);
    const broken = await unsoundPages(tx, run, entity);
    for (const offset of broken) await unstagePage(tx, run, entity, offset);
    if (broken.length > 0) return false;
    const pages = await listPages(tx, { ...run, entity: entity.name });
    const scope = sqlScope(run, entity);
    const staged = await settleTwins(
      tx,
      scope,
      total(pages, 'fullRows') + total(pages, 'slimRows') + total(pages, 'rejectedRows'),
    );
    await preferHashJoins(tx);
    if (staged === null) return startOver(context, entity, tx, pages);
    if (phase.since !== null && (await filterIgnored(tx, scope, phase.since)))
      return readInFull(context, entity, tx, 'the source does not keep to the filter');
    const verdict = judge(phase, pages, staged.keys);
    if (verdict.readAgain && !phase.reRead) return startOver(context, entity, tx, pages);
    await close(tx, context, entity, { phase, pages, verdict, staged });
    return true;
  });
}

/** `parsed` counts the rows that were not recognised by their bytes. Null when rows that were taken for known lead to nothing any more. */
async function settleTwins(tx: Tx, scope: SqlScope, parsed: number): Promise<Duplicates | null> {
  const recognised = await examineRecognised(tx, scope, parsed);
  await preferHashJoins(tx);
  if (!recognised.sound && !recognised.twins) return null;
  if (!recognised.sound) await spellOut(tx, scope);
  const duplicates = await removeDuplicates(tx, scope);
  return { ...duplicates, keys: duplicates.keys + (recognised.sound ? recognised.rows : 0) };
}

type PageCount = 'rowCount' | 'keylessRows' | 'fullRows' | 'slimRows' | 'rejectedRows';

const total = (pages: readonly PageRecord[], what: PageCount): number =>
  pages.reduce((sum, page) => sum + page[what], 0);

function judge(phase: Phase, pages: readonly PageRecord[], keys: number): ReadVerdict {
  const keyless = total(pages, 'keylessRows');
  return judgeRead({
    pages,
    announcedAtStart: phase.announcedAtStart,
    announcedAtEnd: phase.announced,
    distinct: keys + keyless,
    keyless,
    activeBefore: phase.since === null ? phase.activeBefore : 0,
    endError: phase.incompleteReason,
  });
}

interface SettledRead {
  readonly phase: Phase;
  readonly pages: readonly PageRecord[];
  readonly verdict: ReadVerdict;
  readonly staged: Duplicates;
}

async function close(tx: Tx, context: RunContext, entity: Entity, settled: SettledRead): Promise<void> {
  const { phase, pages, verdict, staged } = settled;
  const run = scopeOf(context);
  const details = { rows: staged.differing };
  if (staged.differing > 0)
    await writeAudit(tx, { ...run, entity: entity.name, action: 'duplicates.differed', details });
  await settleStage(tx, run.runId, entity);
  await updatePhase(tx, run, entity.name, {
    state: 'fetched',
    complete: verdict.incompleteReason === null && phase.since === null,
    incompleteReason: verdict.incompleteReason,
    counts: {
      announced: phase.announced ?? phase.announcedAtStart,
      read: total(pages, 'rowCount'),
      duplicate: staged.removed,
      distinct: total(pages, 'rowCount') - staged.removed,
      parsedSlim: total(pages, 'slimRows'),
    },
  });
}

/** A source that answers the first filtered request with an error may be able to give everything. */
export async function filterRefused(context: RunContext, entity: Entity, error: unknown): Promise<boolean> {
  if (!(error instanceof Fault) || error.code !== 'source_bad_response') return false;
  const run = scopeOf(context);
  const phase = await read(context, (tx) => phaseOf(tx, run, entity.name));
  if (phase.since === null) return false;
  await write(context, (tx) => readInFull(context, entity, tx, 'the source refuses the filter'));
  return true;
}

/** Rows from before the border show that the filter was not applied; then its other rows prove nothing either. */
async function filterIgnored(tx: Tx, scope: SqlScope, since: string): Promise<boolean> {
  const oldest = await oldestStaged(tx, scope);
  return oldest !== null && Date.parse(oldest) < Date.parse(since);
}

async function readInFull(context: RunContext, entity: Entity, tx: Tx, because: string): Promise<false> {
  const run = scopeOf(context);
  await openStage(tx, run.runId, entity);
  await forgetPages(tx, { ...run, entity: entity.name });
  const from = { pageLimit: null, announced: null, announcedAtStart: null, incompleteReason: null };
  await updatePhase(tx, run, entity.name, { ...from, since: null, fullBecause: because });
  return false;
}

async function startOver(context: RunContext, entity: Entity, tx: Tx, pages: readonly PageRecord[]): Promise<false> {
  const run = scopeOf(context);
  context.log.warn('collection.read-again', { entity: entity.name, pages: pages.length });
  await openStage(tx, run.runId, entity);
  await forgetPages(tx, { ...run, entity: entity.name });
  await updatePhase(tx, run, entity.name, {
    reRead: true,
    pageLimit: null,
    announced: null,
    announcedAtStart: null,
    incompleteReason: null,
  });
  return false;
}
