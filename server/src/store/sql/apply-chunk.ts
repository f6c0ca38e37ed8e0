/**
 * The statements that apply one chunk of a plan: hub rows, roles and links. A row is changed only if what the plan saw still
 * holds; otherwise it becomes stale. Running them twice changes nothing.
 */
import type { Field } from '@rollcall/core';
import type { Chunk } from '../chunks.js';
import type { Tx } from '../database.js';
import { syncMarked } from '../sync-marked.js';
import { hubFields, resolved, unfolded } from './resolved.js';
import { inside, known, type SqlScope } from './scope.js';
import { sharedRow, unmoved } from './side-by-side.js';

/** The plan rows of a chunk that are to be applied, of alias c. */
export const inChunk = (scope: SqlScope, chunk: Chunk, operations: string): string =>
  `${scope.inPlan} AND c.state IS NULL AND ${inside('c.local_id', chunk)}
   AND c.operation IN (${operations})`;

/** The same with their payload. */
const pickedRows = (scope: SqlScope, chunk: Chunk, operations: string): string =>
  `SELECT c.local_id, c.refs, s.* FROM sync_changes c JOIN ${scope.full} s ON s.n = c.stage_row
   WHERE ${inChunk(scope, chunk, operations)} AND s.n BETWEEN ${chunk.firstRow} AND ${chunk.lastRow}`;

/** Entities whose rows carry the integration that they came from. */
const sourceMarked = new Set(['enrollments']);

export const stored = (field: Field): boolean => field.kind !== 'roles';

/** Inserts the chunk's new records with their links. */
export async function applyCreates(tx: Tx, scope: SqlScope, chunk: Chunk): Promise<number> {
  const { entity } = scope;
  const row = resolved(scope, pickedRows(scope, chunk, `'create'`), 'applying', true);
  const fields = entity.fields.filter(stored);
  const extras = hubExtras(scope);
  const { rows } = await tx.query<{ created: number }>(
    `WITH ${row.ctes}, ready AS MATERIALIZED (
       SELECT p.local_id, p.external_id, CASE WHEN ${row.whole} THEN p.checksum END AS base, p.modified, p.raw${fields.map((f) => `, ${row.value(f)} AS v_${f.column}`).join('')}
       FROM ${row.from}
     ), hub AS (
       INSERT INTO ${entity.table} (tenant_id, id, ${[...fields.map((f) => f.column), ...extras.map((e) => e.column)].join(', ')})
       SELECT ${scope.tenant}, p.local_id, ${[...fields.map((f) => `p.v_${f.column}`), ...extras.map((e) => e.value)].join(', ')}
       FROM ready p ORDER BY p.local_id RETURNING 1
     ), links AS (
       INSERT INTO external_system_mappings (tenant_id, integration_id, entity, external_id, local_id, base_checksum,
         projection_version, provider_modified_at, raw_digest)
       SELECT ${scope.tenant}, ${scope.integration}, '${entity.name}', p.external_id, p.local_id, p.base,
         ${entity.projectionVersion}, p.modified, p.raw FROM ready p ORDER BY p.external_id RETURNING 1
     ) SELECT (SELECT count(*) FROM hub) AS created, (SELECT count(*) FROM links) AS linked`,
  );
  return rows[0]!.created;
}

/** Columns that are not fields of the record. */
function hubExtras({ entity, integration }: SqlScope): { column: string; value: string }[] {
  const extras: { column: string; value: string }[] = [];
  if (sourceMarked.has(entity.name)) extras.push({ column: 'integration_id', value: integration });
  if (syncMarked.has(entity.name))
    extras.push(
      { column: 'external_id', value: 'p.external_id' },
      { column: 'last_sync_at', value: 'now()' },
      { column: 'sync_status', value: `'synced'` },
    );
  return extras;
}

/** Writes the chunk's changed and returned records from the plan's own values; the local ids that were changed. */
export async function applyUpdates(
  tx: Tx,
  scope: SqlScope,
  chunk: Chunk,
): Promise<{ id: string; operation: string }[]> {
  const { entity } = scope;
  const set = entity.fields
    .filter(stored)
    .map((f) => `${f.column} = CASE WHEN p.after ? '${f.name}' THEN ${planned(f)} ELSE h.${f.column} END`);
  const { rows } = await tx.query<{ id: string; operation: string }>(
    `WITH ready AS MATERIALIZED (
       SELECT c.local_id, c.external_id, c.before, c.after, c.operation, c.base_after, c.raw_digest, c.diff_before, c.diff_after
       FROM sync_changes c WHERE ${inChunk(scope, chunk, `'update', 'reactivate'`)}
     ), hub AS (
       UPDATE ${entity.table} h SET ${set.join(', ')}, active = true, updated_at = now()${syncMarks(scope, 'synced')}
       FROM ready p WHERE h.tenant_id = ${scope.tenant} AND h.id = p.local_id${unmoved(scope, 'p.external_id')}
         AND NOT EXISTS (SELECT FROM (SELECT ${hubFields(scope)} AS fields OFFSET 0) now_there, jsonb_each(p.before) b
           WHERE now_there.fields->b.key IS DISTINCT FROM b.value)
       RETURNING h.id, p.operation
     ), links AS (
       UPDATE external_system_mappings l SET base_checksum = p.base_after, raw_digest = p.raw_digest, ${scope.company ? 'base_diff = p.diff_after, ' : ''}
         projection_version = ${entity.projectionVersion}, state = 'active', missing_since = NULL, missed_runs = 0
       FROM ready p JOIN hub ON hub.id = p.local_id WHERE ${scope.inLinks} AND l.external_id = p.external_id RETURNING 1
     ) SELECT id, operation FROM hub`,
  );
  return rows;
}

