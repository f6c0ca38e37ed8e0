/** What is wrong among links, found by sets and mended by sets: orphans, dangling links, doubles, and states that the records contradict. */
import { entities, type EntityName } from '@rollcall/core';
import type { Tx } from '../database.js';
import type { LinkState } from './link.js';

export const findingKinds = ['orphan', 'dangling', 'double', 'state_mismatch'] as const;
export type FindingKind = (typeof findingKinds)[number];

export interface Finding {
  readonly kind: FindingKind;
  readonly integrationId: string;
  readonly entity: EntityName;
  readonly externalId: string;
  readonly localId: string;
  readonly state: LinkState;
  /** The state that mends it. */
  readonly mended: LinkState;
}

interface Wanted {
  readonly tenantId: string;
  /** Null looks at all. */
  readonly integrationId: string | null;
}

/**
 * The first kind that fits. A double's best link stays: one that the source listed last, then the one it changed last. A link that should be
 * active while its record is not is ended, so that the next sync brings both back or none.
 */
const findings = entities
  .map(
    ({ name, table }) => `
    SELECT l.integration_id, l.entity, l.external_id, l.local_id, l.state, k.kind,
      CASE k.kind WHEN 'double' THEN 'merged' WHEN 'state_mismatch' THEN 'deactivated' ELSE 'unlinked' END AS mended
    FROM (SELECT m.*, row_number() OVER (PARTITION BY integration_id, local_id ORDER BY (state = 'active') DESC,
        (state = 'missing') DESC, provider_modified_at DESC NULLS LAST, external_id) AS place
      FROM external_system_mappings m WHERE tenant_id = $1 AND ($2::uuid IS NULL OR integration_id = $2) AND entity = '${name}'
        AND state IN ('active', 'missing', 'deactivated')) l
    LEFT JOIN integrations i ON i.tenant_id = $1 AND i.id = l.integration_id
    LEFT JOIN ${table} h ON h.tenant_id = $1 AND h.id = l.local_id
    CROSS JOIN LATERAL (SELECT CASE WHEN i.id IS NULL THEN 'orphan' WHEN h.id IS NULL THEN 'dangling' WHEN l.place > 1 THEN 'double'
      WHEN NOT h.active AND l.state <> 'deactivated' THEN 'state_mismatch' END AS kind) k
    WHERE k.kind IS NOT NULL`,
  )
  .join('\n    UNION ALL');

const shown = `f.kind, f.integration_id AS "integrationId", f.entity, f.external_id AS "externalId", f.local_id AS "localId", f.state, f.mended`;

/** How many there are of each kind and entity, and the first of them. */
export async function findFaults(
  tx: Tx,
  { tenantId, integrationId }: Wanted,
  limit: number,
): Promise<{ counts: { kind: FindingKind; entity: EntityName; count: number }[]; first: Finding[] }> {
  await tx.query(`CREATE TEMP TABLE mapping_findings (integration_id uuid, entity text, external_id text COLLATE "C", local_id uuid,
    state text, kind text, mended text) ON COMMIT DROP`);
  await tx.query(`INSERT INTO mapping_findings ${findings}`, [tenantId, integrationId]);
  const { rows: counts } = await tx.query<{ kind: FindingKind; entity: EntityName; count: number }>(
    'SELECT kind, entity, count(*) FROM mapping_findings GROUP BY 1, 2 ORDER BY 1, 2',
  );
  const { rows: first } = await tx.query<Finding>(
    `SELECT ${shown} FROM mapping_findings f ORDER BY kind, entity, external_id LIMIT $1`,
    [limit],
  );
  return { counts, first };
}

/** Mends what `findFaults` has just found in this transaction. How many. */
export async function mendFaults(tx: Tx, tenantId: string): Promise<number> {
  const { rowCount } = await tx.query(
    `UPDATE external_system_mappings l SET state = f.mended, version = l.version + 1, base_checksum = NULL, raw_digest = NULL,
       missing_since = NULL, missed_runs = 0
     FROM mapping_findings f WHERE l.tenant_id = $1 AND l.integration_id = f.integration_id AND l.entity = f.entity
       AND l.external_id = f.external_id`,
    [tenantId],
  );
  return rowCount ?? 0;
}
