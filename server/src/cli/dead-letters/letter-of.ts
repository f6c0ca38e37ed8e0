/** The dead letter that a command names. What cannot be an id is none. */
import { Fault } from '@rollcall/core';
import type { Database } from '../../store/database.js';
import { findLetter, type DeadLetter } from '../../store/dead-letters.js';
import { isUuid } from '../option-values.js';

export async function letterOf(db: Database, tenantId: string, id: string): Promise<DeadLetter> {
  if (!isUuid(id)) throw new Fault('not_found', 'There is no such dead letter.');
  return db.withTenant(tenantId, (tx) => findLetter(tx, { tenantId, id }));
}
