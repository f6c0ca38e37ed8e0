/** Links: rows of external_system_mappings, each joining one of the provider's records with one of ours. */
import type { EntityName } from '@rollcall/core';
import type { Tx } from './database.js';

/** Links whose record the source lists, or listed until lately. */
export async function countActiveLinks(
  tx: Tx,
  integration: { tenantId: string; integrationId: string },
  entity: EntityName,
): Promise<number> {
  const { rows } = await tx.query<{ count: number }>(
    `SELECT count(*) FROM external_system_mappings
     WHERE tenant_id = $1 AND integration_id = $2 AND entity = $3 AND state IN ('active', 'missing')`,
    [integration.tenantId, integration.integrationId, entity],
  );
  return rows[0]!.count;
}
