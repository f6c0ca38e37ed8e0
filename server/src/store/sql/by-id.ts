/**
 * The stage of records that are read one by one: they take the place of whatever was staged of them before, and what they refer to
 * and nobody knows is named, so that it can be read as well.
 */
import type { Entity, Field } from '@rollcall/core';
import type { Tx } from '../database.js';
import { stageColumn } from '../stage.js';
import { sqlScope, type RunScope, type SqlScope } from './scope.js';

/** Takes out what is staged of these records, in whatever form. How many rows. */
export async function takeOut(tx: Tx, scope: SqlScope, externalIds: readonly string[]): Promise<number> {
  let rows = 0;
  for (const part of ['full', 'slim', 'rejects'] as const) {
    const { rowCount } = await tx.query(`DELETE FROM ${scope[part]} WHERE external_id = ANY ($1)`, [externalIds]);
    rows += rowCount ?? 0;
  }
  const { rowCount } = await tx.query(
    `DELETE FROM ${scope.same} WHERE raw IN (SELECT l.raw_digest FROM external_system_mappings l
       WHERE ${scope.inLinks} AND l.external_id = ANY ($1))`,
    [externalIds],
  );
  return rows + (rowCount ?? 0);
}

/** A page number behind all that is staged: the rows of that page get numbers of their own. */
export async function nextPage(tx: Tx, scope: SqlScope): Promise<number> {
  const parts = [scope.full, scope.slim, scope.same, scope.rejects].map(
    (table) => `SELECT max(page) AS page FROM ${table}`,
  );
  const { rows } = await tx.query<{ page: number }>(
    `SELECT coalesce(max(page), -1) + 1 AS page FROM (${parts.join(' UNION ALL ')}) p`,
  );
  return rows[0]!.page;
}

/** Those of the ids that stand in the stage whole or rejected. */
export async function stagedOf(tx: Tx, scope: SqlScope, externalIds: readonly string[]): Promise<string[]> {
  const { rows } = await tx.query<{ external_id: string }>(
    `SELECT external_id FROM ${scope.full} WHERE external_id = ANY ($1)
     UNION SELECT external_id FROM ${scope.rejects} WHERE external_id = ANY ($1)`,
    [externalIds],
  );
  return rows.map((row) => row.external_id);
}

/** External ids of the target that staged records of this run refer to, and that are neither known nor staged. */
export async function unknownTargets(
  tx: Tx,
  run: RunScope,
  target: Entity,
  from: { staged: readonly Entity[]; limit: number },
): Promise<string[]> {
  const own = sqlScope(run, target);
  const isStaged = from.staged.includes(target);
  const referred = from.staged.flatMap((entity) =>
    entity.fields
      .filter((field) => field.target === target.name)
      .map((field) => targetsOf(sqlScope(run, entity), field)),
  );
  if (referred.length === 0) return [];
  const { rows } = await tx.query<{ id: string }>(
    `SELECT t.id FROM (${referred.join(' UNION ')}) t WHERE t.id IS NOT NULL
       AND NOT EXISTS (SELECT FROM external_system_mappings l WHERE ${own.inLinks} AND l.external_id = t.id AND l.state <> 'unlinked')
       ${isStaged ? notIn(own.full) : ''} ${isStaged ? notIn(own.rejects) : ''} ORDER BY 1 LIMIT $1`,
    [from.limit],
  );
  return rows.map((row) => row.id);
}

const notIn = (table: string): string => `AND NOT EXISTS (SELECT FROM ${table} s WHERE s.external_id = t.id)`;

function targetsOf({ full }: SqlScope, field: Field): string {
  const column = `s.${stageColumn(field)}`;
  if (field.kind === 'reference') return `SELECT ${column} COLLATE "C" AS id FROM ${full} s WHERE NOT s.ended`;
  if (field.kind === 'references')
    return `SELECT x.id COLLATE "C" FROM ${full} s CROSS JOIN unnest(${column}) x(id) WHERE NOT s.ended`;
  return `SELECT (x.role->>'org') COLLATE "C" AS id FROM ${full} s CROSS JOIN jsonb_array_elements(${column}) x(role) WHERE NOT s.ended`;
}

/**
 * Plan rows that fall under an open hold wait with it: a run of a few records cannot say anew what the hold is about, as a full one
 * does. How many.
 */
export async function waitForHolds(tx: Tx, scope: SqlScope): Promise<number> {
  const { rowCount } = await tx.query(
    `UPDATE sync_changes c SET state = 'blocked', reason = 'a hold that it falls under is open'
     WHERE ${scope.inPlan} AND c.state IS NULL AND EXISTS (SELECT FROM holds h WHERE h.tenant_id = c.tenant_id
       AND h.integration_id = ${scope.integration} AND h.entity = c.entity AND h.state = 'open'
       AND ((h.operation = c.operation AND (h.scope_kind = 'integration' OR h.scope_id IS NOT DISTINCT FROM c.school_id))
         OR EXISTS (SELECT FROM sync_changes o WHERE o.tenant_id = h.tenant_id AND o.run_id = h.last_run_id AND o.entity = h.entity
           AND o.hold_id = h.id AND o.state = 'held' AND o.external_id = c.external_id)))`,
  );
  return rowCount ?? 0;
}
