/**
 * Look-ups among links, thousands in one statement. Each answer says in which snapshot of the database it was true, so that a cache
 * can tell whether a change came after it.
 */
import type { EntityName } from '@rollcall/core';
import type { Tx } from '../database.js';
import { linkColumns, type Link, type LinkScope } from './link.js';

export interface Answers {
  /** As `pg_current_snapshot` writes it. */
  readonly snapshot: string;
  readonly links: readonly Link[];
}

type Row = Link & { readonly snapshot: string };

/** Links of any state by their external ids. */
export async function linksByExternalId(tx: Tx, scope: LinkScope, externalIds: readonly string[]): Promise<Answers> {
  const { rows } = await tx.query<Row>(
    `SELECT s.snapshot, ${linkColumns} FROM (SELECT pg_current_snapshot()::text AS snapshot) s
     LEFT JOIN external_system_mappings l ON l.tenant_id = $1 AND l.integration_id = $2 AND l.entity = $3 AND l.external_id = ANY ($4)`,
    [scope.tenantId, scope.integrationId, scope.entity, externalIds],
  );
  return answersOf(rows);
}

/** Links of any state and integration by their local ids. */
export async function linksByLocalId(
  tx: Tx,
  of: { readonly tenantId: string; readonly entity: EntityName },
  localIds: readonly string[],
): Promise<Answers> {
  const { rows } = await tx.query<Row>(
    `SELECT s.snapshot, ${linkColumns} FROM (SELECT pg_current_snapshot()::text AS snapshot) s
     LEFT JOIN external_system_mappings l ON l.tenant_id = $1 AND l.entity = $2 AND l.local_id = ANY ($3::uuid[])
     ORDER BY l.integration_id, l.external_id`,
    [of.tenantId, of.entity, localIds],
  );
  return answersOf(rows);
}

/** Without a link there is one row all the same, with the snapshot alone. */
const answersOf = (rows: readonly Row[]): Answers => ({
  snapshot: rows[0]!.snapshot,
  links: rows.filter((row) => row.externalId !== null).map(linkOf),
});

const linkOf = ({ integrationId, entity, externalId, localId, state, version }: Link): Link => ({
  ...{ integrationId, entity, externalId, localId, state, version },
});

/** One link, locked until the transaction ends when it is to be changed. */
export async function findLink(tx: Tx, scope: LinkScope, externalId: string, lock = false): Promise<Link | null> {
  const { rows } = await tx.query<Link>(
    `SELECT ${linkColumns} FROM external_system_mappings l
     WHERE l.tenant_id = $1 AND l.integration_id = $2 AND l.entity = $3 AND l.external_id = $4${lock ? ' FOR UPDATE' : ''}`,
    [scope.tenantId, scope.integrationId, scope.entity, externalId],
  );
  return rows[0] ?? null;
}

export interface LinkFilter {
  readonly integrationId: string;
  readonly entity: EntityName;
  readonly state?: Link['state'] | undefined;
  /** External ids that begin so. */
  readonly prefix?: string | undefined;
  /** External ids beyond this one. */
  readonly after?: string | undefined;
}

/** In the order of their external ids, by key. The highest character closes the range of a prefix. */
export async function searchLinks(tx: Tx, tenantId: string, filter: LinkFilter, limit: number): Promise<Link[]> {
  const { integrationId, entity, state = null, prefix = '', after = null } = filter;
  const { rows } = await tx.query<Link>(
    `SELECT ${linkColumns} FROM external_system_mappings l
     WHERE l.tenant_id = $1 AND l.integration_id = $2 AND l.entity = $3 AND ($4::text IS NULL OR l.state = $4)
       AND l.external_id >= $5 AND l.external_id < $5 || U&'\\+10FFFF' AND ($6::text IS NULL OR l.external_id > $6)
     ORDER BY l.external_id LIMIT $7`,
    [tenantId, integrationId, entity, state, prefix, after, limit],
  );
  return rows;
}
