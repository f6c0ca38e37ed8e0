/** Ranks: a change of order is compared anew where integrations share records, and nothing else is touched by it. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createRun } from '../store/runs.js';
import { testDatabase, type TestDatabase } from '../store/testing/test-database.js';
import { sharedPeople, type SharedPeople } from '../store/testing/shared-people.js';
import { ensureTenant } from '../store/tenants.js';
import { setRank } from './set-rank.js';

let database: TestDatabase;
let hub: SharedPeople;
const by = { actor: 'Ada Quill', reason: 'the library asks sooner' };
const refusedAs = (code: string) => expect.objectContaining({ code });

beforeAll(async () => {
  database = await testDatabase('set_rank');
});
afterAll(() => database.close());

beforeEach(async () => {
  const { id } = await ensureTenant(database.app, randomUUID());
  hub = await sharedPeople(database, { shared: 3, alone: 2 }, id);
  for (const integration of [hub.sis, hub.library])
    for (const entity of ['users', 'orgs'])
      await database.sql(
        `INSERT INTO sync_watermarks (tenant_id, integration_id, entity, watermark, provider_time, read_in_full_at, projection_version,
           configuration_version, run_id) VALUES ($1, $2, $3, now(), now(), now(), 1, 1, gen_random_uuid())`,
        [hub.tenantId, integration, entity],
      );
});

const set = (integration: string, rank: number, dryRun = false) =>
  setRank(database.app, { tenantId: hub.tenantId, integration, rank, ...by, dryRun });

/** Of the test's own tenant. */
const rows = <T extends Record<string, unknown>>(select: string, order = '1') =>
  database.sql<T>(`${select} AND t.tenant_id = $1 ORDER BY ${order}`, [hub.tenantId]);

const compared = async () =>
  (
    await rows<{ id: string }>(
      'SELECT external_id AS id FROM external_system_mappings t WHERE base_checksum IS NULL AND raw_digest IS NULL',
    )
  ).map(({ id }) => id);
const watermarks = async () =>
  (
    await rows<{ mark: string }>(
      `SELECT i.name || ' ' || t.entity AS mark FROM sync_watermarks t JOIN integrations i ON i.id = t.integration_id`,
    )
  ).map(({ mark }) => mark);
const knownBy = async () =>
  (await rows<{ id: string }>('SELECT external_id AS id FROM users t WHERE true', 'family_name')).map(({ id }) => id);
const change = (what: string, which = 'true') =>
  database.sql(`UPDATE external_system_mappings SET ${what} WHERE tenant_id = $1 AND ${which}`, [hub.tenantId]);
const all = async () =>
  JSON.stringify([
    await rows('SELECT * FROM integrations t WHERE true', 'id'),
    await rows('SELECT * FROM external_system_mappings t WHERE true', 'external_id'),
    await rows('SELECT * FROM users t WHERE true', 'id'),
    [await watermarks(), await rows('SELECT id FROM integration_audit_logs t WHERE true')],
  ]);

