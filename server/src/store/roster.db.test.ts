/** What the roster's reads promise: one tenant's records, every one once however small the pages, with what they refer to. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { entityNames, Fault } from '@rollcall/core';
import { Roster } from './roster.js';
import { seedTenant, type SeededTenant } from './testing/seed-tenant.js';
import { testDatabase, type TestDatabase } from './testing/test-database.js';

let database: TestDatabase;
let roster: Roster;
let north: SeededTenant;
let south: SeededTenant;

beforeAll(async () => {
  database = await testDatabase('roster_reads', ['north', 'south']);
  north = await seedTenant(database.app, database.tenantIds[0]!, 'North');
  south = await seedTenant(database.app, database.tenantIds[1]!, 'South');
  roster = new Roster(database.urls.app);
});
afterAll(async () => {
  await roster.close();
  await database.close();
});

describe('a page of the roster', () => {
  test.each(entityNames)('of %s holds rows of its own tenant only', async (entity) => {
    const pages = await Promise.all([north, south].map((t) => roster.page(t.tenantId, entity, {}, { limit: 100 })));
    const [ours, theirs] = pages.map((page) => page.records.map((record) => record.id));
    expect(ours!.length).toBeGreaterThan(0);
    expect(ours!.length).toBe(theirs!.length);
    expect(ours!.filter((id) => theirs!.includes(id))).toEqual([]);
  });

  test('gives every record once when it is read one by one, and then says that there are no more', async () => {
    const seen: string[] = [];
    let after: string | undefined;
    for (let turn = 0; turn < 10; turn += 1) {
      const page = await roster.page(north.tenantId, 'users', {}, { limit: 1, ...(after && { after }) });
      seen.push(...page.records.map((record) => record.id));
      if (page.next === null) break;
      after = page.next;
    }
    expect(seen).toEqual([north.ids.teacher, north.ids.student].toSorted());
  });

  test.each([
    ['by activity', 'enrollments', { active: true }, []],
    ['by inactivity', 'enrollments', { active: false }, ['enrollment']],
    ['by school', 'users', { school: 'school' }, ['teacher', 'student']],
    ['by a school without people', 'users', { school: 'district' }, []],
    ['by an id in another system', 'users', { externalId: 'ext-student' }, ['student']],
    ['by an id that another entity has', 'users', { externalId: 'ext-school' }, []],
  ] as const)('is narrowed %s', async (_, entity, filter, expected) => {
    const school = 'school' in filter ? { school: north.ids[filter.school] } : {};
    const { records } = await roster.page(north.tenantId, entity, { ...filter, ...school }, { limit: 10 });
    expect(records.map((r) => r.id)).toEqual(expected.map((name) => north.ids[name]).toSorted());
  });
});

describe('a record of the roster', () => {
  test('has the fields of core, local ids for what it refers to, its roles and its sources', async () => {
    const student = await roster.find(north.tenantId, 'users', north.ids.student);
    expect(student).toMatchObject({
      givenName: 'Ben',
      familyName: 'North-Reed',
      middleName: null,
      enabledUser: true,
      primaryOrg: north.ids.school,
      agents: [north.ids.teacher],
      roles: [{ roleType: 'primary', role: 'student', org: north.ids.school, beginDate: null, endDate: null }],
      sources: [{ integration: 'North source', externalId: 'ext-student', state: 'active' }],
    });
  });

  test('of people, classes and enrollments says where it comes from, as its links do', async () => {
    const student = await roster.find(north.tenantId, 'users', north.ids.student);
    expect(student).toMatchObject({ externalId: 'ext-student', syncStatus: 'synced', lastSyncAt: null });
    await database.sql(`UPDATE external_system_mappings SET state = 'missing' WHERE local_id = $1`, [
      north.ids.student,
    ]);
    expect((await roster.find(north.tenantId, 'users', north.ids.student)).syncStatus).toBe('missing');
    await database.sql(`UPDATE external_system_mappings SET state = 'active' WHERE local_id = $1`, [north.ids.student]);
    const ours = await roster.find(north.tenantId, 'classes', north.ids.class);
    expect(ours).toMatchObject({ externalId: null, syncStatus: 'local' });
    expect(await roster.find(north.tenantId, 'orgs', north.ids.school)).not.toHaveProperty('syncStatus');
  });

  test('keeps calendar days as they are, whatever the time zone', async () => {
    const session = await roster.find(north.tenantId, 'academicSessions', north.ids.session);
    expect([session['startDate'], session['endDate']]).toEqual(['2026-08-01', '2027-07-31']);
  });

  test('of another tenant is not found, like one that does not exist', async () => {
    const foreign = roster.find(north.tenantId, 'users', south.ids.student);
    await expect(foreign).rejects.toMatchObject({ code: 'not_found' });
    const nobody = roster.find(north.tenantId, 'users', '00000000-0000-4000-8000-000000000000');
    await expect(nobody).rejects.toThrow(Fault);
  });
});

test('a database that is away is unavailable, not an inner error', async () => {
  const nowhere = new Roster('postgres://rollcall_app:x@127.0.0.1:1/none');
  await expect(nowhere.page(north.tenantId, 'orgs', {}, { limit: 1 })).rejects.toMatchObject({ code: 'unavailable' });
  await nowhere.close();
});
