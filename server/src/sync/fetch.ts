/**
 * Step 1 to 3: reads one collection page by page into the stage. Each page is committed with its rows, so that an interrupted
 * read goes on at the last page; at the end it is judged whether every record was provably read.
 */
import { Fault, type Entity } from '@rollcall/core';
import { loadBaseSet, type BaseSet } from '../store/base-set.js';
import { countActiveLinks } from '../store/mappings.js';
import { phaseOf, updatePhase } from '../store/run-entities.js';
import { openStage } from '../store/stage.js';
import { chooseStrategy } from './choose-strategy.js';
import { readPages } from './read-pages.js';
import { ReadTally } from './read-tally.js';
import { read, scopeOf, write, type RunContext } from './run-context.js';
import { filterRefused, settleRead } from './settle-read.js';

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
  const tally = new ReadTally(context.clock.now());
  const base = await loadBase(context, entity);
  try {
    await readPages(context, entity, base, tally);
  } catch (error) {
    if (!(await filterRefused(context, entity, error))) throw error;
    return false;
  }
  context.failpoint('fetch.ended');
  return settleRead(context, entity, tally);
}

async function loadBase(context: RunContext, entity: Entity): Promise<BaseSet> {
  const run = scopeOf(context);
  return read(context, async (tx) => {
    const phase = await phaseOf(tx, run, entity.name);
    return loadBaseSet(tx, { ...run, entity, expected: phase.activeBefore });
  });
}
