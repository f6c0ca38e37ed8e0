/** The run that a command names by its id, or the latest one by "last". */
import { Fault } from '@rollcall/core';
import type { Tx } from '../../store/database.js';
import { findRun, listRuns, type Run } from '../../store/runs.js';
import { isUuid } from '../option-values.js';

export async function runOf(tx: Tx, tenantId: string, wanted: string): Promise<Run> {
  const id = wanted === 'last' ? (await listRuns(tx, tenantId, { limit: 1 }))[0]?.id : wanted;
  if (id === undefined) throw new Fault('not_found', 'There is no run yet.');
  if (!isUuid(id)) throw new Fault('not_found', 'There is no such run.');
  return findRun(tx, tenantId, id);
}
