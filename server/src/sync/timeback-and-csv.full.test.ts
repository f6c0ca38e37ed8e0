/**
 * TimeBack and a second system's OneRoster CSV feed one tenant, end to end and by the default match rules: nobody and no enrollment twice,
 * each field from the higher-ranked system that supplies it, and whom one system drops the other one keeps.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { entityNames } from '@rollcall/core';
import { requestUndo } from './request-undo.js';
import { District } from './testing/district.js';
import { packagedTenant, type PackagedTenant } from './testing/packaged-tenant.js';
import { secondSystem, writePackage, type Package } from './testing/second-system.js';

const folder = mkdtempSync(join(tmpdir(), 'rollcall-second-'));
let district: District;
let sis: PackagedTenant;
let read: Package;
beforeAll(async () => {
  district = await District.open('sync_timeback_and_csv', 60, 7);
  await district.sync();
  const { database } = district;
  // Who is missing in two complete reads is gone.
  const grace = Object.fromEntries(entityNames.map((name) => [name, { completeRuns: 2, hours: 0 }])) as never;
  sis = await packagedTenant(database, database.tenantId, { path: folder }, 'sis', { grace });
  await database.sql(`UPDATE integrations SET rank = 2 WHERE name = 'sis'`);
  read = await secondSystem(database);
});
afterAll(async () => {
  await district.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Person {
  readonly active: boolean;
  readonly email: string;
  readonly sms: string | null;
  readonly external_id: string;
  readonly roles: string;
  readonly enrollments: number;
}

const says = () => {
  writePackage(folder, read);
  return sis.sync();
};
const active = async () =>
  Object.fromEntries(
    await Promise.all(
      ['orgs', 'classes', 'users', 'enrollments'].map(async (table) => {
        const [row] = await district.sql<{ n: string }>(`SELECT count(*) AS n FROM ${table} WHERE active`);
        return [table, Number(row!.n)];
      }),
    ),
  ) as Record<'orgs' | 'classes' | 'users' | 'enrollments', number>;
const person = async (id: string): Promise<Person> => {
  const [row] = await district.sql<Person & Record<string, unknown>>(
    `SELECT u.active, u.email, u.sms, u.external_id,
       (SELECT string_agg(DISTINCT i.name, ',') FROM user_roles r JOIN integrations i ON i.id = r.integration_id WHERE r.user_id = u.id) AS roles,
       (SELECT count(*)::int FROM enrollments e WHERE e.user_id = u.id AND e.active) AS enrollments
     FROM users u WHERE u.id = $1`,
    [id],
  );
  return row!;
};
const everything = async () =>
  district.sql(`SELECT to_jsonb(u) - '{updated_at,last_sync_at}'::text[] AS row FROM users u WHERE active
    UNION ALL SELECT to_jsonb(e) - '{updated_at,last_sync_at}'::text[] FROM enrollments e WHERE active
    UNION ALL SELECT to_jsonb(r) FROM user_roles r JOIN users u ON u.id = r.user_id AND u.active ORDER BY 1`);

it('a package that was taken in by mistake is undone, and leaves no trace on what was there', async () => {
  const { tenantId, worker } = district.database;
  const before = await everything();
  writePackage(folder, read);
  const mistaken = await packagedTenant(district.database, tenantId, { path: folder }, 'mistaken');
  const { run, entities } = await mistaken.sync();
  expect([run.state, entities.users.linked]).toEqual(['completed', read.users!.length]);
  const undo = { tenantId, runId: run.id, rows: null, reason: 'tried', actor: 'test' };
  expect((await mistaken.work((await requestUndo(worker, undo)).runId)).run.state).toBe('completed');
  expect(await everything()).toEqual(before);
});

it('a second system’s first package joins every record that the first system has, and makes only who is new', async () => {
  const before = await active();
  const [klass] = read.classes!;
  const nils = {
    ...read.users!.find((row) => row.sms !== null)!,
    sourcedId: 'sis-nils',
    username: 'nils',
    email: 'nils@sis.example',
  };
  read.users!.push({ ...nils, givenName: 'Nils', familyName: 'Utterström', identifier: 'N-1' });
  read.roles!.push({ ...read.roles![0]!, sourcedId: 'sis-r-nils', userSourcedId: 'sis-nils', role: 'student' });
  const his = { sourcedId: 'sis-e-nils', userSourcedId: 'sis-nils', role: 'student', primary: 'false' };
  read.enrollments!.push({ ...his, classSourcedId: klass!.sourcedId!, schoolSourcedId: klass!.schoolSourcedId! });
  const report = await says();
  expect([report.run.state, report.run.reason]).toEqual(['completed', null]);
  for (const [file, news] of Object.entries({ orgs: 0, courses: 0, users: 1, classes: 0, enrollments: 1 })) {
    const { created, linked } = report.entities[file as 'users'];
    expect([file, created, linked]).toEqual([file, news, read[file]!.length - news]);
  }
  // Terms of the same name and days that several schools have could be each other's: those are not joined.
  const { created, linked } = report.entities.academicSessions;
  expect([linked > 0, created + linked]).toEqual([true, read.academicSessions!.length]);
  const { users, enrollments, ...same } = before;
  expect(await active()).toEqual({ users: users! + 1, enrollments: enrollments! + 1, ...same });
  const again = await says();
  expect(again.entities.users).toMatchObject({ planned: 0, unchanged: read.users!.length });
});

it('a field is the higher-ranked system’s where it supplies it, and the other one’s where it does not', async () => {
  const [{ theirs, ours, filled }] = (await district.sql(
    `SELECT count(*) FILTER (WHERE u.email LIKE '%@sis.example') AS theirs, count(*) FILTER (WHERE u.email NOT LIKE '%@sis.example') AS ours,
       count(*) FILTER (WHERE u.sms IS NOT NULL) AS filled FROM users u WHERE u.active`,
  )) as unknown as [{ theirs: string; ours: string; filled: string }];
  const people = (await active()).users;
  expect([Number(theirs), Number(ours), Number(filled)]).toEqual([1, people - 1, people]);
  const [{ differing }] = (await district.sql(
    `SELECT count(*) AS differing FROM external_system_mappings WHERE entity = 'users' AND state = 'active' AND base_diff->>'email' LIKE '%@sis.example'`,
  )) as unknown as [{ differing: string }];
  expect(Number(differing)).toBe(people - 1);
});

it('whom TimeBack drops the second system keeps, with its own word; back in TimeBack, they have TimeBack’s again', async () => {
  const { sourcedIds } = await district.control<{ sourcedIds: string[] }>('tobedeleted', { entity: 'users', count: 1 });
  const [{ id, local }] = (await district.sql(
    `SELECT external_id AS id, local_id AS local FROM external_system_mappings WHERE entity = 'users' AND external_id = ANY ($1)`,
    [sourcedIds],
  )) as unknown as [{ id: string; local: string }];
  const before = await person(local);
  expect([before.external_id, before.roles]).toEqual([id, 'district,sis']);
  expect((await district.sync()).entities.users).toMatchObject({ deactivated: 1 });
  const kept = await person(local);
  expect(kept).toEqual({
    ...{ active: true, sms: before.sms, roles: 'sis', enrollments: before.enrollments },
    ...{ email: expect.stringMatching(/@sis\.example$/), external_id: `sis-${local}` },
  });
  await district.control('reset', {});
  expect((await district.sync()).entities.users).toMatchObject({ reactivated: 1 });
  expect(await person(local)).toEqual(before);
});

it('whom the second system drops TimeBack keeps; whom both drop is gone', async () => {
  const [local] = (
    await district.sql<{ id: string }>(
      `SELECT id FROM users WHERE active AND external_id NOT LIKE 'sis-%' ORDER BY id LIMIT 1`,
    )
  ).map((row) => row.id);
  const before = await person(local!);
  const gone = [`sis-${local}`, 'sis-nils'];
  for (const [file, rows] of Object.entries(read))
    read[file] = rows.filter((row) => !gone.includes(row.sourcedId!) && !gone.includes(row.userSourcedId ?? ''));
  await says();
  expect((await says()).entities.users).toMatchObject({ deactivated: 2 });
  expect(await person(local!)).toEqual({ ...before, roles: 'district' });
  const [nils] = await district.sql(`SELECT active, sync_status FROM users WHERE username = 'nils'`);
  expect(nils).toEqual({ active: false, sync_status: 'deactivated' });
});
