/** What clients filter by most is found by index, never by looking at every person; a plan that forgets its index is seen here. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { listedSql } from '../store/provider/lists.js';
import { fieldsFor } from '../store/provider/shown-entities.js';
import { SqlValues } from '../store/provider/sql-values.js';
import { inventedId, inventHub } from '../store/testing/invented-hub.js';
import { testDatabase, type TestDatabase } from '../store/testing/test-database.js';
import { filterOf } from './prove-question.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase('provider_plans');
  const { tenantId } = database;
  const hub = { tenantId, integrationId: inventedId('org', 0), schools: 40, users: 20_000 };
  await inventHub((text, params) => database.sql(text, params), hub);
  await database.sql('ANALYZE');
});
afterAll(() => database.close());

async function planOf(filter: string): Promise<string> {
  const { tenantId } = database;
  const sight = { tenantId, clientId: inventedId('org', 0), schools: null, withheld: [], sources: [] };
  const values = new SqlValues();
  const asked = { entity: 'users', narrowing: null, ids: [], sort: null } as const;
  const sql = listedSql(values, sight, { ...asked, filter: filterOf(filter, fieldsFor('users', [])) });
  const rows = await database.app.withTenant(
    tenantId,
    async (tx) => (await tx.query<Record<string, string>>(`EXPLAIN ${sql}`, values.list)).rows,
  );
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

test.each([
  ["status='tobedeleted'", 'users_ended'],
  ["dateLastModified>'2026-11-14T21:00:00.000Z'", 'users_by_change'],
  [`primaryOrg.sourcedId='${inventedId('org', 3)}'`, 'users_by_school'],
  ["roles.role='teacher'", 'user_roles_by_role'],
  [`roles.org.sourcedId='${inventedId('org', 3)}' AND roles.role='student'`, 'user_roles_by_role'],
])('%s by %s', async (filter, index) => {
  const plan = await planOf(filter);
  expect(plan).toContain(index);
  expect(plan).not.toMatch(/Seq Scan on (users|user_roles)/);
});
