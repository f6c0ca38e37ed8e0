/** Holds: parts of plans that wait for a person. One is open per integration, entity, operation and scope; runs refresh it. */
import { Fault, type EntityName, type Operation, type PlannedOperation } from '@rollcall/core';
import type { Tx } from './database.js';
import { evidenceOf, namesOf, type Agreement, type Candidate, type StoredEvidence } from './held-pairs.js';
import { recordEvent } from './run-events.js';

/**
 * relink: new records that may be ones that were deactivated. match: new records that may be ones that we have. Their rows are creates.
 * rekey: records that came with new ids en masse; their rows are links. reuse: ids that name another person now; their rows are updates.
 */
export type HoldOperation = Operation | 'relink' | 'match' | 'rekey' | 'reuse';

export interface Hold {
  readonly id: string;
  readonly integrationId: string;
  readonly integration: string;
  readonly entity: EntityName;
  readonly operation: HoldOperation;
  readonly scopeKind: 'school' | 'district' | 'integration';
  readonly scopeId: string | null;
  /** The school's name, `district`, or `integration`. */
  readonly scope: string;
  readonly state: 'open' | 'closed';
  readonly reason: string;
  readonly digest: string;
  readonly rows: number;
  readonly openedRunId: string;
  readonly lastRunId: string;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
  readonly closedReason: string | null;
}

const select = `SELECT d.id, d.integration_id AS "integrationId", i.name AS integration, d.entity, d.operation,
    d.scope_kind AS "scopeKind", d.scope_id AS "scopeId", coalesce(o.name, d.scope_kind) AS scope, d.state, d.reason, d.digest,
    d.row_count AS rows, d.opened_run_id AS "openedRunId", d.last_run_id AS "lastRunId", d.opened_at AS "openedAt",
    d.closed_at AS "closedAt", d.closed_reason AS "closedReason"
  FROM holds d JOIN integrations i ON i.tenant_id = d.tenant_id AND i.id = d.integration_id
  LEFT JOIN orgs o ON o.tenant_id = d.tenant_id AND o.id = d.scope_id`;

export interface HoldFilter {
  readonly integrationId?: string;
  readonly entity?: EntityName;
  readonly state?: 'open' | 'closed';
  readonly limit?: number;
  readonly offset?: number;
}

export async function listHolds(tx: Tx, tenantId: string, filter: HoldFilter = {}): Promise<Hold[]> {
  const { rows } = await tx.query<Hold>(
    `${select} WHERE d.tenant_id = $1 AND ($2::uuid IS NULL OR d.integration_id = $2) AND ($3::text IS NULL OR d.entity = $3)
       AND ($4::text IS NULL OR d.state = $4) ORDER BY d.id DESC LIMIT $5 OFFSET $6`,
    [
      tenantId,
      filter.integrationId ?? null,
      filter.entity ?? null,
      filter.state ?? null,
      filter.limit ?? 1000,
      filter.offset ?? 0,
    ],
  );
  return rows;
}

export async function findHold(tx: Tx, tenantId: string, holdId: string): Promise<Hold> {
  const { rows } = await tx.query<Hold>(`${select} WHERE d.tenant_id = $1 AND d.id = $2`, [tenantId, holdId]);
  if (!rows[0]) throw new Fault('not_found', 'There is no such hold.');
  return rows[0];
}

export interface HeldRow {
  readonly localId: string;
  readonly externalId: string;
  readonly operation: PlannedOperation;
  readonly absent: boolean;
  readonly before: unknown;
  readonly after: unknown;
  /** The id under which the record was known; null but for a link. */
  readonly formerly: string | null;
  /** Whose the link is; null but for a link. */
  readonly name: string | null;
  /** What agrees, of a link. */
  readonly agreement: Agreement | null;
  /** Which of ours a new record may be, the best first. */
  readonly candidates: readonly Candidate[];
}

