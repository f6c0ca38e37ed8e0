/** Step 7: proves that the run adds up, entity by entity. A run that does not has failed, whatever it looks like. */
import { Fault, sumsThatFail, type Entity, type EntityCounts } from '@rollcall/core';
import { sumChunks, sumOf } from '../store/chunks.js';
import { countActiveLinks } from '../store/mappings.js';
import { phaseOf, updatePhase } from '../store/run-entities.js';
import { countPlan, danglingSelfReferences } from '../store/sql/plan-counts.js';
import { linksWon } from '../store/sql/match/apply-links.js';
import { preferHashJoins, sqlScope } from '../store/sql/scope.js';
import { moveWatermark } from './choose-strategy.js';
import { read, scopeOf, write, type RunContext } from './run-context.js';

export async function verifyEntity(context: RunContext, entity: Entity): Promise<void> {
  const run = scopeOf(context);
  const phase = await read(context, (tx) => phaseOf(tx, run, entity.name));
  if (phase.state !== 'applied') return;
  const failures = await write(context, async (tx) => {
    const scope = sqlScope(run, entity);
    const done = await sumChunks(tx, { ...run, entity: entity.name });
    const applied = sumOf(done);
    await preferHashJoins(tx, applied);
    const counts = {
      ...phase.counts,
      ...(await countPlan(tx, scope)),
      ...done,
      applied,
      complete: phase.complete,
    } as EntityCounts;
    const seen = phase.counts.seen ?? 0;
    const failed = sumsThatFail(counts, { activeBefore: phase.activeBefore, seen });
    const active = applied > 0 ? await countActiveLinks(tx, run, entity.name) : phase.activeBefore;
    const joined = done.linked > 0 ? await linksWon(tx, scope) : 0;
    const expected = phase.activeBefore + done.created + done.reactivated - done.deactivated + joined;
    if (active !== expected) failed.push(`active links after: ${active} is not ${expected}`);
    const dangling = applied > 0 ? await danglingSelfReferences(tx, scope) : 0;
    if (dangling > 0) failed.push(`${dangling} references within ${entity.name} lead nowhere`);
    if (failed.length === 0 && context.sourceRunId === null && context.run.mode !== 'plan')
      await moveWatermark(tx, context, entity);
    if (failed.length === 0)
      await updatePhase(tx, run, entity.name, { state: 'verified', counts: { ...counts, seen } });
    return failed;
  });
  if (failures.length > 0)
    throw new Fault('run_does_not_add_up', `The run does not add up for ${entity.name}: ${failures.join('; ')}.`);
}
