/** Which runs of an integration are over and still have stage tables. */
import { finalRunStates } from '@rollcall/core';
import type { Tx } from './database.js';

export async function staleStages(tx: Tx, tenantId: string, integrationId: string): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    `SELECT r.id FROM runs r WHERE r.tenant_id = $1 AND r.integration_id = $2 AND r.state = ANY ($3)
       AND EXISTS (SELECT FROM pg_tables t WHERE t.schemaname = 'stage'
         AND starts_with(t.tablename, 'r' || replace(r.id::text, '-', '') || '_'))`,
    [tenantId, integrationId, finalRunStates],
  );
  return rows.map((row) => row.id);
}
