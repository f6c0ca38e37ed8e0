/** Links of records that several systems have: what a person does with one is heard by the others, and can be taken back exactly. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Database } from '../store/database.js';
import { createRun } from '../store/runs.js';
import type { LinkScope } from '../store/mappings/link.js';
import { sharedPeople, type SharedPeople } from '../store/testing/shared-people.js';
import { testDatabase, type TestDatabase } from '../store/testing/test-database.js';
import { ensureTenant } from '../store/tenants.js';
import { LinkReader } from './cache/link-reader.js';
import { ExternalIdMappingService } from './external-id-mapping-service.js';
import { by, localStore, noMetrics } from './testing/mapping-under-test.js';

let database: TestDatabase;
let hub: SharedPeople;
let db: Database;
let service: ExternalIdMappingService;
const users = (integrationId: string): LinkScope => ({ tenantId: hub.tenantId, integrationId, entity: 'users' });

beforeAll(async () => {
  database = await testDatabase('shared_records');
  db = new Database(database.urls.app, { connections: 4 });
  service = new ExternalIdMappingService(db, new LinkReader({ db, store: localStore(), metrics: noMetrics }));
});
afterAll(async () => {
  await db.close();
  await database.close();
});
beforeEach(async () => {
  const { id } = await ensureTenant(database.app, randomUUID());
  hub = await sharedPeople(database, { shared: 2, alone: 2 }, id);
});

const link = async (externalId: string) =>
  (
    await database.sql<Record<string, unknown>>(
      `SELECT local_id, state, base_diff, base_checksum IS NULL AND raw_digest IS NULL AS compared
       FROM external_system_mappings WHERE tenant_id = $1 AND external_id = $2`,
      [hub.tenantId, externalId],
    )
  )[0]!;
const rolesOf = async (person: string) =>
  (
    await database.sql<{ name: string }>(
      'SELECT i.name FROM user_roles r JOIN integrations i ON i.id = r.integration_id WHERE r.user_id = $1 ORDER BY 1',
      [person],
    )
  ).map(({ name }) => name);
const knownBy = async (person: string) =>
  (await database.sql<{ id: string }>('SELECT external_id AS id FROM users WHERE id = $1', [person]))[0]!.id;
const change = (set: string, which = 'true') =>
  database.sql(`UPDATE external_system_mappings SET ${set} WHERE tenant_id = $1 AND ${which}`, [hub.tenantId]);
const saidByLibrary = { email: 'quill1@library.invalid' };

describe('unlinking a record that another system has', () => {
  test('has the other compared anew, takes the roles of the one that goes, and forgets what it said', async () => {
    const [person] = hub.people as [string];
    await service.unlink(users(hub.library), 'l-1', by);
    expect(await link('l-1')).toMatchObject({ state: 'unlinked', base_diff: null });
    expect([(await link('s-1'))['compared'], (await link('s-2'))['compared']]).toEqual([true, false]);
    expect(await rolesOf(person)).toEqual(['sis']);
    const log = await database.sql(`SELECT origin FROM change_log WHERE operation = 'UPDATE' AND local_id = $1`, [
      person,
    ]);
    expect(log).toEqual([{ origin: `person:${by.actor}` }]);
  });

  test('lets the record go by the id of the one that stays, whose differences stay known', async () => {
    const [person] = hub.people as [string];
    await service.unlink(users(hub.sis), 's-1', by);
    expect(await link('l-1')).toMatchObject({ state: 'active', base_diff: saidByLibrary, compared: true });
    expect([await knownBy(person), await rolesOf(person)]).toEqual(['l-1', ['library']]);
  });

  test('leaves roles and id alone where no other system lists the person', async () => {
    await change(`state = 'missing'`, `external_id = 's-2'`);
    await service.unlink(users(hub.library), 'l-2', by);
    await service.unlink(users(hub.sis), 's-3', by);
    const [, missing, alone] = hub.people as [string, string, string];
    expect([await rolesOf(missing), await rolesOf(alone)]).toEqual([['library', 'sis'], ['sis']]);
    expect([await knownBy(missing), await knownBy(alone)]).toEqual(['s-2', 's-3']);
    expect((await link('s-2'))['compared']).toBe(true);
  });

  test('is refused while a run of the other system is under way, and nothing has changed', async () => {
    const run = { tenantId: hub.tenantId, integrationId: hub.sis, mode: 'full', trigger: 'manual' } as const;
    await database.app.withTenant(hub.tenantId, (tx) => createRun(tx, run));
    const busy = expect.objectContaining({ code: 'busy' });
    await expect(service.unlink(users(hub.library), 'l-1', by)).rejects.toEqual(busy);
    await expect(service.relink(users(hub.library), 'l-1', hub.people[2]!, by)).rejects.toEqual(busy);
    expect(await link('l-1')).toMatchObject({ state: 'active', base_diff: saidByLibrary, compared: false });
  });
});

test('a link that is moved says nothing yet, and the systems of both records are compared anew', async () => {
  const [from, , to] = hub.people as [string, string, string];
  await service.relink(users(hub.library), 'l-1', to, by);
  expect(await link('l-1')).toMatchObject({ local_id: to, base_diff: null, compared: true });
  const compared: unknown[] = [];
  for (const id of ['s-1', 's-2', 's-3', 's-4']) compared.push((await link(id))['compared']);
  expect(compared).toEqual([true, false, true, false]);
  expect([await rolesOf(from), await rolesOf(to)]).toEqual([['sis'], ['sis']]);
});

test('a link that is joined again with its record has all its systems compared anew', async () => {
  const [person] = hub.people as [string];
  await service.unlink(users(hub.sis), 's-1', by);
  await change('base_checksum = gen_random_uuid()');
  await service.relink(users(hub.sis), 's-1', person, by);
  expect([(await link('s-1'))['compared'], (await link('l-1'))['compared'], await knownBy(person)]).toEqual([
    ...[true, true, 's-1'],
  ]);
});

describe('merging two records', () => {
  const rows = (select: string) => database.sql(`${select} WHERE tenant_id = $1 ORDER BY 1, 2`, [hub.tenantId]);
  const all = async () =>
    JSON.stringify([
      await rows('SELECT id, active, email, external_id FROM users'),
      await rows('SELECT user_id, integration_id, role FROM user_roles'),
      await rows('SELECT external_id, local_id, state, base_diff FROM external_system_mappings'),
    ]);

  test('has the systems of the winner compared anew; taken back, all is as before, what was said included', async () => {
    const [, loser, winner] = hub.people as [string, string, string];
    const before = await all();
    const wish = { tenantId: hub.tenantId, entity: 'users', winnerId: winner, loserId: loser } as const;
    const { mergeId } = await service.merge(wish, by);
    expect(await link('l-2')).toMatchObject({ local_id: winner, state: 'active', base_diff: null, compared: true });
    expect(await link('s-2')).toMatchObject({ local_id: winner, state: 'merged' });
    expect((await link('s-3'))['compared']).toBe(true);
    expect((await link('s-4'))['compared']).toBe(false);
    // As the next full read would leave it.
    await database.sql(
      `INSERT INTO user_roles (tenant_id, user_id, integration_id, position, role_type, role, org_id)
       SELECT tenant_id, $1, integration_id, position, role_type, role, org_id FROM user_roles WHERE user_id = $2 AND integration_id = $3`,
      [winner, loser, hub.library],
    );
    await change('base_checksum = gen_random_uuid()');
    await service.unmerge({ tenantId: hub.tenantId, mergeId }, by);
    expect(await all()).toBe(before);
    expect(await link('l-2')).toMatchObject({ base_diff: { email: 'quill2@library.invalid' }, compared: true });
    expect((await link('s-3'))['compared']).toBe(true);
  });

  test('what other records’ sources say of the loser is said of the winner, and nothing of it is kept once that is taken back', async () => {
    const [, loser, winner] = hub.people as [string, string, string];
    await database.sql(
      `UPDATE external_system_mappings SET base_diff = jsonb_build_object('agents', jsonb_build_array($1::text)) WHERE external_id = 'l-1'`,
      [loser],
    );
    const { mergeId } = await service.merge(
      { tenantId: hub.tenantId, entity: 'users', winnerId: winner, loserId: loser },
      by,
    );
    expect(await link('l-1')).toMatchObject({ base_diff: { agents: [winner] }, compared: true });
    await change('base_checksum = gen_random_uuid()');
    await service.unmerge({ tenantId: hub.tenantId, mergeId }, by);
    expect((await link('l-1'))['compared']).toBe(true);
    expect(JSON.stringify(await rows('SELECT id, links FROM record_merges'))).not.toContain('invalid');
  });

  test('tells nobody anew where the loser’s links only translate from then on', async () => {
    const [, , winner, loser] = hub.people as [string, string, string, string];
    const wish = { tenantId: hub.tenantId, entity: 'users', winnerId: winner, loserId: loser } as const;
    expect(await service.merge(wish, by)).toMatchObject({ links: 1, onlyTranslating: 1 });
    expect((await link('s-3'))['compared']).toBe(false);
  });

  test('keeps what the loser’s sources said out of the audit trail', async () => {
    const [, loserId, winnerId] = hub.people as [string, string, string];
    const { mergeId } = await service.merge({ tenantId: hub.tenantId, entity: 'users', winnerId, loserId }, by);
    await service.unmerge({ tenantId: hub.tenantId, mergeId }, by);
    expect(JSON.stringify(await rows('SELECT action, details::text FROM integration_audit_logs'))).not.toContain(
      'invalid',
    );
  });
});
