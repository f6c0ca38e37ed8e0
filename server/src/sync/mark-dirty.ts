/**
 * Marks records as changed at their source: the entrance for webhooks and for people. A mark says only that it is worth looking;
 * what the record is now is asked of the source. Ten marks of a record are one look, in whatever order and however often they come.
 */
import { entityNames, Fault } from '@rollcall/core';
import { writeAudit } from '../store/audit.js';
import type { Tx } from '../store/database.js';
import { insertMarks, type MarkTrigger, type RecordKey } from '../store/dirty-records.js';
import { findIntegration, type Integration } from '../store/integrations.js';

export const mostMarks = 1_000;
const longestId = 1024;

export interface WantedMarks {
  readonly tenantId: string;
  /** Name or id. */
  readonly integration: string;
  readonly records: readonly RecordKey[];
  readonly trigger: MarkTrigger;
  readonly actor: string;
  /** What said so, for example the id of a receipt. Never a person's values. */
  readonly source?: string;
}

/**
 * Part of the caller's transaction: the marks stand or fall with what else it writes. Works for paused integrations as well; the
 * marks wait. Throws Fault invalid_input or not_found, and then nothing is marked.
 */
export async function markDirty(tx: Tx, wanted: WantedMarks): Promise<{ integration: Integration; marked: number }> {
  const { tenantId, records, trigger, actor, source = null } = wanted;
  if (records.length === 0 || records.length > mostMarks)
    throw new Fault('invalid_input', `Name from 1 to ${mostMarks} records at a time.`);
  for (const { entity, externalId } of records) {
    if (!entityNames.includes(entity))
      throw new Fault('invalid_input', `There are no records of that kind; there are ${entityNames.join(', ')}.`);
    if (!isId(externalId)) throw new Fault('invalid_input', 'One of the ids is none that a source could have.');
  }
  const integration = await findIntegration(tx, tenantId, wanted.integration);
  const integrationId = integration.id;
  const marked = await insertMarks(tx, { tenantId, integrationId }, records, { trigger, source });
  const details = { records: marked, trigger, ...(source === null ? {} : { source }) };
  await writeAudit(tx, { tenantId, integrationId, action: 'records.marked', actor, details });
  return { integration, marked };
}

/** Dots alone would name another address than the record's; PostgreSQL and addresses cannot hold the others. */
function isId(id: unknown): id is string {
  return (
    typeof id === 'string' && id.length <= longestId && id.isWellFormed() && !id.includes('\0') && !/^\.{0,2}$/.test(id)
  );
}
