/** The hold that a command names. What cannot be an id is no hold. */
import { Fault } from '@rollcall/core';
import type { Database } from '../../store/database.js';
import { findHold, type Hold } from '../../store/holds.js';
import { isUuid } from '../option-values.js';

export async function holdOf(db: Database, tenantId: string, id: string): Promise<Hold> {
  if (!isUuid(id)) throw new Fault('not_found', 'There is no such hold.');
  return db.withTenant(tenantId, (tx) => findHold(tx, tenantId, id));
}
