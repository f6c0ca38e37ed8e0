/**
 * What a change of rank means for the records that integrations share, by sets: which records they are, that each of their links is
 * compared anew by a full read, and by whose id they go. All within one transaction of the caller.
 */
import type { EntityName } from '@rollcall/core';
import type { Tx } from '../database.js';
import { preferHashJoins } from '../sql/scope.js';
import { syncMarked } from '../sync-marked.js';
import { showHighest } from './shared-records.js';

export interface SharedRecords {
  readonly records: number;
  /** Links that would be compared anew, of all integrations that have these records. */
  readonly links: readonly { readonly integrationId: string; readonly entity: EntityName; readonly count: number }[];
}

const speaking = `('active', 'missing')`;

/** Finds and keeps, until the transaction ends, the records that the integration shares with one of the others. */
export async function gatherShared(
  tx: Tx,
  { tenantId, integrationId }: { readonly tenantId: string; readonly integrationId: string },
  others: readonly string[],
): Promise<SharedRecords> {
  await preferHashJoins(tx);
  await tx.query('CREATE TEMP TABLE shared_records (entity text COLLATE "C", local_id uuid) ON COMMIT DROP');
  const { rowCount } = await tx.query(
    `INSERT INTO shared_records SELECT DISTINCT m.entity, m.local_id FROM external_system_mappings m
     JOIN external_system_mappings o ON o.tenant_id = m.tenant_id AND o.local_id = m.local_id AND o.entity = m.entity
     WHERE m.tenant_id = $1 AND m.integration_id = $2 AND m.state IN ${speaking}
       AND o.tenant_id = $1 AND o.integration_id = ANY ($3::uuid[]) AND o.state IN ${speaking}`,
    [tenantId, integrationId, others],
  );
  await tx.query('ANALYZE shared_records');
  const { rows } = await tx.query<SharedRecords['links'][number]>(
    `SELECT l.integration_id AS "integrationId", l.entity, count(*) FROM external_system_mappings l
     JOIN shared_records s ON s.entity = l.entity AND s.local_id = l.local_id
     WHERE l.tenant_id = $1 AND l.state IN ${speaking} GROUP BY 1, 2 ORDER BY 1, 2`,
    [tenantId],
  );
  return { records: rowCount ?? 0, links: rows };
}

/** For what `gatherShared` found, once the ranks are what they are to be. */
export async function compareSharedAgain(tx: Tx, tenantId: string, { links }: SharedRecords): Promise<void> {
  await tx.query(
    `UPDATE external_system_mappings l SET base_checksum = NULL, raw_digest = NULL FROM shared_records s
     WHERE l.tenant_id = $1 AND l.entity = s.entity AND l.local_id = s.local_id AND l.state IN ${speaking}
       AND (l.base_checksum IS NOT NULL OR l.raw_digest IS NOT NULL)`,
    [tenantId],
  );
  // Without a watermark the next run reads everything, and by the same terms: its removals need nobody's word.
  await tx.query(
    `DELETE FROM sync_watermarks w USING unnest($2::uuid[], $3::text[]) x(integration_id, entity)
     WHERE w.tenant_id = $1 AND w.integration_id = x.integration_id AND w.entity = x.entity`,
    [tenantId, links.map((link) => link.integrationId), links.map((link) => link.entity)],
  );
  for (const entity of syncMarked)
    if (links.some((link) => link.entity === entity))
      await showHighest(tx, { tenantId, entity }, `SELECT local_id FROM shared_records WHERE entity = '${entity}'`);
}
