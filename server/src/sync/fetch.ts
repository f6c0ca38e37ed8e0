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
import { expandRecognised } from '../store/sql/recognised.js';
import { preferHashJoins, sqlScope } from '../store/sql/scope.js';
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
    });
  for (let round = 1; !(await readOnce(context, entity)); round += 1)
    if (round === roundsAllowed)
      throw new Fault('source_inconsistent', `The pages of ${entity.name} could not be brought together.`);
  context.failpoint('fetch.judged');
}

/** One reading of what is not there yet. False when the collection has to be read once more. */
async function readOnce(context: RunContext, entity: Entity): Promise<boolean> {
  const base = await loadBase(context, entity);
  await readPages(context, entity, base);
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
    const same = pages.reduce((sum, page) => sum + page.sameRows, 0);
    if ((await expandRecognised(tx, scope, same)) !== 0) {
      await startOver(context, entity, tx, pages);
      return false;
    }
    const duplicates = await removeDuplicates(tx, scope);
    const rows = pages.reduce((sum, page) => sum + page.rowCount, 0);
    const keyless = pages.reduce((sum, page) => sum + page.keylessRows, 0);
    const verdict = judgeRead({
      pages,
      announcedAtStart: phase.announcedAtStart,
      announcedAtEnd: phase.announced,
      distinct: duplicates.keys + keyless,
      keyless,
      activeBefore: phase.activeBefore,
      endError: phase.incompleteReason,
    });
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
      complete: verdict.incompleteReason === null,
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

async function startOver(
  context: RunContext,
  entity: Entity,
  tx: Parameters<typeof openStage>[0],
  pages: readonly PageRecord[],
): Promise<void> {
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
