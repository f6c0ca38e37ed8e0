/** The change log: whatever changes a roster row, the trigger writes down which row, what was done, by whom and in which run. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { entities } from '@rollcall/core';
import { seedTenant, type SeededTenant } from './testing/seed-tenant.js';
import { testDatabase, type TestDatabase } from './testing/test-database.js';

let database: TestDatabase;
let seeded: SeededTenant;

beforeAll(async () => {
  database = await testDatabase('change_log');
  seeded = await seedTenant(database.app, database.tenantId);
});
afterAll(() => database.close());

const logged = (where: string) =>
  database.app.withTenant(seeded.tenantId, async (tx) => {
    const { rows } = await tx.query(
      `SELECT entity, local_id, operation, origin, run_id FROM change_log WHERE ${where} ORDER BY id`,
    );
    return rows;
  });

test.each(entities.map((entity) => entity.table))(
  'every row that is added to %s is logged with its origin and run',
  async (table) => {
    const ids = await database.app.withTenant(seeded.tenantId, (tx) =>
      tx.query<{ id: string }>(`SELECT id FROM ${table} ORDER BY id`),
    );
    expect(ids.rows.length).toBeGreaterThan(0);
    const entries = await logged(`entity = '${table}' AND operation = 'INSERT'`);
    expect(entries.toSorted((a, b) => (a.local_id < b.local_id ? -1 : 1))).toEqual(
      ids.rows.map(({ id }) => ({
        entity: table,
        local_id: id,
        operation: 'INSERT',
        origin: 'seed',
        run_id: seeded.runId,
      })),
    );
  },
);

test.each(entities.map((entity) => entity.table))(
  'every row of %s that is changed is logged for who changed it',
  async (table) => {
    const { rowCount } = await database.app.withTenant(
      seeded.tenantId,
      (tx) => tx.query(`UPDATE ${table} SET active = NOT active`),
      { origin: `person:${table}` },
    );
    const entries = await logged(`origin = 'person:${table}'`);
    expect(entries).toHaveLength(rowCount!);
    for (const entry of entries) expect(entry).toMatchObject({ entity: table, operation: 'UPDATE', run_id: null });
  },
);

test('a change that is taken back is not logged', async () => {
  const failing = database.app.withTenant(
    seeded.tenantId,
    async (tx) => {
      await tx.query(`UPDATE users SET given_name = 'Nobody'`);
      throw new Error('taken back');
    },
    { origin: 'mistake' },
  );
  await expect(failing).rejects.toThrow('taken back');
  expect(await logged(`origin = 'mistake'`)).toEqual([]);
});

test.each([
  'UPDATE change_log SET origin = origin',
  'DELETE FROM change_log',
  'TRUNCATE change_log',
  'DELETE FROM users',
])('the application cannot cover its tracks: %s', async (sql) => {
  for (const db of [database.app, database.worker])
    await expect(db.withTenant(seeded.tenantId, (tx) => tx.query(sql))).rejects.toMatchObject({ code: '42501' });
});