/** The rows of a hold as the latest run planned them. */
export async function heldRows(
  tx: Tx,
  hold: { tenantId: string; id: string; lastRunId: string; entity: EntityName },
  page: { limit: number; offset: number },
): Promise<HeldRow[]> {
  const { rows } = await tx.query<
    Omit<HeldRow, 'name' | 'agreement' | 'candidates'> & { evidence: StoredEvidence | null }
  >(
    `SELECT local_id AS "localId", external_id AS "externalId", operation, absent, before, after,
       former_id AS formerly, evidence FROM sync_changes
     WHERE tenant_id = $1 AND run_id = $2 AND entity = $3 AND hold_id = $4 AND state = 'held' ORDER BY local_id LIMIT $5 OFFSET $6`,
    [hold.tenantId, hold.lastRunId, hold.entity, hold.id, page.limit, page.offset],
  );
  const meant = rows.flatMap((row) => [
    ...(row.operation === 'link' ? [row.localId] : []),
    ...(row.evidence?.candidates ?? []).map((one) => one.localId),
  ]);
  const names = await namesOf(tx, { tenantId: hold.tenantId, entity: hold.entity, ids: meant });
  return rows.map(({ evidence, ...row }) => ({
    ...row,
    name: row.operation === 'link' ? (names.get(row.localId) ?? null) : null,
    ...evidenceOf(evidence, names),
  }));
}

export interface HoldRefresh {
  readonly tenantId: string;
  readonly integrationId: string;
  readonly runId: string;
  readonly entity: EntityName;
  readonly operation: HoldOperation;
  readonly scopeKind: Hold['scopeKind'];
  readonly scopeId: string | null;
  readonly reason: string;
  readonly digest: string;
  readonly rows: number;
}

/** Opens the hold of a scope or refreshes the open one, and returns its id. */
export async function openOrRefreshHold(tx: Tx, hold: HoldRefresh): Promise<string> {
  const { rows } = await tx.query<{ id: string; opened: boolean }>(
    `INSERT INTO holds (tenant_id, integration_id, entity, operation, scope_kind, scope_id, reason, digest, row_count,
       opened_run_id, last_run_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
     ON CONFLICT (tenant_id, integration_id, entity, operation, scope_kind, scope_id) WHERE state = 'open'
     DO UPDATE SET reason = excluded.reason, digest = excluded.digest, row_count = excluded.row_count,
       last_run_id = excluded.last_run_id, refreshed_at = now()
     RETURNING id, old.id IS NULL AS opened`,
    [
      hold.tenantId,
      hold.integrationId,
      hold.entity,
      hold.operation,
      hold.scopeKind,
      hold.scopeId,
      hold.reason,
      hold.digest,
      hold.rows,
      hold.runId,
    ],
  );
  const { id, opened } = rows[0]!;
  const { entity, operation, rows: count } = hold;
  const kind = opened ? 'hold.opened' : 'hold.refreshed';
  await recordEvent(tx, hold, { kind, entity, figures: { hold: id, operation, rows: count } });
  return id;
}

export async function closeHold(tx: Tx, tenantId: string, holdId: string, reason: string): Promise<void> {
  const { rows } = await tx.query<{ runId: string; entity: EntityName; count: number }>(
    `UPDATE holds SET state = 'closed', closed_at = now(), closed_reason = $3 WHERE tenant_id = $1 AND id = $2 AND state = 'open'
     RETURNING coalesce(nullif(current_setting('app.run', true), '')::uuid, last_run_id) AS "runId", entity, row_count AS count`,
    [tenantId, holdId, reason],
  );
  for (const { runId, entity, count } of rows) {
    const figures = { hold: holdId, rows: count, because: reason };
    await recordEvent(tx, { tenantId, runId }, { kind: 'hold.closed', entity, figures });
  }
}

/** The hold after a part of it was decided. */
export async function resizeHold(
  tx: Tx,
  tenantId: string,
  holdId: string,
  left: { rows: number; digest: string },
): Promise<void> {
  await tx.query(
    'UPDATE holds SET row_count = $3, digest = $4, refreshed_at = now() WHERE tenant_id = $1 AND id = $2',
    [tenantId, holdId, left.rows, left.digest],
  );
}
