/** Marks of committed changes of links: all that a reader could not see when it last asked, none lost, in whatever order they were made. */
import type { EntityName } from '@rollcall/core';
import type { Tx } from '../database.js';
import type { SqlScope } from '../sql/scope.js';

export interface Mark {
  /** The transaction that changed them. */
  readonly xid: number;
  readonly integrationId: string;
  readonly entity: EntityName;
  /** Null when all links of integration and entity may have moved. */
  readonly externalIds: readonly string[] | null;
  readonly localIds: readonly string[] | null;
}

/** `since` is the snapshot of the last answer; null asks for all that are kept. */
export async function readMarks(
  tx: Tx,
  tenantId: string,
  since: string | null,
): Promise<{ snapshot: string; marks: Mark[] }> {
  const { rows } = await tx.query<Omit<Mark, 'xid'> & { xid: string | null; snapshot: string }>(
    `SELECT s.snapshot, m.xid::text AS xid, m.integration_id AS "integrationId", m.entity, m.external_ids AS "externalIds",
       m.local_ids AS "localIds"
     FROM (SELECT pg_current_snapshot()::text AS snapshot) s
     LEFT JOIN mapping_marks m ON m.tenant_id = $1 AND ($2::pg_snapshot IS NULL
       OR (m.xid >= pg_snapshot_xmin($2::pg_snapshot) AND NOT pg_visible_in_snapshot(m.xid, $2::pg_snapshot)))`,
    [tenantId, since],
  );
  const marks = rows
    .filter(({ xid }) => xid !== null)
    .map(({ xid, integrationId, entity, externalIds, localIds }) => ({
      ...{ xid: Number(xid), integrationId, entity, externalIds, localIds },
    }));
  return { snapshot: rows[0]!.snapshot, marks };
}

/** For a transaction that moves many links of one integration and entity, and no others: cheaper than a mark for each of them. */
export async function markAllMappings(tx: Tx, { tenant, integration, entity }: SqlScope): Promise<void> {
  await tx.query(`SELECT mark_all_mappings(${tenant}, ${integration}, '${entity.name}')`);
}
