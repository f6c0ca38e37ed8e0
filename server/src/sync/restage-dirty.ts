/**
 * Records that were marked while a collection was read: before it is planned they are read again by their ids, and what the source
 * says of them now takes the place of what was staged. What is marked later waits for the run after this one.
 */
import type { Entity } from '@rollcall/core';
import { takeMarked } from '../store/dirty-records.js';
import { phaseOf, updatePhase } from '../store/run-entities.js';
import { takeOut } from '../store/sql/by-id.js';
import { sqlScope } from '../store/sql/scope.js';
import { stageRecords } from './fetch-records.js';
import { readRecords } from './read-records.js';
import { scopeOf, write, type RunContext } from './run-context.js';

/** For runs that read collections and apply; a dry run leaves the marks alone. */
export async function restageDirty(context: RunContext, entity: Entity): Promise<void> {
  const { mode } = context.run;
  if (mode !== 'full' && mode !== 'incremental') return;
  const run = scopeOf(context);
  const ids = await write(context, (tx) => takeMarked(tx, run, entity.name, context.policy.recordsPerRun));
  if (ids.length === 0) return;
  const { records, rejects } = await readRecords(context, entity, ids);
  // A record that the source gives in its list and not by its id is taken from the list.
  const readable = rejects.filter((reject) => reject.code !== 'unreadable_record');
  const keys = [...records.map((record) => record.sourcedId), ...readable.map((reject) => reject.externalId!)];
  await write(context, async (tx) => {
    const added = keys.length - (await takeOut(tx, sqlScope(run, entity), keys));
    await stageRecords(tx, context, entity, { records, rejects: readable });
    const { counts } = await phaseOf(tx, run, entity.name);
    const more = { read: counts.read! + added, distinct: counts.distinct! + added };
    await updatePhase(tx, run, entity.name, { counts: { ...counts, ...more } });
  });
}
