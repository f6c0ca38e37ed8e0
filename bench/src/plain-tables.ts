/**
 * The tables that the bench's own loaders fill: the hub's, with the same columns and indexes, but without row-level security,
 * triggers and policies. They live in the schema `plain` of a database of their own.
 */
import pg from 'pg';
import { collections } from './feed/collections.js';

export const tenant = '00000000-0000-7000-8000-000000000001';
export const integration = '00000000-0000-7000-8000-000000000002';

/** What is the same in all rows is a default: less to send. */
const sameInAll = [
  ['tenant_id', `'${tenant}'`],
  ['integration_id', `'${integration}'`],
  ['last_sync_at', 'now()'],
  ['sync_status', `'synced'`],
  ['projection_version', '1'],
  ['origin', `'bench'`],
  ['keys_digest', `''`],
] as const;

const copies = {
  ...Object.fromEntries(collections.map(({ table }) => [table, 'ALL'])),
  user_roles: 'ALL',
  external_system_mappings: 'ALL',
  change_log: 'ALL',
  integration_audit_logs: 'ALL',
  sync_pages: 'DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES',
};

export async function createPlainTables(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query('CREATE SCHEMA plain');
    for (const [table, what] of Object.entries(copies))
      await client.query(`CREATE TABLE plain.${table} (LIKE public.${table} INCLUDING ${what})`);
    const { rows } = await client.query<{ table: string; column: string }>(
      `SELECT table_name AS table, column_name AS column FROM information_schema.columns WHERE table_schema = 'plain'`,
    );
    for (const [name, value] of sameInAll)
      for (const { table } of rows.filter((row) => row.column === name))
        await client.query(`ALTER TABLE plain.${table} ALTER ${name} SET DEFAULT ${value}`);
    await client.query(`CREATE TABLE plain.slim (external_id text COLLATE "C" NOT NULL, checksum uuid NOT NULL);
      CREATE TABLE plain.changed (entity text COLLATE "C" NOT NULL, external_id text COLLATE "C" NOT NULL, checksum uuid NOT NULL,
        modified timestamptz, ended boolean NOT NULL, record jsonb NOT NULL, roles jsonb NOT NULL)`);
  } finally {
    await client.end();
  }
}
