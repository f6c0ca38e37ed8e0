/**
 * Whether a run should be worked on now: it is open, waits for no person, its pause, if it has one, is over, and so is its
 * integration's.
 */
import { workableRunStates } from '@rollcall/core';
import type { Tx } from './database.js';

export async function isRunDue(tx: Tx, run: { tenantId: string; runId: string }): Promise<boolean> {
  const { rowCount } = await tx.query(
    `SELECT FROM runs WHERE tenant_id = $1 AND id = $2
       AND (state = ANY ($3) OR (state = 'paused' AND resume_at <= now()))
       AND NOT EXISTS (SELECT FROM integrations i WHERE i.tenant_id = $1 AND i.id = integration_id AND i.paused_at IS NOT NULL)`,
    [run.tenantId, run.runId, workableRunStates],
  );
  return rowCount === 1;
}
