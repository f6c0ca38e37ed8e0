/** Alerts about sources: open while the deviation lasts, one of a kind for each endpoint, and kept when they are over. */
import type { Tx } from './database.js';

export type AlertKind = 'slow' | 'errors' | 'unreachable';

interface Key {
  readonly tenantId: string;
  readonly integrationId: string;
}

export interface Deviation {
  readonly kind: AlertKind;
  /** Empty for the integration as a whole. */
  readonly operation: string;
  readonly observed: number;
  /** What is usual at this time of day; null where too little is known. */
  readonly usual: number | null;
  readonly sentence: string;
}

export interface HealthAlert extends Deviation {
  readonly id: string;
  readonly openedAt: Date;
  readonly seenAt: Date;
  readonly closedAt: Date | null;
}

const select = `SELECT id, kind, operation, observed, usual, sentence, opened_at AS "openedAt", seen_at AS "seenAt",
  closed_at AS "closedAt" FROM health_alerts`;

/** True when it was not open before. */
export async function raiseAlert(tx: Tx, of: Key, found: Deviation, now: Date): Promise<boolean> {
  const { rows } = await tx.query<{ isNew: boolean }>(
    `INSERT INTO health_alerts (tenant_id, integration_id, kind, operation, observed, usual, sentence, opened_at, seen_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
     ON CONFLICT (tenant_id, integration_id, kind, operation) WHERE closed_at IS NULL
     DO UPDATE SET observed = excluded.observed, usual = excluded.usual, sentence = excluded.sentence, seen_at = excluded.seen_at
     RETURNING old.id IS NULL AS "isNew"`,
    [of.tenantId, of.integrationId, found.kind, found.operation, found.observed, found.usual, found.sentence, now],
  );
  return rows[0]!.isNew;
}

export async function closeAlert(tx: Tx, of: Key, id: string, now: Date): Promise<void> {
  await tx.query(
    'UPDATE health_alerts SET closed_at = $4 WHERE tenant_id = $1 AND integration_id = $2 AND id = $3 AND closed_at IS NULL',
    [of.tenantId, of.integrationId, id, now],
  );
}

export async function openAlerts(tx: Tx, of: Key): Promise<HealthAlert[]> {
  const { rows } = await tx.query<HealthAlert>(
    `${select} WHERE tenant_id = $1 AND integration_id = $2 AND closed_at IS NULL ORDER BY opened_at, id`,
    [of.tenantId, of.integrationId],
  );
  return rows;
}

/** The latest first; one more than `limit` where there are more. */
export async function listAlerts(
  tx: Tx,
  of: Key,
  { limit, offset, open }: { limit: number; offset: number; open?: boolean | undefined },
): Promise<HealthAlert[]> {
  const { rows } = await tx.query<HealthAlert>(
    `${select} WHERE tenant_id = $1 AND integration_id = $2 AND ($5::boolean IS NULL OR (closed_at IS NULL) = $5)
     ORDER BY opened_at DESC, id DESC LIMIT $3 + 1 OFFSET $4`,
    [of.tenantId, of.integrationId, limit, offset, open ?? null],
  );
  return rows;
}

export async function forgetAlerts(tx: Tx, tenantId: string, before: Date): Promise<void> {
  await tx.query('DELETE FROM health_alerts WHERE tenant_id = $1 AND closed_at < $2', [tenantId, before]);
}