/** SQL of a field's planned value, from the JSON of a plan row p. */
export function planned(field: Field): string {
  const json = `p.after->'${field.name}'`;
  const text = `p.after->>'${field.name}'`;
  switch (field.kind) {
    case 'flag':
      return `(${text})::boolean`;
    case 'date':
      return `(${text})::date`;
    case 'reference':
      return `(${text})::uuid`;
    case 'set':
      return `ARRAY(SELECT jsonb_array_elements_text(${json}))`;
    case 'references':
      return `ARRAY(SELECT jsonb_array_elements_text(${json})::uuid)`;
    case 'document':
      return `nullif(${json}, 'null')`;
    default:
      return text;
  }
}

/** Deactivates the chunk's ended records; not those that another integration still has, which are `applyLeavings`'s. */
export async function applyDeactivations(tx: Tx, scope: SqlScope, chunk: Chunk): Promise<number> {
  const { entity } = scope;
  const { rows } = await tx.query<{ count: number }>(
    `WITH picked AS MATERIALIZED (SELECT c.local_id, c.external_id, c.base_after, c.raw_digest FROM sync_changes c
       WHERE ${inChunk(scope, chunk, `'deactivate'`)}${scope.company ? ` AND NOT ${sharedRow(scope)}` : ''}
     ), links AS (
       UPDATE external_system_mappings l SET state = 'deactivated', base_checksum = p.base_after, raw_digest = p.raw_digest, missing_since = NULL, missed_runs = 0
       FROM picked p WHERE ${scope.inLinks} AND l.external_id = p.external_id AND l.local_id = p.local_id AND ${inside('l.local_id', chunk)}
         AND l.state <> 'deactivated' RETURNING l.local_id
     ), hub AS (
       UPDATE ${entity.table} h SET active = false, updated_at = now()${syncMarks(scope, 'deactivated')}
       FROM links WHERE h.tenant_id = ${scope.tenant} AND h.id = links.local_id AND ${inside('h.id', chunk)} AND h.active
       RETURNING 1
     ) SELECT count(*) FROM links`,
  );
  return rows[0]!.count;
}

export const syncMarks = (scope: SqlScope, status: string): string =>
  syncMarked.has(scope.entity.name) ? `, last_sync_at = now(), sync_status = '${status}'` : '';

/** Gives the chunk's new people their roles. */
export async function applyNewRoles(tx: Tx, scope: SqlScope, chunk: Chunk): Promise<void> {
  const field = scope.entity.fields.find((f) => f.kind === 'roles');
  if (!field) return;
  await tx.query(
    `INSERT INTO user_roles (tenant_id, user_id, integration_id, position, role_type, role, org_id, begin_date, end_date)
     SELECT ${scope.tenant}, p.local_id, ${scope.integration}, p.position, p.role->>'roleType', p.role->>'role', k.local_id,
       (p.role->>'beginDate')::date, (p.role->>'endDate')::date
     FROM (${unfolded(`(${pickedRows(scope, chunk, `'create'`)})`, field)}) p
     JOIN ${known(scope, 'orgs', 'applying')} k ON k.external_id = p.org ORDER BY p.local_id`,
  );
}

/** Replaces the roles that this integration gave to people whose roles changed. */
export async function applyChangedRoles(
  tx: Tx,
  scope: SqlScope,
  chunk: Chunk,
  changed: readonly string[],
): Promise<void> {
  const field = scope.entity.fields.find((f) => f.kind === 'roles');
  if (!field) return;
  const moved = `${inChunk(scope, chunk, `'update', 'reactivate', 'link', 'unlink', 'deactivate'`)} AND c.local_id = ANY ($1) AND c.after ? '${field.name}'`;
  await tx.query(
    `DELETE FROM user_roles r USING sync_changes c WHERE r.tenant_id = ${scope.tenant}
       AND r.integration_id = ${scope.integration} AND r.user_id = c.local_id AND ${moved}`,
    [changed],
  );
  await tx.query(
    `INSERT INTO user_roles (tenant_id, user_id, integration_id, position, role_type, role, org_id, begin_date, end_date)
     SELECT ${scope.tenant}, c.local_id, ${scope.integration}, x.position, x.role->>'roleType', x.role->>'role',
       (x.role->>'org')::uuid, (x.role->>'beginDate')::date, (x.role->>'endDate')::date
     FROM sync_changes c CROSS JOIN jsonb_array_elements(c.after->'${field.name}') WITH ORDINALITY x(role, position)
     WHERE ${moved}`,
    [changed],
  );
}

/** Plan rows of the chunk that were to be changed and were not, because the hub has moved on: they become stale. */
export async function markStale(tx: Tx, scope: SqlScope, chunk: Chunk, changed: readonly string[]): Promise<number> {
  const { rowCount } = await tx.query(
    `UPDATE sync_changes c SET state = 'stale', reason = 'the record changed after the plan was made'
     WHERE ${inChunk(scope, chunk, `'update', 'reactivate'`)} AND c.local_id <> ALL ($1)`,
    [changed],
  );
  return rowCount ?? 0;
}
