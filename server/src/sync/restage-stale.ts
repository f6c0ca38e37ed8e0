/** A slim row that no longer equals its base cannot be taken for unchanged: the record is read again by its id, whole. */
import { Fault, type Entity, type RosterRecord } from '@rollcall/core';
import { ChecksumSet } from '../store/checksum-set.js';
import { phaseOf } from '../store/run-entities.js';
import { removeSlim, staleSlimRows } from '../store/sql/duplicates.js';
import { preferHashJoins, sqlScope } from '../store/sql/scope.js';
import { encodePage } from '../store/stage-lines.js';
import { writeStage } from '../store/stage.js';
import { CorrectionsMet } from './letters/corrections-met.js';
import { providerOf, read, scopeOf, write, type RunContext } from './run-context.js';

const nothing = { checksums: new ChecksumSet() };

export async function restageStale(context: RunContext, entity: Entity): Promise<void> {
  const run = scopeOf(context);
  const scope = sqlScope(run, entity);
  const stale = await read(context, async (tx) => {
    const phase = await phaseOf(tx, run, entity.name);
    await preferHashJoins(tx, phase.counts.parsedSlim ?? Infinity);
    return staleSlimRows(tx, scope);
  });
  if (stale.length === 0) return;
  const corrections = await CorrectionsMet.load(context, entity);
  for (const externalId of stale) {
    const correlationId = `${run.runId}/${entity.name}/again`;
    const answer = await providerOf(context).readOne(entity.name, externalId, {
      signal: context.signal,
      correlationId,
      ...corrections.forCall,
    });
    if ('found' in answer && !answer.found)
      throw new Fault('source_inconsistent', `A record of ${entity.name} vanished at the source while it was read.`);
    const records: RosterRecord[] = 'record' in answer ? [answer.record] : [];
    const rejects = 'rejected' in answer ? [answer.rejected] : [];
    await write(context, async (tx) => {
      const place = await removeSlim(tx, scope, externalId);
      if (place === null) return;
      const { lines } = encodePage(
        entity,
        { offset: place.page, records, rejects, digests: [], unchanged: [] },
        nothing,
        place.n,
      );
      await writeStage(tx, run.runId, entity, lines);
      await corrections.settle(tx);
    });
  }
}
