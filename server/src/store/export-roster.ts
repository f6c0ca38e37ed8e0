/**
 * The roster of a tenant as the rows of OneRoster's files, from one snapshot: whatever is changed meanwhile, the files agree with each
 * other. Rows stream out of the database; neither side holds more than a piece of them.
 */
import type { Readable } from 'node:stream';
import { entityNames, Fault, type EntityName } from '@rollcall/core';
import type { ExportedFile, PackageMode } from '@rollcall/connectors';
import { to as copyTo, type CopyToStreamQuery } from 'pg-copy-streams';
import type { Tx } from './database.js';
import { exportRows } from './sql/export-rows.js';
import { exportTable, exportTables } from './sql/export-scope.js';
import { rankedSources } from './sql/handed-on-roles.js';

export interface WantedExport {
  readonly tenantId: string;
  /** An organisation's local id, or its id at a source. Without it the whole tenant. */
  readonly school?: string | undefined;
  /** A moment in ISO 8601, the id of a run, or the mark of an earlier export. Without it everything goes out. */
  readonly since?: string | undefined;
}

export interface OpenExport {
  readonly mode: PackageMode;
  /** Of the next delta: what is changed and not in this export is in that one. */
  readonly mark: string;
  /** Records without a value that the standard demands, which stay out. */
  readonly leftOut: Readonly<Record<EntityName, number>>;
  rowsOf(file: ExportedFile): Readable;
  /** Rows given so far. */
  rowCount(file: ExportedFile): number;
}

/** `tx` is of a snapshot. Throws Fault invalid_input or not_found. */
export async function openExport(tx: Tx, wanted: WantedExport): Promise<OpenExport> {
  const { tenantId } = wanted;
  const school = wanted.school === undefined ? undefined : await schoolOf(tx, tenantId, wanted.school);
  const since = wanted.since === undefined ? undefined : await sinceOf(tx, tenantId, wanted.since);
  const mode = since === undefined ? 'bulk' : 'delta';
  const { rows: sources } = await tx.query<{ id: string }>(rankedSources('$1'), [tenantId]);
  const scope = {
    ...{ tenantId, sources: sources.map(({ id }) => id) },
    ...(school !== undefined && { school }),
    ...(since !== undefined && { since }),
  };
  // Sorting a million rows on disk takes twice as long.
  await tx.query(`SET LOCAL work_mem = '64MB'`);
  for (const statement of exportTables(scope)) await tx.query(statement);
  const streams = new Map<ExportedFile, CopyToStreamQuery>();
  return {
    mode,
    mark: await markOf(tx),
    leftOut: await leftOut(tx, mode),
    rowsOf(file) {
      const rows = tx.query(copyTo(`COPY (${exportRows(file, mode, scope)}) TO STDOUT (FORMAT csv)`));
      streams.set(file, rows);
      return rows;
    },
    rowCount: (file) => streams.get(file)?.rowCount ?? 0,
  };
}

/** Ends the connection of an export whose rows nobody takes any more: it cannot be used for anything else before all have come. */
export async function abandonExport(tx: Tx): Promise<void> {
  await (tx as Tx & { end(): Promise<void> }).end();
}

async function schoolOf(tx: Tx, tenantId: string, given: string): Promise<string> {
  const { rows } = await tx.query<{ id: string }>(
    `SELECT id FROM orgs WHERE tenant_id = $1 AND (id::text = $2 OR id IN (SELECT local_id FROM external_system_mappings
       WHERE tenant_id = $1 AND entity = 'orgs' AND external_id = $2 AND state <> 'unlinked')) LIMIT 2`,
    [tenantId, given],
  );
  if (rows.length === 1) return rows[0]!.id;
  if (rows.length === 0) throw new Fault('not_found', 'There is no such school.');
  throw new Fault('invalid_input', 'Several organisations go by this id; name the one by its id here.');
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const moment = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d))?$/;

/** A condition on change_log c. Times are those at which the changing transactions began. */
async function sinceOf(tx: Tx, tenantId: string, given: string): Promise<string> {
  const [, mark] = /^x(\d{1,19})$/.exec(given) ?? [];
  if (mark) return `c.xid >= '${mark}'::xid8`;
  if (uuid.test(given)) {
    const { rows } = await tx.query<{ at: Date }>(
      'SELECT requested_at AS at FROM runs WHERE tenant_id = $1 AND id = $2',
      [tenantId, given],
    );
    if (!rows[0]) throw new Fault('not_found', 'There is no such run.');
    return `c.at >= '${rows[0].at.toISOString()}'::timestamptz`;
  }
  if (!moment.test(given) || Number.isNaN(Date.parse(given)))
    throw new Fault(
      'invalid_input',
      'Since must be a moment like 2026-11-01T06:00:00Z, the id of a run, or the mark of an earlier export.',
    );
  return `c.at >= '${new Date(given).toISOString()}'::timestamptz`;
}

/** Every transaction before this one has ended, so what it changed is in the snapshot. */
async function markOf(tx: Tx): Promise<string> {
  const { rows } = await tx.query<{ mark: string }>(`SELECT 'x' || pg_snapshot_xmin(pg_current_snapshot()) AS mark`);
  return rows[0]!.mark;
}

async function leftOut(tx: Tx, mode: PackageMode): Promise<OpenExport['leftOut']> {
  const changed = mode === 'delta' ? 'AND changed IS NOT NULL' : '';
  const counts = entityNames.map(
    (entity) => `(SELECT count(*) FROM ${exportTable(entity)} WHERE NOT whole ${changed}) AS "${entity}"`,
  );
  const { rows } = await tx.query<Record<EntityName, number>>(`SELECT ${counts.join(', ')}`);
  return rows[0]!;
}
