/** Decisions about holds: who, why, about which digest and how many rows. They are never changed. */
import type { Tx } from './database.js';

export interface HoldDecision {
  readonly tenantId: string;
  readonly holdId: string;
  readonly decision: 'approved' | 'declined';
  readonly digest: string;
  readonly count: number;
  readonly actor: string;
  readonly reason: string;
  /** The run that carries an approval out. */
  readonly runId: string | null;
}

export async function recordDecision(tx: Tx, d: HoldDecision): Promise<void> {
  await tx.query(
    `INSERT INTO hold_decisions (tenant_id, hold_id, decision, digest, row_count, actor, reason, run_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [d.tenantId, d.holdId, d.decision, d.digest, d.count, d.actor, d.reason, d.runId],
  );
}

export interface RecordedDecision extends Omit<HoldDecision, 'tenantId'> {
  readonly id: string;
  readonly decidedAt: Date;
}

/** The latest first. */
export async function listDecisions(
  tx: Tx,
  hold: { tenantId: string; id: string },
  page: { limit: number; offset: number },
): Promise<RecordedDecision[]> {
  const { rows } = await tx.query<RecordedDecision>(
    `SELECT id, hold_id AS "holdId", decision, digest, row_count AS count, actor, reason, run_id AS "runId",
       decided_at AS "decidedAt"
     FROM hold_decisions WHERE tenant_id = $1 AND hold_id = $2 ORDER BY id DESC LIMIT $3 OFFSET $4`,
    [hold.tenantId, hold.id, page.limit, page.offset],
  );
  return rows;
}
