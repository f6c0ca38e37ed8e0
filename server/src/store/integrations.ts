/** Integrations: one configured link between the hub and one external system, with its configuration and its present state. */
import { Fault, type SyncStrategy } from '@rollcall/core';
import type { Tx } from './database.js';

export type IntegrationState = 'active' | 'paused' | 'needs_attention' | 'disconnected';

export interface Integration {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly kind: string;
  readonly rank: number;
  readonly configurationVersion: number;
  /** Holds references to secrets, never secrets. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** How it is read when nobody says otherwise, and after how long everything is; null for the usual time. */
  readonly strategy: SyncStrategy;
  readonly fullEverySeconds: number | null;
  readonly state: IntegrationState;
  readonly reason: string | null;
  readonly nextStep: string | null;
  readonly lastRunId: string | null;
  readonly lastSuccessAt: Date | null;
}

/** Ranks go from here to there, and equal ones by age. */
export const highestRank = 0;
export const lowestRank = 1_000;
const usualRank = 1;

const select = `SELECT i.id, i.tenant_id AS "tenantId", i.name, i.kind, i.rank, i.configuration_version AS "configurationVersion",
    c.settings, c.strategy, c.full_every_seconds AS "fullEverySeconds",
    CASE WHEN i.paused_at IS NULL THEN s.state ELSE 'paused' END AS state, coalesce(i.paused_reason, s.reason) AS reason,
    CASE WHEN i.paused_at IS NULL THEN s.next_step ELSE 'Resume the integration when its runs may go on.' END AS "nextStep",
    s.last_run_id AS "lastRunId", s.last_success_at AS "lastSuccessAt"
  FROM integrations i
  JOIN integration_configurations c ON c.tenant_id = i.tenant_id AND c.integration_id = i.id AND c.version = i.configuration_version
  JOIN integration_status s ON s.tenant_id = i.tenant_id AND s.integration_id = i.id`;

export async function addIntegration(
  tx: Tx,
  integration: {
    tenantId: string;
    name: string;
    kind: string;
    settings: Readonly<Record<string, unknown>>;
    rank?: number | undefined;
  },
): Promise<Integration> {
  const { tenantId, name, kind, settings, rank = usualRank } = integration;
  const { rows } = await tx.query<{ id: string }>(
    'INSERT INTO integrations (tenant_id, name, kind, rank) VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id, name) DO NOTHING RETURNING id',
    [tenantId, name, kind, rank],
  );
  if (!rows[0]) throw new Fault('invalid_input', `There is already an integration named ${name}.`);
  const id = rows[0].id;
  await tx.query(
    'INSERT INTO integration_configurations (tenant_id, integration_id, version, settings) VALUES ($1, $2, 1, $3)',
    [tenantId, id, settings],
  );
  await tx.query(`INSERT INTO integration_status (tenant_id, integration_id, state) VALUES ($1, $2, 'active')`, [
    tenantId,
    id,
  ]);
  return findIntegration(tx, tenantId, id);
}

/** A new version of the settings; runs that are under way keep the one they were made with. */
export async function changeSettings(
  tx: Tx,
  integration: Integration,
  settings: Readonly<Record<string, unknown>>,
): Promise<void> {
  const version = integration.configurationVersion + 1;
  await tx.query(
    `INSERT INTO integration_configurations (tenant_id, integration_id, version, settings, strategy, full_every_seconds)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [integration.tenantId, integration.id, version, settings, integration.strategy, integration.fullEverySeconds],
  );
  await tx.query('UPDATE integrations SET configuration_version = $3 WHERE tenant_id = $1 AND id = $2', [
    integration.tenantId,
    integration.id,
    version,
  ]);
}

export async function changeRank(tx: Tx, tenantId: string, id: string, rank: number): Promise<void> {
  await tx.query('UPDATE integrations SET rank = $3 WHERE tenant_id = $1 AND id = $2', [tenantId, id, rank]);
}

/** By name or id. */
export async function findIntegration(tx: Tx, tenantId: string, nameOrId: string): Promise<Integration> {
  const { rows } = await tx.query<Integration>(
    `${select} WHERE i.tenant_id = $1 AND (i.name = $2 OR i.id::text = $2)`,
    [tenantId, nameOrId],
  );
  if (!rows[0]) throw new Fault('not_found', `There is no integration named ${nameOrId}.`);
  return rows[0];
}

/** The settings that a run was pinned to. */
export async function pinnedSettings(
  tx: Tx,
  run: { tenantId: string; integrationId: string; configurationVersion: number },
): Promise<Readonly<Record<string, unknown>>> {
  const { rows } = await tx.query<{ settings: Record<string, unknown> }>(
    'SELECT settings FROM integration_configurations WHERE tenant_id = $1 AND integration_id = $2 AND version = $3',
    [run.tenantId, run.integrationId, run.configurationVersion],
  );
  return rows[0]!.settings;
}

export async function listIntegrations(tx: Tx, tenantId: string): Promise<Integration[]> {
  const { rows } = await tx.query<Integration>(`${select} WHERE i.tenant_id = $1 ORDER BY i.rank, i.name`, [tenantId]);
  return rows;
}

export async function setIntegrationStatus(
  tx: Tx,
  integration: { tenantId: string; id: string },
  status: {
    state: IntegrationState;
    reason?: string | null;
    nextStep?: string | null;
    runId?: string;
    succeeded?: boolean;
  },
): Promise<void> {
  await tx.query(
    `UPDATE integration_status SET state = $3, reason = $4, next_step = $5, last_run_id = coalesce($6, last_run_id),
       last_success_at = CASE WHEN $7 THEN now() ELSE last_success_at END,
       last_failure_at = CASE WHEN $7 = false THEN now() ELSE last_failure_at END,
       last_complete_at = CASE WHEN $7 AND $3 = 'active' THEN now() ELSE last_complete_at END, updated_at = now()
     WHERE tenant_id = $1 AND integration_id = $2`,
    [
      integration.tenantId,
      integration.id,
      status.state,
      status.reason ?? null,
      status.nextStep ?? null,
      status.runId ?? null,
      status.succeeded ?? null,
    ],
  );
}

/**
 * A run of single records ended well: the source answers. What an earlier run said of whole collections stays; what such a run said
 * is over.
 */
export async function confirmIntegration(
  tx: Tx,
  { tenantId, id }: { tenantId: string; id: string },
  runId: string,
): Promise<void> {
  const ofRecords = `EXISTS (SELECT FROM runs r WHERE r.tenant_id = s.tenant_id AND r.id = s.last_run_id AND r.mode = 'records')`;
  await tx.query(
    `UPDATE integration_status s SET state = CASE WHEN ${ofRecords} THEN 'active' ELSE state END,
       reason = CASE WHEN ${ofRecords} THEN NULL ELSE reason END, next_step = CASE WHEN ${ofRecords} THEN NULL ELSE next_step END,
       last_run_id = CASE WHEN ${ofRecords} OR reason IS NULL THEN $3 ELSE last_run_id END, last_success_at = now(), updated_at = now()
     WHERE tenant_id = $1 AND integration_id = $2`,
    [tenantId, id, runId],
  );
}
