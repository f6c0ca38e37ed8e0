/**
 * Whether a run should be worked on now: it is open, waits for no person, its pause, if it has one, is over, and so is its
 * integration's; and no engine newer than `version` has begun it.
 */
import { workableRunStates } from '@rollcall/core';
import type { Tx } from './database.js';
import { engineVersion } from './engine-version.js';

export async function isRunDue(
  tx: Tx,
  run: { tenantId: string; runId: string },
  version = engineVersion,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `SELECT FROM runs WHERE tenant_id = $1 AND id = $2 AND engine_version <= $4
       AND (state = ANY ($3) OR (state = 'paused' AND resume_at <= now()))
       AND NOT EXISTS (SELECT FROM integrations i WHERE i.tenant_id = $1 AND i.id = integration_id AND i.paused_at IS NOT NULL)`,
    [run.tenantId, run.runId, workableRunStates, version],
  );
  return rowCount === 1;
}
