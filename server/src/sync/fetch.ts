/**
 * Step 1 to 3: reads one collection page by page into the stage. Each page is committed with its rows, so that an interrupted
 * read goes on at the last page; at the end it is judged whether every record was provably read.
 */
import { Fault, type Entity } from '@rollcall/core';
import { loadBaseSet, type BaseSet } from '../store/base-set.js';
import { listPages, forgetPages, type PageRecord } from '../store/pages.js';
import { phaseOf, updatePhase } from '../store/run-entities.js';
import { openStage, settleStage, unsoundPages, unstagePage } from '../store/stage.js';
import { removeDuplicates } from '../store/sql/duplicates.js';
import { examineRecognised, spellOut } from '../store/sql/recognised.js';
import { preferHashJoins, sqlScope, type SqlScope } from '../store/sql/scope.js';
import { stagedTimes } from '../store/watermarks.js';
import type { Tx } from '../store/database.js';
import { chooseStrategy } from './choose-strategy.js';
import { countActiveLinks } from '../store/mappings.js';
import { writeAudit } from '../store/audit.js';
import { judgeRead } from './judge-read.js';
import { readPages } from './read-pages.js';
import { read, scopeOf, write, type RunContext } from './run-context.js';

/** A read that does not add up is done once more; the others are for pages that were lost from the stage. */
const roundsAllowed = 4;

export async function fetchEntity(context: RunContext, entity: Entity): Promise<void> {
  const run = scopeOf(context);
  const phase = await read(context, (tx) => phaseOf(tx, run, entity.name));
  if (phase.state !== 'waiting' && phase.state !== 'fetching') return;
  if (phase.state === 'waiting')
    await write(context, async (tx) => {
      await openStage(tx, run.runId, entity);
      const activeBefore = await countActiveLinks(tx, run, entity.name);
      await updatePhase(tx, run, entity.name, { state: 'fetching', activeBefore });
      await chooseStrategy(tx, context, entity);
    });
  for (let round = 1; !(await readOnce(context, entity)); round += 1)
    if (round === roundsAllowed)
      throw new Fault('source_inconsistent', `The pages of ${entity.name} could not be brought together.`);
  context.failpoint('fetch.judged');
}

/** One reading of what is not there yet. False when the collection has to be read once more. */
async function readOnce(context: RunContext, entity: Entity): Promise<boolean> {
  const base = await loadBase(context, entity);
  try {
    await readPages(context, entity, base);
  } catch (error) {
    if (!(await filterRefused(context, entity, error))) throw error;
    return false;
  }
  context.failpoint('fetch.ended');
  return settle(context, entity);
}

async function loadBase(context: RunContext, entity: Entity): Promise<BaseSet> {
  const run = scopeOf(context);
  return read(context, async (tx) => {
    const phase = await phaseOf(tx, run, entity.name);
    return loadBaseSet(tx, { ...run, entity, expected: phase.activeBefore });
  });
}

/** Judges the read. False when it has to be done once more, from the start, because it did not add up. */
async function settle(context: RunContext, entity: Entity): Promise<boolean> {
  const run = scopeOf(context);
  return write(context, async (tx) => {
    const phase = await phaseOf(tx, run, entity.name);
    const broken = await unsoundPages(tx, run, entity);
    for (const offset of broken) await unstagePage(tx, run, entity, offset);
    if (broken.length > 0) return false;
    const pages = await listPages(tx, { ...run, entity: entity.name });
    await preferHashJoins(tx);
    const scope = sqlScope(run, entity);
    const recognised = await examineRecognised(tx, scope);
    if (!recognised.sound && !recognised.twins) {
      await startOver(context, entity, tx, pages);
      return false;
    }
    if (!recognised.sound) await spellOut(tx, scope);
    const duplicates = await removeDuplicates(tx, scope);
    const rows = pages.reduce((sum, page) => sum + page.rowCount, 0);
    const keyless = pages.reduce((sum, page) => sum + page.keylessRows, 0);
    const verdict = judgeRead({
      pages,
      announcedAtStart: phase.announcedAtStart,
      announcedAtEnd: phase.announced,
      distinct: duplicates.keys + keyless + (recognised.sound ? recognised.rows : 0),
      keyless,
      activeBefore: phase.since === null ? phase.activeBefore : 0,
      endError: phase.incompleteReason,
    });
    if (phase.since !== null && (await filterIgnored(tx, scope, phase.since))) {
      await readInFull(context, entity, tx, 'the source does not keep to the filter');
      return false;
    }
    if (verdict.readAgain && !phase.reRead) {
      await startOver(context, entity, tx, pages);
      return false;
    }
    if (duplicates.differing > 0)
      await writeAudit(tx, {
        ...run,
        entity: entity.name,
        action: 'duplicates.differed',
        details: { rows: duplicates.differing },
      });
    await settleStage(tx, run.runId, entity);
    await updatePhase(tx, run, entity.name, {
      state: 'fetched',
      complete: verdict.incompleteReason === null && phase.since === null,
      incompleteReason: verdict.incompleteReason,
      counts: {
        announced: phase.announced ?? phase.announcedAtStart,
        read: rows,
        duplicate: duplicates.removed,
        distinct: rows - duplicates.removed,
        parsedSlim: pages.reduce((sum, page) => sum + page.slimRows, 0),
      },
    });
    return true;
  });
}

/** A source that answers the first filtered request with an error may be able to give everything. */
async function filterRefused(context: RunContext, entity: Entity, error: unknown): Promise<boolean> {
  if (!(error instanceof Fault) || error.code !== 'source_bad_response') return false;
  const run = scopeOf(context);
  const phase = await read(context, (tx) => phaseOf(tx, run, entity.name));
  if (phase.since === null) return false;
  await write(context, (tx) => readInFull(context, entity, tx, 'the source refuses the filter'));
  return true;
}

/** Rows from before the border show that the filter was not applied; then its other rows prove nothing either. */
async function filterIgnored(tx: Tx, scope: SqlScope, since: string): Promise<boolean> {
  const { oldest } = await stagedTimes(tx, scope);
  return oldest !== null && Date.parse(oldest) < Date.parse(since);
}

async function readInFull(context: RunContext, entity: Entity, tx: Tx, because: string): Promise<void> {
  const run = scopeOf(context);
  await openStage(tx, run.runId, entity);
  await forgetPages(tx, { ...run, entity: entity.name });
  const from = { pageLimit: null, announced: null, announcedAtStart: null, incompleteReason: null };
  await updatePhase(tx, run, entity.name, { ...from, since: null, fullBecause: because });
}

async function startOver(context: RunContext, entity: Entity, tx: Tx, pages: readonly PageRecord[]): Promise<void> {
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
}
