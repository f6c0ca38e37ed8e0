/** A transaction that was overtaken by another is done again, so that neither its caller nor the run hears of it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Tx } from './database.js';
import { testDatabase, type TestDatabase } from './testing/test-database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase('lost_races');
  await database.sql(`INSERT INTO tenants (name) VALUES ('first row'), ('second row')`);
});
afterAll(() => database.close());

const touch = (tx: Tx, name: string) => tx.query('UPDATE tenants SET name = name WHERE name = $1', [name]);

test('two transactions that wait for each other both come to their end', async () => {
  let tries = 0;
  let waiting = 0;
  let go = () => undefined as void;
  const bothHold = new Promise<void>((done) => (go = done));
  const crossing = (mine: string, theirs: string) =>
    database.worker.withTenant(database.tenantId, async (tx) => {
      tries += 1;
      await touch(tx, mine);
      waiting += 1;
      if (waiting === 2) go();
      await bothHold;
      await touch(tx, theirs);
      return mine;
    });
  const done = await Promise.all([crossing('first row', 'second row'), crossing('second row', 'first row')]);
  expect(done).toEqual(['first row', 'second row']);
  expect(tries).toBe(3);
});

test('what is overtaken again and again is given up, after a few tries', async () => {
  let tries = 0;
  const losing = database.worker.withTenant(database.tenantId, async (tx) => {
    tries += 1;
    await tx.query(`DO $$ BEGIN RAISE EXCEPTION 'overtaken' USING ERRCODE = '40001'; END $$`);
  });
  await expect(losing).rejects.toMatchObject({ code: '40001' });
  expect(tries).toBe(4);
});

test('any other error is given up at once', async () => {
  let tries = 0;
  const wrong = database.worker.withTenant(database.tenantId, async (tx) => {
    tries += 1;
    await tx.query('SELECT 1 / 0');
  });
  await expect(wrong).rejects.toMatchObject({ code: '22012' });
  expect(tries).toBe(1);
});
