/** Checks of sources: each on record, and the latest in the integration's status, with since when it has been ill. */
import type { HealthCheck } from '@rollcall/connectors';
import type { Database, Tx } from './database.js';

interface Key {
  readonly tenantId: string;
  readonly integrationId: string;
}

export interface KeptCheck {
  readonly checkedAt: Date;
  readonly trigger: 'schedule' | 'person';
  readonly status: HealthCheck['status'];
  readonly durationMs: number;
  readonly code: string | null;
  readonly reason: string | null;
}

/** What the latest check and the latest score say. */
export interface HealthStatusRow {
  readonly status: HealthCheck['status'] | null;
  readonly code: string | null;
  readonly reason: string | null;
  readonly durationMs: number | null;
  readonly checkedAt: Date | null;
  readonly failingSince: Date | null;
  readonly nextCheckAt: Date | null;
  readonly score: number | null;
  readonly reasons: readonly string[];
  /** When all was last read and settled completely. */
  readonly lastCompleteAt: Date | null;
  readonly lastSuccessAt: Date | null;
  readonly lastFailureAt: Date | null;
}

/** A check that came late says nothing of the present. */
export async function keepCheck(tx: Tx, of: Key, check: KeptCheck): Promise<void> {
  const { checkedAt, trigger, status, durationMs, code, reason } = check;
  const values = [of.tenantId, of.integrationId, checkedAt, status, durationMs, code, reason];
  await tx.query(
    `INSERT INTO health_checks (tenant_id, integration_id, checked_at, status, duration_ms, code, reason, trigger)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [...values, trigger],
  );
  await tx.query(
    `UPDATE integration_status SET checked_at = $3, check_status = $4, check_ms = $5, check_code = $6, check_reason = $7,
       failing_since = CASE WHEN $4 = 'unhealthy' THEN coalesce(failing_since, $3) END
     WHERE tenant_id = $1 AND integration_id = $2 AND (checked_at IS NULL OR checked_at <= $3)`,
    values,
  );
}

export async function keepScore(tx: Tx, of: Key, score: number, reasons: readonly string[]): Promise<void> {
  await tx.query(
    'UPDATE integration_status SET health_score = $3, health_reasons = $4 WHERE tenant_id = $1 AND integration_id = $2',
    [of.tenantId, of.integrationId, score, reasons],
  );
}

export async function healthStatus(tx: Tx, of: Key): Promise<HealthStatusRow> {
  const { rows } = await tx.query<HealthStatusRow>(
    `SELECT check_status AS status, check_code AS code, check_reason AS reason, check_ms AS "durationMs", checked_at AS "checkedAt",
       failing_since AS "failingSince", next_check_at AS "nextCheckAt", health_score AS score, health_reasons AS reasons,
       last_complete_at AS "lastCompleteAt", last_success_at AS "lastSuccessAt", last_failure_at AS "lastFailureAt"
     FROM integration_status WHERE tenant_id = $1 AND integration_id = $2`,
    [of.tenantId, of.integrationId],
  );
  return rows[0]!;
}

/** Since a time, in its order. */
export async function checksSince(tx: Tx, of: Key, since: Date): Promise<KeptCheck[]> {
  const { rows } = await tx.query<KeptCheck>(
    `SELECT checked_at AS "checkedAt", trigger, status, duration_ms AS "durationMs", code, reason FROM health_checks
     WHERE tenant_id = $1 AND integration_id = $2 AND checked_at >= $3 ORDER BY checked_at, id`,
    [of.tenantId, of.integrationId, since],
  );
  return rows;
}

export async function forgetChecks(tx: Tx, tenantId: string, before: Date): Promise<void> {
  await tx.query('DELETE FROM health_checks WHERE tenant_id = $1 AND checked_at < $2', [tenantId, before]);
}

/** Of all tenants: those whose time has come, and those that have none yet. Paused ones are left alone. Needs the worker's role. */
export async function dueForCheck(db: Database, now: Date): Promise<(Key & { readonly isNew: boolean })[]> {
  return db.asSweeper(async (tx) => {
    const { rows } = await tx.query<Key & { isNew: boolean }>(
      `SELECT s.tenant_id AS "tenantId", s.integration_id AS "integrationId", s.next_check_at IS NULL AS "isNew"
       FROM integration_status s JOIN integrations i ON i.tenant_id = s.tenant_id AND i.id = s.integration_id
       WHERE i.paused_at IS NULL AND (s.next_check_at IS NULL OR s.next_check_at <= $1)
       ORDER BY s.next_check_at NULLS FIRST LIMIT 200`,
      [now],
    );
    return rows;
  });
}

/** Whether the check is the caller's: of several workers that saw the same time come, one gets it. */
export async function claimCheck(tx: Tx, of: Key, now: Date, next: Date): Promise<boolean> {
  const { rowCount } = await tx.query(
    `UPDATE integration_status SET next_check_at = $4
     WHERE tenant_id = $1 AND integration_id = $2 AND (next_check_at IS NULL OR next_check_at <= $3)`,
    [of.tenantId, of.integrationId, now, next],
  );
  return rowCount === 1;
}
