/** Moves what hangs on one of our records to another: its links, and the references of other records to it. */
import { entities, entityNamed, type EntityName } from '@rollcall/core';
import type { Tx } from '../database.js';
import type { MovedLink, MovedReferences } from './merges.js';

interface Pair {
  readonly tenantId: string;
  readonly entity: EntityName;
  readonly winnerId: string;
  readonly loserId: string;
}

/** Both records, locked in one order. */
export async function lockRecords(
  tx: Tx,
  { tenantId, entity, winnerId, loserId }: Pair,
): Promise<ReadonlyMap<string, { active: boolean }>> {
  const { rows } = await tx.query<{ id: string; active: boolean }>(
    `SELECT id, active FROM ${entityNamed(entity).table} WHERE tenant_id = $1 AND id = ANY ($2::uuid[]) ORDER BY id FOR UPDATE`,
    [tenantId, [winnerId, loserId]],
  );
  return new Map(rows.map(({ id, active }) => [id, { active }]));
}

export async function setActive(
  tx: Tx,
  of: { tenantId: string; entity: EntityName },
  id: string,
  active: boolean,
): Promise<void> {
  await tx.query(
    `UPDATE ${entityNamed(of.entity).table} SET active = $3, updated_at = now() WHERE tenant_id = $1 AND id = $2 AND active <> $3`,
    [of.tenantId, id, active],
  );
}

/** Integrations that have a link on one of the records. */
export async function integrationsOf(
  tx: Tx,
  { tenantId, entity }: { tenantId: string; entity: EntityName },
  localIds: readonly string[],
): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    `SELECT DISTINCT integration_id AS id FROM external_system_mappings
     WHERE tenant_id = $1 AND entity = $2 AND local_id = ANY ($3::uuid[]) ORDER BY 1`,
    [tenantId, entity, localIds],
  );
  return rows.map((row) => row.id);
}

/**
 * The loser's links lead to the winner. Where the winner has a link of the same integration already, the loser's only translates from now
 * on: two source records that write one of ours would take turns for ever.
 */
export async function moveLinks(tx: Tx, { tenantId, entity, winnerId, loserId }: Pair): Promise<MovedLink[]> {
  const { rows } = await tx.query<MovedLink>(
    `WITH before AS (
       SELECT l.integration_id, l.external_id, l.state, l.base_diff, row_number() OVER (PARTITION BY l.integration_id
           ORDER BY (l.state = 'active') DESC, (l.state = 'missing') DESC, l.external_id) AS place,
         EXISTS (SELECT FROM external_system_mappings w WHERE w.tenant_id = $1 AND w.entity = $2 AND w.local_id = $3
           AND w.integration_id = l.integration_id AND w.state IN ('active', 'missing', 'deactivated')) AS claimed
       FROM external_system_mappings l WHERE l.tenant_id = $1 AND l.entity = $2 AND l.local_id = $4
     )
     UPDATE external_system_mappings l SET local_id = $3, version = l.version + 1, base_checksum = NULL, raw_digest = NULL,
       base_diff = NULL, provider_modified_at = NULL,
       state = CASE WHEN b.state IN ('active', 'missing', 'deactivated') AND (b.claimed OR b.place > 1) THEN 'merged' ELSE b.state END
     FROM before b WHERE l.tenant_id = $1 AND l.entity = $2 AND l.integration_id = b.integration_id AND l.external_id = b.external_id
     RETURNING l.integration_id AS "integrationId", l.external_id AS "externalId", b.state, l.state AS "stateAfter",
       l.version AS "versionAfter", b.base_diff AS "baseDiff"`,
    [tenantId, entity, winnerId, loserId],
  );
  return rows;
}

