/**
 * The stage of an import: rows go in by COPY, are judged by sets, and become links in one statement for each entity. All of it lives and
 * ends with the caller's transaction, so that nothing is ever half imported.
 */
import type { Writable } from 'node:stream';
import { from as copyFrom } from 'pg-copy-streams';
import { entityNamed, type EntityName } from '@rollcall/core';
import type { Tx } from '../database.js';
import type { LinkScope } from './link.js';

/** A million rows are grouped, joined and sorted; with the usual memory most of it would go over the disk. */
export async function openImport(tx: Tx): Promise<void> {
  await tx.query(
    `SET LOCAL work_mem = '64MB';
     CREATE TEMP TABLE mapping_import (n integer, entity text COLLATE "C", external_id text COLLATE "C", local_id uuid, state text)
       ON COMMIT DROP;
     CREATE TEMP TABLE mapping_import_outcome (n integer PRIMARY KEY, code text NOT NULL) ON COMMIT DROP`,
  );
}

/** Takes lines of COPY text: row number, entity, external id, local id, state. */
export const importLines = (tx: Tx): Writable => tx.query(copyFrom('COPY mapping_import FROM STDIN'));
/** Takes lines of COPY text: row number, what is wrong with it. */
export const importFaults = (tx: Tx): Writable => tx.query(copyFrom('COPY mapping_import_outcome FROM STDIN'));

/** The entities that the file names. */
export async function closeStage(tx: Tx): Promise<EntityName[]> {
  await tx.query('ANALYZE mapping_import');
  const { rows } = await tx.query<{ entity: EntityName }>('SELECT DISTINCT entity FROM mapping_import ORDER BY 1');
  return rows.map((row) => row.entity);
}

const claiming = `('active', 'missing', 'deactivated')`;

/** What each row of the entity comes to, where it does not become a link; the first reason counts. */
export async function judgeRows(tx: Tx, scope: LinkScope): Promise<void> {
  const params = [scope.tenantId, scope.integrationId, scope.entity];
  const rows = `FROM mapping_import i`;
  const links = `l.tenant_id = $1 AND l.integration_id = $2 AND l.entity = $3`;
  const judge = (select: string) =>
    tx.query(`INSERT INTO mapping_import_outcome (n, code) ${select} ON CONFLICT DO NOTHING`, params);
  await tx.query('SET LOCAL enable_nestloop = off');
  await judge(`SELECT i.n, CASE WHEN l.state = 'unlinked' AND i.state <> 'unlinked' THEN 'unlinked'
      WHEN l.local_id = i.local_id THEN 'unchanged' ELSE 'linked_elsewhere' END
    ${rows} JOIN external_system_mappings l ON ${links} AND l.external_id = i.external_id WHERE i.entity = $3`);
  await judge(`SELECT i.n, 'repeated' FROM (
      SELECT external_id, min(n) AS first FROM mapping_import WHERE entity = $3 AND $1::uuid IS NOT NULL AND $2::uuid IS NOT NULL
      GROUP BY 1 HAVING count(*) > 1) r
    JOIN mapping_import i ON i.entity = $3 AND i.external_id = r.external_id AND i.n > r.first`);
  await judge(`SELECT i.n, 'unknown_record' ${rows} WHERE i.entity = $3 AND $2::uuid IS NOT NULL
      AND NOT EXISTS (SELECT FROM ${entityNamed(scope.entity).table} h WHERE h.tenant_id = $1 AND h.id = i.local_id)`);
  await judge(`SELECT i.n, 'linked_twice' ${rows} JOIN external_system_mappings l ON ${links} AND l.local_id = i.local_id
      AND l.external_id <> i.external_id AND l.state IN ${claiming} WHERE i.entity = $3 AND i.state = 'active'`);
  await judge(`SELECT i.n, 'linked_twice' FROM (
      SELECT local_id, min(n) AS first FROM mapping_import WHERE entity = $3 AND state = 'active'
        AND $1::uuid IS NOT NULL AND $2::uuid IS NOT NULL GROUP BY 1 HAVING count(*) > 1) r
    JOIN mapping_import i ON i.entity = $3 AND i.local_id = r.local_id AND i.state = 'active' AND i.n > r.first`);
}

/** Links of all rows that nothing stands against. */
export async function insertStaged(tx: Tx, scope: LinkScope): Promise<number> {
  await tx.query('ANALYZE mapping_import_outcome');
  const { rowCount } = await tx.query(
    `INSERT INTO external_system_mappings (tenant_id, integration_id, entity, external_id, local_id, projection_version, state)
     SELECT $1, $2, $3, i.external_id, i.local_id, $4, i.state FROM mapping_import i
     WHERE i.entity = $3 AND NOT EXISTS (SELECT FROM mapping_import_outcome o WHERE o.n = i.n) ORDER BY i.external_id`,
    [scope.tenantId, scope.integrationId, scope.entity, entityNamed(scope.entity).projectionVersion],
  );
  return rowCount ?? 0;
}

export async function countOutcomes(tx: Tx): Promise<Record<string, number>> {
  const { rows } = await tx.query<{ code: string; count: number }>(
    'SELECT code, count(*) FROM mapping_import_outcome GROUP BY 1 ORDER BY 1',
  );
  return Object.fromEntries(rows.map(({ code, count }) => [code, count]));
}

export interface ImportedRow {
  /** As counted in the file, the first row of values being 1. */
  readonly row: number;
  readonly outcome: string;
}

/** What became of the rows in their order, in pages: of all, or of those that were refused. */
export async function* outcomesInOrder(tx: Tx, all: boolean, rows: number): AsyncGenerator<ImportedRow[]> {
  const size = 5_000;
  const wanted = all ? '' : `WHERE code <> 'unchanged'`;
  for (let from = 1; all ? from <= rows : true; from += size) {
    if (!all) {
      // Refused rows may lie far apart.
      const { rows: next } = await tx.query<{ n: number | null }>(
        `SELECT min(n) AS n FROM mapping_import_outcome ${wanted} AND n >= $1`,
        [from],
      );
      if (next[0]!.n === null) return;
      from = next[0]!.n;
    }
    const { rows: page } = await tx.query<ImportedRow>(
      all
        ? `SELECT g.n AS row, coalesce(o.code, 'created') AS outcome FROM generate_series($1::integer, $2::integer) g(n)
           LEFT JOIN mapping_import_outcome o USING (n) ORDER BY 1`
        : `SELECT n AS row, code AS outcome FROM mapping_import_outcome ${wanted} AND n BETWEEN $1 AND $2 ORDER BY 1`,
      [from, Math.min(from + size - 1, rows)],
    );
    yield page;
  }
}
