/** The run of an integration that has stopped before its end: why, and when it goes on by itself. */
import type { Tx } from './database.js';

export interface StoppedRun {
  readonly id: string;
  readonly state: 'paused' | 'needs_attention';
  readonly reason: string | null;
  readonly nextStep: string | null;
  /** Null where it goes on by a person's word. */
  readonly resumeAt: Date | null;
}

/** The latest one, or null. */
export async function stoppedRun(tx: Tx, of: { tenantId: string; integrationId: string }): Promise<StoppedRun | null> {
  const { rows } = await tx.query<StoppedRun>(
    `SELECT id, state, reason, next_step AS "nextStep", resume_at AS "resumeAt" FROM runs
     WHERE tenant_id = $1 AND integration_id = $2 AND state IN ('paused', 'needs_attention') ORDER BY id DESC LIMIT 1`,
    [of.tenantId, of.integrationId],
  );
  return rows[0] ?? null;
}
