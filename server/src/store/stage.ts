/**
 * The stage: what a run has read, in tables of the run's own, without row-level security because COPY needs that, and open to
 * the worker alone. Records that came byte for byte as before leave their digest (same), unchanged ones key and checksum (slim);
 * new and changed ones are whole (full).
 */
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { from as copyFrom } from 'pg-copy-streams';
import type { Entity, Field } from '@rollcall/core';
import { literal, type Tx } from './database.js';

export type StagePart = 'full' | 'slim' | 'same' | 'rejects';

const parts: readonly StagePart[] = ['full', 'slim', 'same', 'rejects'];

/** COPY text lines of one page; each ends in a line feed. */
export interface StagedLines {
  readonly full: string;
  readonly slim: string;
  readonly same: string;
  readonly rejects: string;
}

const sqlTypes: Readonly<Record<Field['kind'], string>> = {
  text: 'text',
  flag: 'boolean',
  date: 'date',
  set: 'text[]',
  document: 'jsonb',
  reference: 'text COLLATE "C"',
  references: 'text[]',
  roles: 'jsonb',
};

/** The stage column of a field holds what the source sent, so references are external ids there. */
export const stageColumn = (field: Field): string => `f_${field.column}`;

export function stageTable(runId: string, entity: Entity, part: StagePart): string {
  return `stage.r${literal(runId).replace(/[^0-9a-f]/g, '')}_${entity.table}_${part}`;
}

/** Creates the run's tables for an entity, empty; what an interrupted earlier try left goes first. */
export async function openStage(tx: Tx, runId: string, entity: Entity): Promise<void> {
  await dropStage(tx, runId, entity);
  const head = `n bigint NOT NULL, page integer NOT NULL, external_id text COLLATE "C"`;
  const facts = `checksum uuid NOT NULL, modified timestamptz, raw uuid`;
  const fields = entity.fields.map((f) => `${stageColumn(f)} ${sqlTypes[f.kind]}`).join(', ');
  const table = (part: StagePart) => stageTable(runId, entity, part);
  await tx.query(`CREATE TABLE ${table('full')} (${head}, ${facts}, ended boolean NOT NULL, ${fields});
    CREATE TABLE ${table('slim')} (${head}, ${facts});
    CREATE TABLE ${table('same')} (n bigint NOT NULL, page integer NOT NULL, raw uuid NOT NULL);
    CREATE TABLE ${table('rejects')} (${head}, code text NOT NULL, field text, message text NOT NULL)`);
}

/** Whether the run has tables for an entity: one that reads single records has them only for what it reads. */
export async function hasStage(tx: Tx, runId: string, entity: Entity): Promise<boolean> {
  const { rows } = await tx.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [
    stageTable(runId, entity, 'full'),
  ]);
  return rows[0]!.there;
}

export async function dropStage(tx: Tx, runId: string, entity: Entity): Promise<void> {
  await tx.query(`DROP TABLE IF EXISTS ${parts.map((part) => stageTable(runId, entity, part)).join(', ')}`);
}

/** Writes one page's lines. The caller's transaction also writes the page's record, so neither is ever without the other. */
export async function writeStage(tx: Tx, runId: string, entity: Entity, lines: StagedLines): Promise<void> {
  for (const part of parts) {
    if (lines[part] === '') continue;
    const stream = tx.query(copyFrom(`COPY ${stageTable(runId, entity, part)} FROM STDIN`));
    await pipeline(Readable.from([Buffer.from(lines[part], 'utf8')]), stream);
  }
}

/** The offsets of pages whose staged rows are not as many as their record says. Empty in a sound stage. */
export async function unsoundPages(
  tx: Tx,
  run: { tenantId: string; runId: string },
  entity: Entity,
): Promise<number[]> {
  const rows = (part: StagePart) =>
    `SELECT page, count(*) AS rows FROM ${stageTable(run.runId, entity, part)} GROUP BY page`;
  const { rows: bad } = await tx.query<{ page_offset: number }>(
    `WITH full_rows AS (${rows('full')}), slim_rows AS (${rows('slim')}), same_rows AS (${rows('same')}), rejects AS (${rows('rejects')})
     SELECT p.page_offset FROM sync_pages p
     LEFT JOIN full_rows f ON f.page = p.page_offset
     LEFT JOIN slim_rows s ON s.page = p.page_offset
     LEFT JOIN same_rows e ON e.page = p.page_offset
     LEFT JOIN rejects r ON r.page = p.page_offset
     WHERE p.tenant_id = $1 AND p.run_id = $2 AND p.entity = $3
       AND (coalesce(f.rows, 0), coalesce(s.rows, 0), coalesce(e.rows, 0), coalesce(r.rows, 0))
         <> (p.full_rows, p.slim_rows, p.same_rows, p.rejected_rows)`,
    [run.tenantId, run.runId, entity.name],
  );
  return bad.map((row) => row.page_offset);
}

/** Takes a page's rows back out, so that it can be fetched again. */
export async function unstagePage(
  tx: Tx,
  run: { tenantId: string; runId: string },
  entity: Entity,
  pageOffset: number,
): Promise<void> {
  for (const part of parts)
    await tx.query(`DELETE FROM ${stageTable(run.runId, entity, part)} WHERE page = $1`, [pageOffset]);
  await tx.query('DELETE FROM sync_pages WHERE tenant_id = $1 AND run_id = $2 AND entity = $3 AND page_offset = $4', [
    run.tenantId,
    run.runId,
    entity.name,
    pageOffset,
  ]);
}

/** Makes the stage ready to be planned from: statistics for the joins, and the way from a plan row back to its payload. */
export async function settleStage(tx: Tx, runId: string, entity: Entity): Promise<void> {
  const full = stageTable(runId, entity, 'full');
  const index = `${full.replace('stage.', '')}_n`;
  await tx.query(`CREATE INDEX IF NOT EXISTS ${index} ON ${full} (n);
    SET LOCAL default_statistics_target = 10;
    ANALYZE ${full} (n, external_id, ended), ${stageTable(runId, entity, 'slim')} (n, external_id),
      ${stageTable(runId, entity, 'rejects')} (n, external_id)`);
}

/** Drops every stage table of a run. */
export async function closeStage(tx: Tx, runId: string): Promise<void> {
  const prefix = `r${literal(runId).replace(/[^0-9a-f]/g, '')}`;
  const { rows } = await tx.query<{ name: string }>(
    `SELECT format('stage.%I', tablename) AS name FROM pg_tables WHERE schemaname = 'stage' AND starts_with(tablename, $1)`,
    [`${prefix}_`],
  );
  if (rows.length > 0) await tx.query(`DROP TABLE ${rows.map((row) => row.name).join(', ')}`);
}
