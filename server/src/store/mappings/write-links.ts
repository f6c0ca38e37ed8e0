/**
 * Writes links as people and imports want them. A link whose local record moved has no base any more, so that the next sync compares it
 * in full; its version moves with every write.
 */
import { entityNamed } from '@rollcall/core';
import type { Tx } from '../database.js';
import { linkColumns, type Link, type LinkScope, type LinkState } from './link.js';

export interface Pair {
  readonly externalId: string;
  readonly localId: string;
}

/** New links, all in one statement. An external id that has a link keeps it and is not returned. */
export async function insertLinks(tx: Tx, scope: LinkScope, pairs: readonly Pair[]): Promise<Link[]> {
  const { rows } = await tx.query<Link>(
    `INSERT INTO external_system_mappings AS l (tenant_id, integration_id, entity, external_id, local_id, projection_version)
     SELECT $1, $2, $3, p.external_id, p.local_id, $4 FROM unnest($5::text[], $6::uuid[]) p(external_id, local_id)
     ORDER BY p.external_id ON CONFLICT DO NOTHING RETURNING ${linkColumns}`,
    [
      ...[scope.tenantId, scope.integrationId, scope.entity, entityNamed(scope.entity).projectionVersion],
      ...[pairs.map((pair) => pair.externalId), pairs.map((pair) => pair.localId)],
    ],
  );
  return rows;
}

/** What a link is to be from now on; what its source said of the record before is forgotten. The caller holds its row's lock. */
export async function moveLink(
  tx: Tx,
  scope: LinkScope,
  externalId: string,
  to: { readonly localId: string; readonly state: LinkState },
): Promise<Link> {
  const { rows } = await tx.query<Link>(
    `UPDATE external_system_mappings l SET local_id = $5, state = $6, version = l.version + 1, base_checksum = NULL, raw_digest = NULL,
       base_diff = NULL, provider_modified_at = NULL, missing_since = NULL, missed_runs = 0
     WHERE l.tenant_id = $1 AND l.integration_id = $2 AND l.entity = $3 AND l.external_id = $4 RETURNING ${linkColumns}`,
    [scope.tenantId, scope.integrationId, scope.entity, externalId, to.localId, to.state],
  );
  return rows[0]!;
}

/** Those of the ids that are no records of the entity. */
export async function unknownLocalIds(tx: Tx, scope: LinkScope, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await tx.query<{ id: string }>(
    `SELECT w.id FROM unnest($2::uuid[]) w(id)
     WHERE NOT EXISTS (SELECT FROM ${entityNamed(scope.entity).table} h WHERE h.tenant_id = $1 AND h.id = w.id)`,
    [scope.tenantId, ids],
  );
  return new Set(rows.map((row) => row.id));
}

/** Links of the integration by which the source writes these records now. */
export async function claimsOn(tx: Tx, scope: LinkScope, ids: readonly string[]): Promise<Link[]> {
  const { rows } = await tx.query<Link>(
    `SELECT ${linkColumns} FROM external_system_mappings l WHERE l.tenant_id = $1 AND l.integration_id = $2 AND l.entity = $3
       AND l.local_id = ANY ($4::uuid[]) AND l.state IN ('active', 'missing', 'deactivated')`,
    [scope.tenantId, scope.integrationId, scope.entity, ids],
  );
  return rows;
}
