/** Which runs are over and still have stage tables. */
import { finalRunStates } from '@rollcall/core';
import type { Database, Tx } from './database.js';

export async function staleStages(tx: Tx, tenantId: string, integrationId: string): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    `SELECT r.id FROM runs r WHERE r.tenant_id = $1 AND r.integration_id = $2 AND r.state = ANY ($3)
       AND EXISTS (SELECT FROM pg_tables t WHERE t.schemaname = 'stage'
         AND starts_with(t.tablename, 'r' || replace(r.id::text, '-', '') || '_'))`,
    [tenantId, integrationId, finalRunStates],
  );
  return rows.map((row) => row.id);
}

/** The cancelled runs of all tenants that still have stage tables. */
export async function cancelledStages(
  db: Database,
): Promise<{ tenantId: string; runId: string; integrationId: string }[]> {
  return db.asSweeper(async (tx) => {
    const { rows } = await tx.query<{ tenantId: string; runId: string; integrationId: string }>(
      `WITH staged AS (SELECT DISTINCT substr(tablename, 2, 32)::uuid AS id FROM pg_tables
         WHERE schemaname = 'stage' AND tablename ~ '^r[0-9a-f]{32}_')
       SELECT r.tenant_id AS "tenantId", r.id AS "runId", r.integration_id AS "integrationId"
       FROM runs r JOIN staged s ON s.id = r.id WHERE r.state = 'cancelled'`,
    );
    return rows;
  });
}
