/**
 * Reads the present state of records by their ids, a few side by side. Each is found, not found or rejected: one that the source
 * cannot give in a readable form never stops the others.
 */
import { Fault, type Entity, type FaultCode, type Reject, type RosterRecord } from '@rollcall/core';
import { inParallel } from './in-parallel.js';
import { providerOf, type RunContext } from './run-context.js';

export interface RecordsRead {
  readonly records: readonly RosterRecord[];
  readonly rejects: readonly Reject[];
  /** That the source does not know them by id is no proof that they have ended. */
  readonly notFound: readonly string[];
  /** Why some of the rejects are only that the source does not give them in a readable form. */
  readonly faults: readonly Fault[];
}

/** What one record alone may be the reason of. Anything else concerns the source, and is thrown. */
const ofOneRecord: readonly FaultCode[] = ['source_bad_response', 'source_inconsistent', 'invalid_input'];

/** Throws the Fault of the source. */
export async function readRecords(context: RunContext, entity: Entity, ids: readonly string[]): Promise<RecordsRead> {
  const provider = providerOf(context);
  const read = {
    ...{ records: [] as RosterRecord[], rejects: [] as Reject[] },
    ...{ notFound: [] as string[], faults: [] as Fault[] },
  };
  const correlationId = `${context.run.id}/${entity.name}/by-id/${context.run.attempt}`;
  await inParallel(ids, provider.capabilities.maxInFlight, async (id) => {
    try {
      const answer = await provider.readOne(entity.name, id, { signal: context.signal, correlationId });
      if ('rejected' in answer) read.rejects.push({ ...answer.rejected, externalId: id });
      else if (answer.found) read.records.push(answer.record);
      else read.notFound.push(id);
    } catch (error) {
      if (!(error instanceof Fault) || !ofOneRecord.includes(error.code)) throw error;
      read.faults.push(error);
      read.rejects.push(unreadable(id));
    }
  });
  return read;
}

const unreadable = (externalId: string): Reject => ({
  externalId,
  code: 'unreadable_record',
  field: null,
  message: 'the source does not give this record by its id in a readable form',
});
