/** A run's plan is shown row by row, of one tenant, page by page, and without people's values unless they are asked for. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { changeStates, countApplied, listChanges, type ChangeFilter, type RunChange } from './changes.js';
import { seedTenant, type SeededTenant } from './testing/seed-tenant.js';
import { testDatabase, type TestDatabase } from './testing/test-database.js';

let database: TestDatabase;
let north: SeededTenant;
let south: SeededTenant;

const uuid = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
/** Ten rows of classes: four in a chunk that was applied, the rest in none, each state once. */
const states = [null, null, null, null, null, ...changeStates.slice(2, 7)];

beforeAll(async () => {
  database = await testDatabase('store_changes', ['north', 'south']);
  north = await seedTenant(database.app, database.tenantIds[0]!, 'North');
  south = await seedTenant(database.app, database.tenantIds[1]!, 'South');
  await database.app.withTenant(north.tenantId, async (tx) => {
    for (const [n, state] of states.entries())
      await tx.query(
        `INSERT INTO sync_changes (tenant_id, run_id, entity, local_id, external_id, operation, state, before, after)
         VALUES ($1, $2, 'classes', $3, $4, $5, $6, $7, $8)`,
        [
          ...[north.tenantId, north.runId, uuid(n), `class-${n}`, n % 2 ? 'update' : 'create', state],
          ...(n % 2
            ? [
                { title: 'Maths', grades: [] },
                { title: 'Maths 7a', grades: ['07'] },
              ]
            : [null, null]),
        ],
      );
    await tx.query(
      `INSERT INTO sync_chunks (tenant_id, run_id, entity, first_id, last_id, first_row, last_row, creates, changes, deactivations,
         created, updated, applied_at) VALUES ($1, $2, 'classes', $3, $4, 1, 4, 2, 2, 0, 2, 2, now())`,
      [north.tenantId, north.runId, uuid(0), uuid(3)],
    );
  });
});
afterAll(() => database.close());

const page = (filter: ChangeFilter = {}, range: { limit?: number; after?: string; values?: boolean } = {}) =>
  database.app.withTenant(north.tenantId, (tx) => listChanges(tx, north, filter, { limit: 100, ...range }));
const ids = (changes: readonly RunChange[]) => changes.map((change) => change.externalId);

test('every row says whether it was applied, is still to be, or what kept it from being', async () => {
  const { changes } = await page({ entity: 'classes' });
  expect(changes.map((change) => change.state)).toEqual([
    ...['applied', 'applied', 'applied', 'applied', 'planned'],
    ...changeStates.slice(2, 7),
  ]);
});

test.each(changeStates.slice(0, 7))('the state %s finds exactly its rows', async (state) => {
  const { changes } = await page({ state });
  expect(changes.length).toBeGreaterThan(0);
  expect(new Set(changes.map((change) => change.state))).toEqual(new Set([state]));
});

test('entity and operation narrow further', async () => {
  expect(ids((await page({ entity: 'users', operation: 'deactivate' })).changes)).toEqual(['ext-student']);
  expect(ids((await page({ state: 'applied', operation: 'update' })).changes)).toEqual([
    'class-1',
    'class-3',
    'ext-teacher',
  ]);
  expect(ids((await page({ entity: 'users', operation: 'create' })).changes)).toEqual([]);
});

describe('values', () => {
  test('are left out, and their names shown in order', async () => {
    const { changes } = await page({ operation: 'update' });
    expect(changes[0]).toMatchObject({ fields: ['grades', 'title'], before: null, after: null });
    expect(JSON.stringify(changes)).not.toContain('Maths');
  });

  test('are shown to those who ask for them', async () => {
    const [change] = (await page({ operation: 'update' }, { values: true })).changes;
    expect(change).toMatchObject({ before: { title: 'Maths' }, after: { title: 'Maths 7a', grades: ['07'] } });
  });
});

test.each([1, 2, 3, 4, 11, 12, 13])('pages of %d together show every row once', async (limit) => {
  const seen: string[] = [];
  let after: string | null | undefined;
  while (after !== null) {
    const { changes, next } = await page({}, { limit, ...(after ? { after } : {}) });
    expect(changes.length).toBeLessThanOrEqual(limit);
    seen.push(...ids(changes));
    after = next;
  }
  expect(seen.slice(0, -2)).toEqual(states.map((_, n) => `class-${n}`));
  expect(seen.slice(-2).toSorted()).toEqual(['ext-student', 'ext-teacher']);
});

test.each(['', 'users', 'pupils:x', 'users:1', `pupils:${uuid(1)}`])('a page cannot begin after %p', async (after) => {
  await expect(page({}, { after })).rejects.toMatchObject({ code: 'invalid_input' });
});

test('the rows of another tenant’s run are not there', async () => {
  const { changes } = await database.app.withTenant(north.tenantId, (tx) =>
    listChanges(tx, { tenantId: north.tenantId, runId: south.runId }, {}, { limit: 10 }),
  );
  expect(changes).toEqual([]);
});

test('what was applied is counted, of all rows and of those selected', async () => {
  const count = (rows: string[] | null) =>
    database.app.withTenant(north.tenantId, (tx) => countApplied(tx, north, rows));
  expect(await count(null)).toBe(5);
  expect(await count([uuid(0), uuid(3), uuid(4), uuid(5), north.ids.student])).toBe(2);
  expect(await count([])).toBe(0);
});
