/**
 * What follows for records that several integrations have when a link of theirs comes, goes or moves: the next full reads of those that
 * stay hand the fields over, the record goes by the id of its highest-ranked link, and roles of a source that is gone go with it.
 */
import { entityNamed, type EntityName } from '@rollcall/core';
import type { Tx } from '../database.js';
import { syncMarked } from '../sync-marked.js';

interface OfEntity {
  readonly tenantId: string;
  readonly entity: EntityName;
}

/** The links by which sources speak of these records now are compared in full by their next full reads. */
export async function handOver(tx: Tx, { tenantId, entity }: OfEntity, localIds: readonly string[]): Promise<void> {
  await tx.query(
    `UPDATE external_system_mappings SET base_checksum = NULL, raw_digest = NULL
     WHERE tenant_id = $1 AND entity = $2 AND local_id = ANY ($3::uuid[]) AND state IN ('active', 'missing')`,
    [tenantId, entity, localIds],
  );
  await showHighest(tx, { tenantId, entity }, 'SELECT unnest($2::uuid[])', [localIds]);
}

/**
 * The records go by the external id of their highest-ranked link that speaks for them; those without one keep what they have. `records` selects local
 * ids, with parameters from $2 on.
 */
export async function showHighest(
  tx: Tx,
  { tenantId, entity }: OfEntity,
  records: string,
  params: readonly unknown[] = [],
): Promise<void> {
  if (!syncMarked.has(entity)) return;
  await tx.query(
    `UPDATE ${entityNamed(entity).table} h SET external_id = first.external_id
     FROM (SELECT DISTINCT ON (l.local_id) l.local_id, l.external_id FROM external_system_mappings l
       JOIN integrations i ON i.tenant_id = l.tenant_id AND i.id = l.integration_id
       WHERE l.tenant_id = $1 AND l.entity = '${entity}' AND l.state IN ('active', 'missing') AND l.local_id IN (${records})
       ORDER BY l.local_id, i.rank, i.id, l.external_id) first
     WHERE h.tenant_id = $1 AND h.id = first.local_id AND h.external_id IS DISTINCT FROM first.external_id`,
    [tenantId, ...params],
  );
}

/** The roles that an integration gave a person whom it no longer has go, unless no other source lists the person: then they stay as they were. */
export async function dropRoles(
  tx: Tx,
  { tenantId, entity }: OfEntity,
  integrationId: string,
  userId: string,
): Promise<void> {
  if (entity !== 'users') return;
  const links = `SELECT FROM external_system_mappings l WHERE l.tenant_id = $1 AND l.entity = 'users' AND l.local_id = $3`;
  await tx.query(
    `WITH gone AS (
       DELETE FROM user_roles WHERE tenant_id = $1 AND integration_id = $2 AND user_id = $3
         AND NOT EXISTS (${links} AND l.integration_id = $2 AND l.state IN ('active', 'missing', 'deactivated'))
         AND EXISTS (${links} AND l.state = 'active') RETURNING 1)
     UPDATE users SET updated_at = now() WHERE tenant_id = $1 AND id = $3 AND EXISTS (SELECT FROM gone)`,
    [tenantId, integrationId, userId],
  );
}
