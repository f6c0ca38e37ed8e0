/** No tenant reaches another: the catalogue has none of the known holes, and every table is tried by statements and by references. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type pg from 'pg';
import { Database } from './database.js';
import { withSingleConnection } from './single-connection.js';
import { outcome, undone } from './testing/admin-client.js';
import { catalogueFaults } from './testing/catalogue-faults.js';
import { seedTenant, type SeededTenant } from './testing/seed-tenant.js';
import { tenancyFaults, tenantTables } from './testing/tenancy-faults.js';
import { testDatabase, type TestDatabase } from './testing/test-database.js';

let database: TestDatabase;
let north: SeededTenant;
let south: SeededTenant;
let tables: string[];

beforeAll(async () => {
  database = await testDatabase('tenancy', ['north', 'south']);
  north = await seedTenant(database.app, database.tenantIds[0]!, 'North');
  south = await seedTenant(database.app, database.tenantIds[1]!, 'South');
  tables = await withSingleConnection(database.adminUrl, tenantTables);
});
afterAll(() => database.close());

test('the catalogue has none of the known holes of row-level security', async () => {
  expect(await withSingleConnection(database.adminUrl, catalogueFaults)).toEqual([]);
});

test('the tables that are tried are all that have a tenant', () => {
  expect(tables.length).toBeGreaterThanOrEqual(22);
});

describe.each(['app', 'worker', 'owner'] as const)('connected as the %s', (role) => {
  test('the role cannot bypass row-level security', async () => {
    const rights = await withSingleConnection(database.urls[role], (client) =>
      client.query('SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user'),
    );
    expect(rights.rows).toEqual([{ rolsuper: false, rolbypassrls: false }]);
  });

  test('no table shows, changes, loses or takes a row of another tenant, or shows any without one', async () => {
    const faults = await withSingleConnection(database.urls[role], (client) =>
      undone(client, () => faultsOf(client, tables)),
    );
    expect(faults).toEqual([]);
  });
});

const faultsOf = async (client: pg.Client, names: readonly string[]): Promise<string[]> => {
  const faults: string[] = [];
  for (const name of names) faults.push(...(await tenancyFaults(client, name, north.tenantId, south.tenantId)));
  return faults;
};

test('a pooled connection shows no row of the tenant that used it before', async () => {
  const one = new Database(database.urls.app, { connections: 1 });
  try {
    for (const table of tables) {
      const count = `SELECT count(*)::int AS n FROM ${table}`;
      const used = await one.withTenant(north.tenantId, (tx) => tx.query<{ n: number }>(count));
      const reused = await one.withoutTenant((tx) => tx.query<{ n: number }>(count));
      expect([table, used.rows[0]!.n > 0, reused.rows[0]!.n]).toEqual([table, true, 0]);
    }
  } finally {
    await one.close();
  }
});

describe('a reference', () => {
  /** Not proven: trees and lists are filled in a later step, and the rest names work or links, not people. Each is read with its tenant. */
  const unproven = [
    'academic_sessions.parent_id',
    'change_log.local_id',
    'change_log.run_id',
    'declined_changes.run_id',
    'dirty_records.run_id',
    'enrollments.integration_id',
    'external_system_mappings.integration_id',
    'external_system_mappings.local_id',
    'hold_decisions.run_id',
    'holds.scope_id',
    'integration_audit_logs.integration_id',
    'integration_audit_logs.run_id',
    'integration_packages.run_id',
    'integration_status.last_run_id',
    'limit_judgements.scope_id',
    'mapping_marks.integration_id',
    'orgs.parent_id',
    'record_merges.loser_id',
    'record_merges.winner_id',
    'rejected_records.first_run_id',
    'rejected_records.last_run_id',
    'removal_counts.integration_id',
    'removal_counts.school_id',
    'run_entities.integration_id',
    'sync_changes.hold_id',
    'sync_changes.local_id',
    'sync_changes.run_id',
    'sync_changes.school_id',
    'sync_chunks.first_id',
    'sync_chunks.last_id',
    'sync_watermarks.run_id',
    'tombstone_keys.integration_id',
    'tombstones.integration_id',
    'tombstones.local_id',
    'tombstones.school_id',
    'user_roles.integration_id',
  ];

  test('is proven by a foreign key or a trigger, or stands on the list of those that are not', async () => {
    const { proven, all } = await withSingleConnection(database.adminUrl, references);
    expect(all.filter((column) => !proven.some(([known]) => known === column))).toEqual(unproven);
  });

  test('to a row of another tenant is refused where it is proven, as one to a row that does not exist', async () => {
    const { proven } = await withSingleConnection(database.adminUrl, references);
    expect(proven.length).toBeGreaterThanOrEqual(20);
    const theirs = await database.app.withTenant(south.tenantId, async (tx) => {
      const found = new Map<string, string>();
      for (const [, target] of proven)
        found.set(target, (await tx.query<{ id: string }>(`SELECT id FROM ${target} LIMIT 1`)).rows[0]!.id);
      return found;
    });
    await withSingleConnection(database.urls.app, (client) =>
      undone(client, async () => {
        await client.query(`SELECT set_config('app.tenant_id', $1, true)`, [north.tenantId]);
        for (const [column, target] of proven) {
          const [table, name] = column.split('.');
          const result = await outcome(client, pointAt(table!, name!, theirs.get(target)!));
          expect([column, result]).toEqual([column, expect.objectContaining({ code: '23503' })]);
          const message = (result as { message: string }).message;
          expect(message).not.toContain(theirs.get(target));
        }
      }),
    );
  });
});

/** Tables that take rows and never let one be changed. */
const appendOnly = new Set(['hold_decisions', 'run_events']);

/** Points one row of a table at something else, or adds one that does. */
function pointAt(table: string, column: string, id: string): string {
  if (!appendOnly.has(table))
    return `UPDATE ${table} SET ${column} = '${id}' WHERE ctid = (SELECT ctid FROM ${table} LIMIT 1)`;
  const changed = `jsonb_build_object('id', uuidv7(), '${column}', '${id}')`;
  return `INSERT INTO ${table} SELECT (jsonb_populate_record(t, ${changed})).* FROM ${table} t LIMIT 1`;
}

/** Proven references as [table.column, target], and all columns that look like one. */
async function references(client: pg.Client): Promise<{ proven: [string, string][]; all: string[] }> {
  const keys = await client.query<{ source: string; target: string }>(
    `SELECT k.conrelid::regclass || '.' || a.attname AS source, k.confrelid::regclass::text AS target FROM pg_constraint k
     JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[2]
     WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace AND cardinality(k.conkey) = 2`,
  );
  const triggers = await client.query<{ table: string; args: string }>(
    `SELECT tgrelid::regclass::text AS table, encode(tgargs, 'hex') AS args FROM pg_trigger WHERE tgname = 'references_updated'`,
  );
  const columns = await client.query<{ name: string }>(
    `SELECT c.relname || '.' || a.attname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.atttypid = 'uuid'::regtype
       AND a.attname LIKE '%\\_id' AND a.attname <> 'tenant_id' AND NOT a.attisdropped ORDER BY 1`,
  );
  const byTrigger = triggers.rows.flatMap(({ table, args }) => {
    const words = Buffer.from(args, 'hex').toString().split('\0').slice(0, -1);
    return words.flatMap((word, at): [string, string][] => (at % 2 ? [] : [[`${table}.${word}`, words[at + 1]!]]));
  });
  const proven = [...keys.rows.map((k): [string, string] => [k.source, k.target]), ...byTrigger];
  return { proven, all: columns.rows.map((row) => row.name) };
}
