/**
 * Gives fields of a record that was refused the values that a person says, and asks for it to be tried again. The values stay in force
 * until the source changes its own; they are on record, and can be taken back.
 */
import { entityNamed, Fault, fieldValueProblem, type EntityName } from '@rollcall/core';
import { writeAudit } from '../../store/audit.js';
import { addCorrections, revertCorrections } from '../../store/corrections.js';
import type { Database, Tx } from '../../store/database.js';
import { findLetter, markEdited, type DeadLetter } from '../../store/dead-letters.js';
import { findIntegration } from '../../store/integrations.js';
import { reasonOf, requestReplayWithin, type RequestedReplay } from './request-replay.js';

interface Wanted {
  readonly tenantId: string;
  /** Name or id. */
  readonly integration: string;
  readonly letterId: string;
  readonly reason: string;
  readonly actor: string;
}

/** Field names are core's. Throws Fault not_found, wrong_state, busy, integration_paused, invalid_input; then nothing has changed. */
export async function editAndReplay(
  db: Database,
  wanted: Wanted & { fields: Readonly<Record<string, unknown>> },
): Promise<RequestedReplay> {
  const { tenantId, letterId, actor, fields } = wanted;
  const reason = reasonOf(wanted.reason);
  return db.withTenant(tenantId, async (tx) => {
    const record = await recordOf(tx, wanted);
    if (record.letter.state !== 'open' && record.letter.state !== 'edited')
      throw new Fault('wrong_state', `The dead letter is ${record.letter.state}.`);
    proveFields(record.entity, fields);
    const replay = await requestReplayWithin(tx, { ...wanted, which: { ids: [letterId] } });
    await addCorrections(tx, { tenantId, ...record, letterId }, { fields, actor, reason });
    await markEdited(tx, { tenantId, id: letterId });
    const details = { letter: letterId, entity: record.entity, fields: Object.keys(fields).toSorted(), reason };
    const { integrationId } = record;
    const about = { tenantId, integrationId, runId: replay.runId, actor };
    await writeAudit(tx, { ...about, action: 'dead-letter.edited', details });
    return replay;
  });
}

/** Takes the corrections of a letter's record back: the next run reads it as its source has it. How many there were. */
export async function revertEdit(db: Database, wanted: Wanted): Promise<{ reverted: number }> {
  const { tenantId, letterId, actor } = wanted;
  const reason = reasonOf(wanted.reason);
  return db.withTenant(tenantId, async (tx) => {
    const record = await recordOf(tx, wanted);
    const { integrationId } = record;
    const reverted = await revertCorrections(tx, { tenantId, ...record });
    if (reverted === 0) throw new Fault('wrong_state', 'No correction of this record is in force.');
    const details = { letter: letterId, entity: record.entity, corrections: reverted, reason };
    await writeAudit(tx, { tenantId, integrationId, actor, action: 'dead-letter.edit-reverted', details });
    return { reverted };
  });
}

async function recordOf(
  tx: Tx,
  { tenantId, integration, letterId }: Wanted,
): Promise<{ letter: DeadLetter; integrationId: string; entity: EntityName; externalId: string }> {
  const { id: integrationId } = await findIntegration(tx, tenantId, integration);
  const letter = await findLetter(tx, { tenantId, id: letterId, integrationId });
  const { entity, externalId } = letter;
  if (letter.kind !== 'record' || entity === null || externalId === null)
    throw new Fault('wrong_state', 'Only the letter of a record has fields to be corrected.');
  return { letter, integrationId, entity, externalId };
}

function proveFields(entity: EntityName, fields: Readonly<Record<string, unknown>>): void {
  if (Object.keys(fields).length === 0) throw new Fault('invalid_input', 'Name at least one field.');
  for (const [field, value] of Object.entries(fields)) {
    const problem = fieldValueProblem(entityNamed(entity), field, value);
    if (problem !== null) throw new Fault('invalid_input', problem);
  }
}
