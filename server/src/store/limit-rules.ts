/** Rules for limits that people have set. Setting one anew removes the old one and keeps it, so that earlier runs stay explained. */
import { Fault, type LimitRule } from '@rollcall/core';
import type { Tx } from './database.js';

/** What a person decides about a rule. */
export type RuleTerms = Omit<LimitRule, 'id'>;

export interface StoredRule extends LimitRule {
  /** Names; null where the rule leaves it open. */
  readonly integration: string | null;
  readonly school: string | null;
  readonly reason: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly removedAt: Date | null;
}

const select = `SELECT l.id, l.integration_id AS "integrationId", l.school_id AS "schoolId", l.entity, l.operation, l.season, l.share,
    l.row_count AS rows, i.name AS integration, o.name AS school, l.reason, l.created_by AS "createdBy",
    l.created_at AS "createdAt", l.removed_at AS "removedAt"
  FROM limit_rules l LEFT JOIN integrations i ON i.tenant_id = l.tenant_id AND i.id = l.integration_id
  LEFT JOIN orgs o ON o.tenant_id = l.tenant_id AND o.id = l.school_id`;

/** Those that hold now, or with `all` also those that held once. The latest first. */
export async function listRules(
  tx: Tx,
  tenantId: string,
  filter: { integrationId?: string; all?: boolean } = {},
): Promise<StoredRule[]> {
  const { rows } = await tx.query<StoredRule>(
    `${select} WHERE l.tenant_id = $1 AND ($2 OR l.removed_at IS NULL) AND ($3::uuid IS NULL OR l.integration_id = $3)
     ORDER BY l.id DESC LIMIT 1000`,
    [tenantId, filter.all ?? false, filter.integrationId ?? null],
  );
  return rows;
}

/** Removed ones too. Throws Fault not_found. */
export async function findRule(tx: Tx, tenantId: string, id: string): Promise<StoredRule> {
  const { rows } = await tx.query<StoredRule>(`${select} WHERE l.tenant_id = $1 AND l.id = $2`, [tenantId, id]);
  if (!rows[0]) throw new Fault('not_found', 'There is no such limit.');
  return rows[0];
}

/** The rules that held when a run started: what is changed later concerns later runs. */
export async function rulesOfRun(tx: Tx, run: { tenantId: string; runId: string }): Promise<LimitRule[]> {
  const { rows } = await tx.query<LimitRule>(
    `SELECT l.id, l.integration_id AS "integrationId", l.school_id AS "schoolId", l.entity, l.operation, l.season, l.share,
       l.row_count AS rows
     FROM limit_rules l JOIN runs r ON r.tenant_id = l.tenant_id AND r.id = $2
     WHERE l.tenant_id = $1 AND l.created_at <= coalesce(r.started_at, now())
       AND (l.removed_at IS NULL OR l.removed_at > coalesce(r.started_at, now()))`,
    [run.tenantId, run.runId],
  );
  return rows;
}

export async function insertRule(
  tx: Tx,
  rule: RuleTerms & { tenantId: string; reason: string; createdBy: string },
): Promise<string> {
  const r = rule;
  const { rows } = await tx.query<{ id: string }>(
    `INSERT INTO limit_rules (tenant_id, integration_id, school_id, entity, operation, season, share, row_count, reason, created_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`,
    [
      ...[r.tenantId, r.integrationId, r.schoolId, r.entity, r.operation, r.season],
      ...[r.share, r.rows, r.reason, r.createdBy],
    ],
  );
  return rows[0]!.id;
}

/** Removes the rule that holds for exactly this scope, and returns its id. */
export async function supersedeRule(tx: Tx, tenantId: string, scope: RuleTerms): Promise<string | null> {
  const { rows } = await tx.query<{ id: string }>(
    `UPDATE limit_rules SET removed_at = now() WHERE tenant_id = $1 AND removed_at IS NULL
       AND integration_id IS NOT DISTINCT FROM $2 AND school_id IS NOT DISTINCT FROM $3 AND entity IS NOT DISTINCT FROM $4
       AND operation IS NOT DISTINCT FROM $5 AND season IS NOT DISTINCT FROM $6 RETURNING id`,
    [tenantId, scope.integrationId, scope.schoolId, scope.entity, scope.operation, scope.season],
  );
  return rows[0]?.id ?? null;
}

/** False when it was removed before. */
export async function removeRule(tx: Tx, tenantId: string, id: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    'UPDATE limit_rules SET removed_at = now() WHERE tenant_id = $1 AND id = $2 AND removed_at IS NULL',
    [tenantId, id],
  );
  return rowCount === 1;
}

/** Kept from others until the transaction ends: two who set the same limit at the same time do so one after the other. */
export async function lockRules(tx: Tx, tenantId: string): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('limit_rules' || $1::text, 0))`, [tenantId]);
}
