/** Closes a dead letter that nothing is to be done about, with a person's reason. What it is about is tried on by later runs as ever. */
import { Fault } from '@rollcall/core';
import { writeAudit } from '../../store/audit.js';
import type { Database } from '../../store/database.js';
import { findLetter, markDiscarded, type DeadLetter } from '../../store/dead-letters.js';
import { findIntegration } from '../../store/integrations.js';
import { reasonOf } from './request-replay.js';

/** Throws Fault not_found, invalid_input, and wrong_state for a letter that is not open. */
export async function discardLetter(
  db: Database,
  wanted: { tenantId: string; integration: string; letterId: string; reason: string; actor: string },
): Promise<DeadLetter> {
  const { tenantId, letterId, actor } = wanted;
  const reason = reasonOf(wanted.reason);
  return db.withTenant(tenantId, async (tx) => {
    const { id: integrationId } = await findIntegration(tx, tenantId, wanted.integration);
    const { state, fingerprint } = await findLetter(tx, { tenantId, id: letterId, integrationId });
    if (!(await markDiscarded(tx, { tenantId, id: letterId }, { actor, reason })))
      throw new Fault('wrong_state', `The dead letter is ${state}.`);
    const details = { letter: letterId, fingerprint, reason };
    await writeAudit(tx, { tenantId, integrationId, actor, action: 'dead-letter.discarded', details });
    return findLetter(tx, { tenantId, id: letterId });
  });
}
