/**
 * What is left of a deactivated record: where it was, since when, and digests of its natural keys, salted by tenant, by which it is
 * known again under another external id. No value of a record can be read from it.
 */
import { naturalKeys, type Field } from '@rollcall/core';
import type { Chunk } from '../chunks.js';
import { literal, type Tx } from '../database.js';
import { plannedReferences, type SqlScope } from './scope.js';
import { stageColumn } from '../stage.js';

const deactivated = (scope: SqlScope, chunk: Chunk): string =>
  `${scope.inPlan} AND c.state IS NULL AND c.operation = 'deactivate'
   AND c.local_id BETWEEN ${literal(chunk.first)} AND ${literal(chunk.last)}`;

/** Buries the records that a chunk has just deactivated. */
export async function bury(tx: Tx, scope: SqlScope, chunk: Chunk): Promise<void> {
  await buryRows(tx, scope, { which: deactivated(scope, chunk), externalId: 'c.external_id', params: [] });
}

/** Buries again the deactivated records that were joined with new ones and have just been parted from them. */
export async function buryAgain(tx: Tx, scope: SqlScope, ids: readonly string[]): Promise<void> {
  const which = `${scope.inPlan} AND c.operation = 'unlink' AND c.local_id = ANY ($1) AND c.former->'link'->>'state' = 'deactivated'`;
  await buryRows(tx, scope, { which, externalId: 'c.former_id', params: [ids] });
}

async function buryRows(
  tx: Tx,
  scope: SqlScope,
  rows: { which: string; externalId: string; params: unknown[] },
): Promise<void> {
  await tx.query('INSERT INTO natural_key_salts (tenant_id) VALUES ($1) ON CONFLICT DO NOTHING', [
    scope.tenant.slice(1, -1),
  ]);
  await tx.query(
    `WITH buried AS (
       INSERT INTO tombstones (tenant_id, integration_id, entity, external_id, local_id, school_id, run_id, reason)
       SELECT c.tenant_id, ${scope.integration}, c.entity, ${rows.externalId}, c.local_id, c.school_id, c.run_id,
         CASE WHEN c.absent THEN 'absent' ELSE 'ended' END
       FROM sync_changes c WHERE ${rows.which} ON CONFLICT DO NOTHING RETURNING external_id, local_id
     ), salted AS (SELECT salt FROM natural_key_salts WHERE tenant_id = ${scope.tenant})
     INSERT INTO tombstone_keys (tenant_id, integration_id, entity, digest, external_id)
     SELECT DISTINCT ${scope.tenant}::uuid, ${scope.integration}::uuid, '${scope.entity.name}', k.digest, b.external_id
     FROM buried b JOIN ${scope.entity.table} h ON h.tenant_id = ${scope.tenant} AND h.id = b.local_id
     CROSS JOIN salted CROSS JOIN LATERAL unnest(${digests(scope, hubValue)}) k(digest) WHERE k.digest IS NOT NULL`,
    rows.params,
  );
}

/** Takes away what was left of records that a chunk has brought back, and takes them off the counts of removals. */
export async function raise(tx: Tx, scope: SqlScope, ids: readonly string[]): Promise<void> {
  await tx.query(
    `WITH raised AS (
       DELETE FROM tombstones t USING sync_changes c WHERE ${scope.inPlan} AND c.operation = 'reactivate' AND c.local_id = ANY ($1)
         AND t.tenant_id = c.tenant_id AND t.integration_id = ${scope.integration} AND t.entity = c.entity
         AND t.external_id = c.external_id RETURNING t.run_id, t.school_id
     ), off AS (SELECT run_id, school_id, count(*) AS rows FROM raised GROUP BY 1, 2
     ), counts AS MATERIALIZED (
       SELECT r.id, off.rows FROM off JOIN removal_counts r ON r.tenant_id = ${scope.tenant} AND r.run_id = off.run_id
         AND r.entity = '${scope.entity.name}' AND r.school_id IS NOT DISTINCT FROM off.school_id
       ORDER BY r.id FOR UPDATE OF r
     ) UPDATE removal_counts r SET row_count = r.row_count - counts.rows FROM counts
       WHERE r.tenant_id = ${scope.tenant} AND r.id = counts.id`,
    [ids],
  );
}

