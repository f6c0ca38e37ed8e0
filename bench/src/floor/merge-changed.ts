/** Merges what was staged as changed: record, link, roles, change log and audit, in one transaction. Returns the records. */
import type { PoolClient } from 'pg';
import type { Collection, Column } from '../feed/collections.js';
import { integration, tenant } from '../plain-tables.js';

export async function mergeChanged(
  client: PoolClient,
  run: string,
  collections: readonly Collection[],
): Promise<number> {
  await client.query('BEGIN; ANALYZE changed');
  let merged = 0;
  for (const collection of collections) {
    const { rows } = await client.query<{ merged: string }>(mergeSql(collection));
    merged += Number(rows[0]!.merged);
    if (collection.name === 'users') await client.query(replaceRoles);
  }
  const { rows } = await client.query<{ strangers: string }>(
    `SELECT count(*) AS strangers FROM changed c WHERE NOT c.ended AND NOT EXISTS (SELECT FROM external_system_mappings l
       WHERE l.entity = c.entity AND l.external_id = c.external_id)`,
  );
  if (rows[0]!.strangers !== '0') throw new Error('the floor cannot add records in a re-sync');
  await client.query(`INSERT INTO integration_audit_logs (run_id, action, actor, details)
    VALUES ('${run}', 'changes.merged', 'bench', '{"merged":${merged}}'); COMMIT`);
  return merged;
}

const keyOf = (alias: string): string =>
  `${alias}.tenant_id = '${tenant}' AND ${alias}.integration_id = '${integration}'`;
const linkKey = keyOf('l');

function mergeSql({ name, table, columns }: Collection): string {
  const set = columns.map((column) => `${column.name} = ${valueOf(column)}`).join(', ');
  const fields = columns.map((column) => `${column.name} text`).join(', ');
  // One look into the index a row, whatever the planner believes of tables that were filled a moment ago.
  return `WITH linked AS MATERIALIZED (
      SELECT c.*, l.local_id, l.place FROM changed c CROSS JOIN LATERAL (
        SELECT l.local_id, l.ctid AS place, l.base_checksum FROM external_system_mappings l
        WHERE ${linkKey} AND l.entity = '${name}' AND l.external_id = c.external_id OFFSET 0) l
      WHERE c.entity = '${name}' AND NOT c.ended AND l.base_checksum IS DISTINCT FROM c.checksum
    ), records AS (
      UPDATE ${table} h SET ${set}, updated_at = now()
      FROM linked c CROSS JOIN LATERAL jsonb_to_record(c.record) AS r(${fields})
      WHERE h.tenant_id = '${tenant}' AND h.id = c.local_id
      RETURNING h.id
    ), links AS (
      UPDATE external_system_mappings l SET base_checksum = c.checksum, provider_modified_at = c.modified
      FROM linked c WHERE l.ctid = c.place
    ), log AS (INSERT INTO change_log (entity, local_id, operation) SELECT '${table}', id, 'UPDATE' FROM records
    ) SELECT count(*) AS merged FROM records`;
}

function valueOf({ name, type, refersTo }: Column): string {
  if (!refersTo) return `r.${name}::${type}`;
  const local = `SELECT l.local_id FROM external_system_mappings l WHERE ${linkKey} AND l.entity = '${refersTo}'`;
  return type === 'uuid'
    ? `(${local} AND l.external_id = r.${name})`
    : `ARRAY(${local} AND l.external_id = ANY (r.${name}::text[]))`;
}

const replaceRoles = `WITH people AS MATERIALIZED (
    SELECT c.roles, l.local_id FROM changed c CROSS JOIN LATERAL (SELECT l.local_id FROM external_system_mappings l
      WHERE ${linkKey} AND l.entity = 'users' AND l.external_id = c.external_id OFFSET 0) l WHERE c.entity = 'users'
  ), fresh AS (
    SELECT p.local_id, x.position, x.role, o.local_id AS org_id FROM people p
    CROSS JOIN jsonb_array_elements(p.roles) WITH ORDINALITY x(role, position)
    JOIN external_system_mappings o ON ${keyOf('o')} AND o.entity = 'orgs' AND o.external_id = x.role->>'org'
  ) MERGE INTO user_roles r USING fresh f ON ${keyOf('r')} AND r.user_id = f.local_id AND r.position = f.position
    WHEN MATCHED AND (r.role_type, r.role, r.org_id) IS DISTINCT FROM (f.role->>'roleType', f.role->>'role', f.org_id)
      THEN UPDATE SET role_type = f.role->>'roleType', role = f.role->>'role', org_id = f.org_id
    WHEN NOT MATCHED THEN INSERT (user_id, position, role_type, role, org_id, begin_date, end_date)
      VALUES (f.local_id, f.position, f.role->>'roleType', f.role->>'role', f.org_id, (f.role->>'beginDate')::date, (f.role->>'endDate')::date)`;
