/**
 * A well-made upsert without a plan: 1000 rows a statement into the record tables alone, changed rows only where the checksum
 * differs. It keeps no links, change log, audit or page records and gives its rows no ids of their own, all in its favour.
 */
import type { PoolClient } from 'pg';
import { canonical, ended, type Canonical } from '../feed/canonical.js';
import type { Collection } from '../feed/collections.js';
import { arrayText } from '../feed/copy-text.js';
import { Feed, type Page } from '../feed/feed.js';
import type { Subject, Task } from '../subject.js';
import { Writers } from '../writers.js';

const statementRows = 1000;

/** What an upsert by external id needs on the record tables. */
export const batchedUpsertTables = (tables: readonly string[]): string =>
  tables
    .map(
      (
        table,
      ) => `ALTER TABLE plain.${table} ADD COLUMN IF NOT EXISTS external_id text COLLATE "C", ADD COLUMN checksum uuid;
        CREATE UNIQUE INDEX ON plain.${table} (tenant_id, external_id);`,
    )
    .join('\n');

export async function batchedUpsert(task: Task): Promise<Subject> {
  const writers = await Writers.open(task.databaseUrl);
  return {
    async work() {
      const feed = await new Feed(task.sandboxUrl).open();
      const rows = await feed.each((page) => writers.with((client) => upsert(client, page)));
      feed.close();
      return rows;
    },
    close: () => writers.close(),
  };
}

async function upsert(client: PoolClient, { collection, rows }: Page): Promise<void> {
  const records = rows.filter((row) => !ended(row)).map((row) => canonical(collection, row));
  for (let from = 0; from < records.length; from += statementRows) {
    const part = records.slice(from, from + statementRows);
    // A name lets the connection parse a full statement once.
    const name = part.length === statementRows ? collection.name : undefined;
    await client.query({ name, text: upsertSql(collection, part.length), values: part.flatMap(parameters) });
  }
}

function parameters(record: Canonical): (string | null)[] {
  const values = record.values.map((value) => (Array.isArray(value) ? arrayText(value) : (value as string | null)));
  return [record.externalId, record.externalId, record.checksum, ...values];
}

const made = new Map<string, string>();

function upsertSql(collection: Collection, rows: number): string {
  const key = `${collection.name} ${rows}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const fields = collection.columns.map((column) => column.name);
  const width = fields.length + 3;
  const tuple = (row: number) => `(${Array.from({ length: width }, (_, i) => `$${row * width + i + 1}`).join(', ')})`;
  const sql = `INSERT INTO ${collection.table} AS t (id, external_id, checksum, ${fields.join(', ')})
    VALUES ${Array.from({ length: rows }, (_, row) => tuple(row)).join(', ')}
    ON CONFLICT (tenant_id, external_id) DO UPDATE SET checksum = excluded.checksum, updated_at = now(),
      ${fields.map((field) => `${field} = excluded.${field}`).join(', ')}
    WHERE t.checksum IS DISTINCT FROM excluded.checksum`;
  made.set(key, sql);
  return sql;
}