/** The links go back, all of them or none: false when a person or a sync has changed one since. */
export async function returnLinks(tx: Tx, { tenantId, entity, winnerId, loserId }: Pair, links: readonly MovedLink[]) {
  const { rowCount } = await tx.query(
    `UPDATE external_system_mappings l SET local_id = $4, state = b.state, version = l.version + 1, base_checksum = NULL,
       raw_digest = NULL, base_diff = b."baseDiff", provider_modified_at = NULL
     FROM jsonb_to_recordset($5::jsonb) b("integrationId" uuid, "externalId" text, state text, "versionAfter" integer, "baseDiff" jsonb)
     WHERE l.tenant_id = $1 AND l.entity = $2 AND l.integration_id = b."integrationId" AND l.external_id = b."externalId"
       AND l.local_id = $3 AND l.version = b."versionAfter"`,
    [tenantId, entity, winnerId, loserId, JSON.stringify(links)],
  );
  return rowCount === links.length;
}

/** References of other records to the loser lead to the winner. A list that has both keeps one. */
export async function moveReferences(tx: Tx, pair: Pair): Promise<MovedReferences[]> {
  const moved: MovedReferences[] = [];
  for (const { table, column, many } of referencesTo(pair.entity)) {
    const after = many
      ? `ARRAY(SELECT DISTINCT CASE WHEN x = $3 THEN $2 ELSE x END FROM unnest(b.${column}) x ORDER BY 1)`
      : '$2::uuid';
    const { rows } = await tx.query<{ id: string; before: unknown; after: unknown }>(
      `UPDATE ${table} h SET ${column} = ${after}, updated_at = now() FROM ${table} b
       WHERE h.tenant_id = $1 AND b.tenant_id = h.tenant_id AND b.id = h.id
         AND ${many ? `$3::uuid = ANY (b.${column})` : `b.${column} = $3::uuid`}
       RETURNING h.id, to_jsonb(b.${column}) AS before, to_jsonb(h.${column}) AS after`,
      [pair.tenantId, pair.winnerId, pair.loserId],
    );
    if (rows.length > 0) moved.push({ table, column, rows });
  }
  await renameInDiffs(tx, pair.tenantId, pair.loserId, pair.winnerId);
  return moved;
}

/** What sources say otherwise than the hub names our records, too; their next full reads compare it. */
async function renameInDiffs(tx: Tx, tenantId: string, from: string, to: string): Promise<void> {
  await tx.query(
    `UPDATE external_system_mappings SET base_diff = replace(base_diff::text, $2, $3)::jsonb, base_checksum = NULL, raw_digest = NULL
     WHERE tenant_id = $1 AND base_diff IS NOT NULL AND strpos(base_diff::text, $2) > 0`,
    [tenantId, from, to],
  );
}

/** Those that are still as the merge left them go back; how many, and how many stay as they are by now. */
export async function returnReferences(
  tx: Tx,
  pair: Pick<Pair, 'tenantId' | 'entity' | 'winnerId'>,
  moved: readonly MovedReferences[],
): Promise<{ returned: number; changed: number }> {
  let returned = 0;
  for (const { table, column, many } of referencesTo(pair.entity))
    for (const { rows } of moved.filter((each) => each.table === table && each.column === column)) {
      const value = many ? `ARRAY(SELECT jsonb_array_elements_text(b.before)::uuid)` : `(b.before #>> '{}')::uuid`;
      const { rowCount } = await tx.query(
        `UPDATE ${table} h SET ${column} = ${value}, updated_at = now()
         FROM jsonb_to_recordset($2::jsonb) b(id uuid, before jsonb, after jsonb)
         WHERE h.tenant_id = $1 AND h.id = b.id AND to_jsonb(h.${column}) = b.after`,
        [pair.tenantId, JSON.stringify(rows)],
      );
      returned += rowCount ?? 0;
    }
  // Whose it was before nobody knows: the next full reads say it again.
  await renameInDiffs(tx, pair.tenantId, pair.winnerId, pair.winnerId);
  return { returned, changed: moved.reduce((sum, { rows }) => sum + rows.length, 0) - returned };
}

/** Columns that refer to records of the entity, by core's table of fields. Roles follow with the next sync. */
const referencesTo = (target: EntityName): { table: string; column: string; many: boolean }[] =>
  entities.flatMap(({ table, fields }) =>
    fields
      .filter((field) => field.target === target && (field.kind === 'reference' || field.kind === 'references'))
      .map(({ column, kind }) => ({ table, column, many: kind === 'references' })),
  );