/**
 * Planned creates that have a natural key of a record that was deactivated: marked as held, or with `waits` false only given the
 * reason. How many. Without tombstones there is nothing to compare.
 */
export async function markRelinks(tx: Tx, scope: SqlScope, mark: string): Promise<number> {
  const { rows } = await tx.query<{ any: boolean }>(
    `SELECT EXISTS (SELECT FROM tombstone_keys k WHERE ${inKeys(scope)}) AS any`,
  );
  if (!rows[0]!.any) return 0;
  const { waits } = naturalKeys[scope.entity.name];
  const { rowCount } = await tx.query(
    `WITH salted AS (SELECT salt FROM natural_key_salts WHERE tenant_id = ${scope.tenant}
     ), created AS MATERIALIZED (
       SELECT c.local_id, c.external_id, ${digests(scope, stagedValue)} AS digests
       FROM sync_changes c JOIN ${scope.full} s ON s.n = c.stage_row CROSS JOIN salted
       WHERE ${scope.inPlan} AND c.operation = 'create' AND c.state IS NULL
     ), matched AS (
       SELECT n.local_id, min(k.external_id) AS formerly
       FROM created n CROSS JOIN LATERAL unnest(n.digests) d(digest)
       JOIN tombstone_keys k ON ${inKeys(scope)} AND k.digest = d.digest AND k.external_id <> n.external_id GROUP BY 1
     ) UPDATE sync_changes c SET reason = 're-link? It has a natural key of ' || m.formerly || ', which was deactivated'
         ${waits ? `, state = 'held', hold_id = '${mark}'` : ''}
       FROM matched m WHERE ${scope.inPlan} AND c.local_id = m.local_id`,
  );
  return rowCount ?? 0;
}

const inKeys = (scope: SqlScope): string =>
  `k.tenant_id = ${scope.tenant} AND k.integration_id = ${scope.integration} AND k.entity = '${scope.entity.name}'`;

type Value = (scope: SqlScope, field: Field) => string;

/** SQL of the digests of all natural keys of a record, null where a key lacks a part. Needs `salt` in scope. */
function digests(scope: SqlScope, value: Value): string {
  const keys = naturalKeys[scope.entity.name].keys.map((names) => {
    const parts = names.map((name) =>
      value(
        scope,
        scope.entity.fields.find((field) => field.name === name)!,
      ),
    );
    const whole = parts.map((part) => `${part} IS NOT NULL`).join(' AND ');
    const text = `concat_ws(chr(31), '${names.join(' ')}', ${parts.join(', ')})`;
    return `CASE WHEN ${whole} THEN encode(substring(sha256(salt || convert_to(${text}, 'UTF8')) FROM 1 FOR 16), 'hex')::uuid END`;
  });
  return `ARRAY[${keys.join(', ')}]`;
}

/** As the hub has it; references are local ids. */
function hubValue(_scope: SqlScope, field: Field): string {
  if (field.kind === 'references')
    return `array_to_string(ARRAY(SELECT unnest(h.${field.column})::text ORDER BY 1), ',')`;
  return field.kind === 'text' ? plain(`h.${field.column}`) : `h.${field.column}::text`;
}

/** The same of a planned create c with its staged row s. */
function stagedValue(scope: SqlScope, field: Field): string {
  const column = `s.${stageColumn(field)}`;
  if (field.kind === 'references')
    return `array_to_string(ARRAY(SELECT l.local_id::text FROM external_system_mappings l WHERE l.tenant_id = ${scope.tenant}
      AND l.integration_id = ${scope.integration} AND l.entity = '${field.target}' AND l.external_id = ANY (${column}) ORDER BY 1), ',')`;
  if (field.kind === 'reference') return `c.refs[${plannedReferences(scope.entity).indexOf(field) + 1}]::text`;
  return field.kind === 'text' ? plain(column) : `${column}::text`;
}

/** Case and blanks at the ends tell nobody apart. */
const plain = (column: string): string => `nullif(lower(btrim(${column})), '')`;
