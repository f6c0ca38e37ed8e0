/** Whether a run should be worked on now: it is open, waits for no person, and its pause, if it has one, is over. */
import { workableRunStates } from '@rollcall/core';
import type { Tx } from './database.js';

export async function isRunDue(tx: Tx, run: { tenantId: string; runId: string }): Promise<boolean> {
  const { rowCount } = await tx.query(
    `SELECT FROM runs WHERE tenant_id = $1 AND id = $2
       AND (state = ANY ($3) OR (state = 'paused' AND resume_at <= now()))`,
    [run.tenantId, run.runId, workableRunStates],
  );
  return rowCount === 1;
}
