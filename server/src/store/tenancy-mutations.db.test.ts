/** The checks of tenancy can fail: each protection that is taken away, from each table, is noticed by them. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { undone } from './testing/admin-client.js';
import { catalogueFaults } from './testing/catalogue-faults.js';
import { seedTenant } from './testing/seed-tenant.js';
import { tenancyFaults, tenantTables } from './testing/tenancy-faults.js';
import { testDatabase, type TestDatabase } from './testing/test-database.js';

let database: TestDatabase;
let admin: pg.Client;
let tables: string[];

beforeAll(async () => {
  database = await testDatabase('tenancy_mutations', ['north', 'south']);
  for (const id of database.tenantIds) await seedTenant(database.app, id);
  admin = new pg.Client({ connectionString: database.adminUrl });
  await admin.connect();
  tables = await tenantTables(admin);
});
afterAll(async () => {
  await admin.end();
  await database.close();
});

/** What the catalogue's checks and the statements of a role say about a schema that was changed; the change is taken back. */
const after = (change: string, table: string, role: string) =>
  undone(admin, async () => {
    await admin.query(change);
    const seen = await catalogueFaults(admin);
    await admin.query(`SET LOCAL ROLE ${role}`);
    const done = await tenancyFaults(admin, table, database.tenantIds[0]!, database.tenantIds[1]!);
    return { seen, done };
  });

test('nothing is noticed while nothing is taken away', async () => {
  for (const table of tables) expect(await after('SELECT 1', table, 'rollcall_app')).toEqual({ seen: [], done: [] });
});

test.each([
  ['the policy is dropped', 'DROP POLICY tenant ON %', 'rollcall_app'],
  ['row-level security is switched off', 'ALTER TABLE % DISABLE ROW LEVEL SECURITY', 'rollcall_app'],
  ['row-level security is not forced', 'ALTER TABLE % NO FORCE ROW LEVEL SECURITY', 'rollcall_owner'],
  ['every row may be seen', 'ALTER POLICY tenant ON % USING (true)', 'rollcall_app'],
  ['every row may be written', 'ALTER POLICY tenant ON % WITH CHECK (true)', 'rollcall_app'],
  ['a second policy lets all through', 'CREATE POLICY open ON % USING (true)', 'rollcall_app'],
])('is noticed on every table, in the catalogue and by statements: %s', async (_, change, role) => {
  for (const table of tables) {
    const { seen, done } = await after(change.replace('%', table), table, role);
    expect([table, seen.length > 0, done.length > 0]).toEqual([table, true, true]);
  }
});

describe('the catalogue’s checks notice', () => {
  test.each([
    ['a table without a tenant', 'CREATE TABLE pupils (id uuid PRIMARY KEY)'],
    [
      'row-level security is not on',
      'CREATE TABLE pupils (tenant_id uuid NOT NULL, id uuid, PRIMARY KEY (tenant_id, id))',
    ],
    ['an index that does not begin with the tenant', 'CREATE UNIQUE INDEX one_email ON users (email)'],
    ['an index that does not begin with the tenant', 'CREATE INDEX by_name ON users (family_name)'],
    [
      'a foreign key without the tenant',
      'ALTER TABLE integrations ADD UNIQUE (id); ALTER TABLE users ADD i uuid REFERENCES integrations (id)',
    ],
    [
      'a function with its owner’s rights',
      'CREATE FUNCTION peek() RETURNS bigint SECURITY DEFINER RETURN (SELECT count(*) FROM users)',
    ],
    ['a view with its owner’s rights', 'CREATE VIEW everybody AS SELECT * FROM users'],
    ['a materialised view', 'CREATE MATERIALIZED VIEW everybody AS SELECT * FROM users'],
    ['a role that stands above the rules', 'ALTER ROLE rollcall_worker BYPASSRLS'],
    ['a role that stands above the rules', 'ALTER ROLE rollcall_app SUPERUSER'],
    ['a role that can become the owner', 'GRANT rollcall_owner TO rollcall_app'],
    ['a role that owns what it uses', 'ALTER TABLE users OWNER TO rollcall_worker'],
    ['a right that ignores row-level security', 'GRANT TRUNCATE ON users TO rollcall_app'],
    ['a right that ignores row-level security', 'GRANT SELECT ON users TO PUBLIC'],
    ['a right that ignores row-level security', 'GRANT SELECT ON users TO rollcall_app WITH GRANT OPTION'],
    ['a roster that can be deleted', 'GRANT DELETE ON users TO rollcall_app'],
    ['a trail that can be rewritten', 'GRANT UPDATE ON integration_audit_logs TO rollcall_app'],
    ['a schema that the roles may add to', 'GRANT CREATE ON SCHEMA public TO rollcall_app'],
    ['staged rows in reach of the application', 'GRANT USAGE ON SCHEMA stage TO rollcall_app'],
    ['a policy that nobody knows', 'CREATE POLICY more ON users FOR SELECT TO rollcall_sweeper USING (true)'],
  ])('%s: %s', async (rule, change) => {
    const faults = await undone(admin, async () => {
      await admin.query(change);
      return catalogueFaults(admin);
    });
    expect(faults).toContainEqual(expect.stringContaining(`${rule}: `));
  });
});
