/**
 * Takes single records out of a run because the database refuses them, at whatever step that shows, so that the rest goes on: they
 * become rejects of the stage, as if they had been refused when they were read.
 */
import type { Tx } from '../database.js';
import { fieldsOfKind, type SqlScope } from './scope.js';

export const refusedMessage = 'the database refuses a value of the record';

/** By their row numbers in the stage. */
export async function quarantineStaged(tx: Tx, scope: SqlScope, rows: readonly number[]): Promise<void> {
  await tx.query(
    `INSERT INTO ${scope.rejects} (n, page, external_id, code, message)
     SELECT n, page, external_id, 'value_refused', $2 FROM ${scope.full} WHERE n = ANY ($1)`,
    [rows, refusedMessage],
  );
  await tx.query(`DELETE FROM ${scope.full} WHERE n = ANY ($1)`, [rows]);
}

/** Row numbers of what may be planned, in order. */
export async function stagedRows(tx: Tx, scope: SqlScope): Promise<number[]> {
  const { rows } = await tx.query<{ n: number }>(`SELECT n FROM ${scope.full} ORDER BY n`);
  return rows.map((row) => row.n);
}

/** Plans nothing outside this span of rows. Only for a transaction that is rolled back. */
export async function keepOutOthers(tx: Tx, scope: SqlScope, first: number, last: number): Promise<void> {
  await tx.query(
    `INSERT INTO kept_out (n, external_id, blocked, declined) SELECT n, external_id, false, true FROM ${scope.full}
     WHERE n < $1 OR n > $2`,
    [first, last],
  );
}

/** The plan rows of a span that come from the feed and are to be applied, by local id. */
export async function plannedIds(tx: Tx, scope: SqlScope, span: { first: string; last: string }): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    `SELECT c.local_id AS id FROM sync_changes c WHERE ${scope.inPlan} AND c.state IS NULL AND c.stage_row IS NOT NULL
       AND c.local_id BETWEEN $1 AND $2 ORDER BY c.local_id`,
    [span.first, span.last],
  );
  return rows.map((row) => row.id);
}

export interface Quarantined {
  readonly rows: number;
  /** New records, which others may refer to. */
  readonly created: readonly string[];
}

/** Takes plan rows that are not applied yet out of plan and stage. */
export async function quarantinePlanned(tx: Tx, scope: SqlScope, localIds: readonly string[]): Promise<Quarantined> {
  const { rows } = await tx.query<{ id: string; n: number; operation: string }>(
    `DELETE FROM sync_changes c WHERE ${scope.inPlan} AND c.state IS NULL AND c.local_id = ANY ($1)
     RETURNING c.local_id AS id, c.stage_row AS n, c.operation`,
    [localIds],
  );
  await quarantineStaged(
    tx,
    scope,
    rows.map((row) => row.n),
  );
  const created = rows.filter((row) => row.operation === 'create').map((row) => row.id);
  if (created.length > 0) await forgetReferences(tx, scope, created);
  return { rows: rows.length, created };
}

/**
 * References within the entity to records that will not be there: what is applied loses them, and is compared anew by the next run;
 * what is still to be changed waits.
 */
async function forgetReferences(tx: Tx, scope: SqlScope, gone: readonly string[]): Promise<void> {
  const { table, name } = scope.entity;
  for (const field of fieldsOfKind(scope.entity, 'reference', 'references')) {
    if (field.target !== name) continue;
    const { column } = field;
    const one = field.kind === 'reference';
    await tx.query(
      `WITH freed AS (UPDATE ${table} h SET ${column} = ${one ? 'NULL' : `ARRAY(SELECT x FROM unnest(h.${column}) x WHERE x <> ALL ($1::uuid[]))`}
         WHERE h.tenant_id = ${scope.tenant} AND ${one ? `h.${column} = ANY ($1::uuid[])` : `h.${column} && $1::uuid[]`} RETURNING h.id)
       UPDATE external_system_mappings l SET base_checksum = NULL, raw_digest = NULL FROM freed
       WHERE ${scope.inLinks} AND l.local_id = freed.id`,
      [gone],
    );
    await tx.query(
      `UPDATE sync_changes c SET state = 'blocked', reason = '${field.name} waits for the record it refers to'
       WHERE ${scope.inPlan} AND c.state IS NULL AND NOT c.absent
         AND NOT EXISTS (SELECT FROM sync_chunks k WHERE k.tenant_id = c.tenant_id AND k.run_id = c.run_id
           AND k.entity = c.entity AND k.applied_at IS NOT NULL AND c.local_id BETWEEN k.first_id AND k.last_id)
         AND ${one ? `c.after->>'${field.name}' = ANY ($1)` : `c.after->'${field.name}' ?| $1`}`,
      [gone],
    );
  }
}

/** What planning itself has rejected stands whole in the stage, too: planned anew it would be rejected twice. */
export async function forgetRejects(tx: Tx, scope: SqlScope): Promise<void> {
  await tx.query(`DELETE FROM ${scope.rejects} r WHERE EXISTS (SELECT FROM ${scope.full} s WHERE s.n = r.n)`);
}