describe('a change of order', () => {
  test('has the shared records compared anew by full reads of all who have them, and goes by the new first id', async () => {
    const done = await set('sis', 5);
    expect(done).toMatchObject({ before: 1, rank: 5, records: 3, readInFull: ['library', 'sis'], dryRun: false });
    expect(done.integration).toMatchObject({ name: 'sis', rank: 5 });
    expect(await compared()).toEqual(['l-1', 'l-2', 'l-3', 's-1', 's-2', 's-3']);
    expect(await watermarks()).toEqual(['library orgs', 'sis orgs']);
    expect(await knownBy()).toEqual(['l-1', 'l-2', 'l-3', 's-4', 's-5']);
  });

  test('keeps what sources say, and their states', async () => {
    const kept = () => rows('SELECT external_id, state, version, base_diff FROM external_system_mappings t WHERE true');
    const before = await kept();
    await set('sis', 5);
    expect(await kept()).toEqual(before);
  });

  test('counts links that are missing as those of others, for they may come back; ended ones count for nothing', async () => {
    await change(`state = 'missing'`, `external_id = 'l-1'`);
    await change(`state = 'deactivated'`, `external_id = 'l-2'`);
    expect(await set('sis', 5)).toMatchObject({ records: 2 });
    expect(await compared()).toEqual(['l-1', 'l-3', 's-1', 's-3']);
    expect(await knownBy()).toEqual(['l-1', 's-2', 'l-3', 's-4', 's-5']);
  });

  test('is audited with who, why and how many, and the change log says who moved the ids', async () => {
    await set(hub.sis, 2);
    const [entry] = await rows('SELECT action, actor, details FROM integration_audit_logs t WHERE true');
    const details = { before: 1, rank: 2, records: 3, reason: by.reason };
    expect(entry).toEqual({ action: 'integration.rank-set', actor: by.actor, details });
    const origins = await rows(`SELECT DISTINCT origin FROM change_log t WHERE operation = 'UPDATE'`);
    expect(origins).toEqual([{ origin: `person:${by.actor}` }]);
  });

  test('taken back, has them compared once more and go by the first id again', async () => {
    await set('library', 0);
    expect(await knownBy()).toEqual(['l-1', 'l-2', 'l-3', 's-4', 's-5']);
    await change('base_checksum = gen_random_uuid()');
    expect(await set('library', 1)).toMatchObject({ before: 0, records: 3 });
    expect(await compared()).toHaveLength(6);
    expect(await knownBy()).toEqual(['s-1', 's-2', 's-3', 's-4', 's-5']);
  });
});

test('a rank that leaves the order as it is changes nothing of the records', async () => {
  expect(await set('sis', 0)).toMatchObject({ records: 0, readInFull: [], integration: { rank: 0 } });
  expect(await set('library', 7)).toMatchObject({ records: 0, readInFull: [] });
  expect([await compared(), (await watermarks()).length]).toEqual([[], 4]);
});

test('a dry run says the same and changes nothing, also while a run is under way', async () => {
  const before = await all();
  expect(await set('sis', 5, true)).toMatchObject({ before: 1, rank: 5, records: 3, integration: { rank: 1 } });
  expect(await all()).toBe(before);
  await database.app.withTenant(hub.tenantId, (tx) =>
    createRun(tx, { tenantId: hub.tenantId, integrationId: hub.library, mode: 'full', trigger: 'manual' }),
  );
  expect(await set('sis', 5, true)).toMatchObject({ records: 3, readInFull: ['library', 'sis'] });
});

test('the same rank again changes nothing and leaves no trace', async () => {
  const before = await all();
  expect(await set('sis', 1)).toMatchObject({ before: 1, rank: 1, records: 0 });
  expect(await all()).toBe(before);
});

test('is refused while a run of any integration of the tenant is under way', async () => {
  const before = await all();
  await database.app.withTenant(hub.tenantId, (tx) =>
    createRun(tx, { tenantId: hub.tenantId, integrationId: hub.library, mode: 'full', trigger: 'manual' }),
  );
  await expect(set('sis', 5)).rejects.toEqual(refusedAs('busy'));
  expect(await all()).toBe(before);
});

test.each([-1, 1001, 1.5, NaN])('the rank %d is none', async (rank) => {
  const before = await all();
  await expect(set('sis', rank)).rejects.toEqual(refusedAs('invalid_input'));
  expect(await all()).toBe(before);
});

test('needs a reason, and an integration that there is', async () => {
  const wanted = { tenantId: hub.tenantId, integration: 'sis', rank: 3, ...by };
  await expect(setRank(database.app, { ...wanted, reason: ' ' })).rejects.toEqual(refusedAs('invalid_input'));
  await expect(setRank(database.app, { ...wanted, integration: 'east' })).rejects.toEqual(refusedAs('not_found'));
});

test('two who change ranks at once do so one after the other', async () => {
  const done = await Promise.all([set('sis', 5), set('library', 9), set('sis', 6)]);
  const ranks = await rows<{ rank: number }>('SELECT rank FROM integrations t WHERE true', 'name');
  expect(ranks[0]).toEqual({ rank: 9 });
  expect([5, 6]).toContain(ranks[1]!.rank);
  expect(done.filter(({ before, integration }) => integration.name === 'sis' && before === 1)).toHaveLength(1);
});
