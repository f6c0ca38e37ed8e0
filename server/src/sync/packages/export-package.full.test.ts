/** An export is what the standard wants and all that the hub holds: read into an empty tenant and exported again, it is the same to the byte. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage } from '@rollcall/connectors';
import { ensureTenant } from '../../store/tenants.js';
import { exportPackage, type ExportSummary } from './export-package.js';
import { District } from '../testing/district.js';
import { packagedTenant } from '../testing/packaged-tenant.js';

let district: District;
let tenantId: string;
const folder = mkdtempSync(join(tmpdir(), 'rollcall-export-'));
beforeAll(async () => {
  district = await District.open('sync_export', 30, 5);
  tenantId = district.database.tenantId;
  await district.sync();
});
afterAll(async () => {
  await district.close();
  rmSync(folder, { recursive: true, force: true });
});

const pathOf = (name: string): string => join(folder, `${name}.zip`);
const exported = (
  name: string,
  wanted: { tenantId?: string; school?: string; since?: string } = {},
): Promise<ExportSummary> =>
  exportPackage(district.database.app, { tenantId, actor: 'test', ...wanted }, () => createWriteStream(pathOf(name)));
const digest = (name: string): string =>
  createHash('sha256')
    .update(readFileSync(pathOf(name)))
    .digest('hex');

describe('the whole roster', () => {
  it('is a package that a strict reader accepts, with every active record in it', async () => {
    const { mode, rows, leftOut } = await exported('whole');
    expect([mode, leftOut]).toEqual([
      'bulk',
      { orgs: 0, academicSessions: 0, courses: 0, users: 0, classes: 0, enrollments: 0 },
    ]);
    const report = await checkPackage({ path: pathOf('whole'), strict: true });
    expect([report.refusal, report.counts]).toEqual([null, { catastrophic: 0, error: 0, warning: 0 }]);
    for (const [table, file] of Object.entries({ users: 'users', classes: 'classes', enrollments: 'enrollments' })) {
      const [{ n }] = (await district.sql<{ n: string }>(`SELECT count(*) AS n FROM ${table} WHERE active`)) as [
        { n: string },
      ];
      expect([file, rows[file as 'users'], report.collections[file]!.records]).toEqual([file, Number(n), Number(n)]);
    }
  });

  it('read into an empty tenant and exported from there is the same to the byte', async () => {
    await exported('first');
    const { id: second } = await ensureTenant(district.database.app, 'second');
    const { run } = await (await packagedTenant(district.database, second, { path: pathOf('first') })).sync();
    expect(run.state).toBe('completed');
    await exported('again', { tenantId: second });
    expect(digest('again')).toBe(digest('first'));
  });

  it('holds nothing that a strict reader refuses, whatever other sources wrote, and stays the same all the same', async () => {
    await district.sql(`UPDATE users SET username = NULL, family_name = E'Quill,\\r\\n"Reed"', given_name = '=SUM(A1)',
      user_ids = ARRAY['SIS:1', 'LDAP:a', 'plain', 'odd:{x}', 'two:a,b'], grades = '{-1,0,1,10,Other}' WHERE id IN (SELECT id FROM users ORDER BY id LIMIT 5)`);
    await district.sql(`UPDATE classes SET subjects = '{"b,c",b-d,"a; e"}', subject_codes = '{x}'`);
    await district.sql(`UPDATE academic_sessions SET school_year = '2026-2027'`);
    await district.sql(
      `UPDATE enrollments SET role = 'aide' WHERE id IN (SELECT id FROM enrollments ORDER BY id LIMIT 3)`,
    );
    await district.sql(`UPDATE external_system_mappings SET external_id = 'näme ' || external_id WHERE entity = 'users'
      AND local_id IN (SELECT id FROM users ORDER BY id LIMIT 2)`);
    await exported('odd');
    const { refusal, broken } = await checkPackage({ path: pathOf('odd'), strict: true });
    expect([refusal, broken.map(({ code }) => code)]).toEqual([null, ['cell.formula']]);
    const { id: third } = await ensureTenant(district.database.app, 'third');
    await (await packagedTenant(district.database, third, { path: pathOf('odd') })).sync();
    await exported('odd-again', { tenantId: third });
    expect(digest('odd-again')).toBe(digest('odd'));
  });

  it('gives no id twice where several integrations know the roster: the higher-ranked one’s counts', async () => {
    const { id } = await ensureTenant(district.database.app, 'two sources');
    const path = pathOf('first');
    await (await packagedTenant(district.database, id, { path })).sync();
    await packagedTenant(district.database, id, { path }, 'second');
    await district.sql(`UPDATE integrations SET rank = 2 WHERE tenant_id = $1 AND name = 'second'`, [id]);
    const users = await district.sql<{ local_id: string; external_id: string }>(
      `SELECT local_id, external_id FROM external_system_mappings WHERE tenant_id = $1 AND entity = 'users' ORDER BY local_id LIMIT 2`,
      [id],
    );
    const [named, other] = users as [(typeof users)[number], (typeof users)[number]];
    await district.sql(
      `UPDATE external_system_mappings SET external_id = $3, integration_id = (SELECT id FROM integrations WHERE tenant_id = $1 AND name = 'second')
       WHERE tenant_id = $1 AND local_id = $2`,
      [id, other.local_id, named.external_id],
    );
    await exported('two', { tenantId: id });
    expect((await checkPackage({ path: pathOf('two'), strict: true })).refusal).toBe(null);
    const { id: reader } = await ensureTenant(district.database.app, 'reader of two');
    await (await packagedTenant(district.database, reader, { path: pathOf('two') })).sync();
    const known = await district.sql(
      `SELECT external_id FROM external_system_mappings WHERE tenant_id = $1 AND entity = 'users' AND external_id = ANY ($2) ORDER BY 1`,
      [reader, [named.external_id, other.external_id, other.local_id]],
    );
    expect(known).toEqual([named.external_id, other.local_id].toSorted().map((external_id) => ({ external_id })));
  });

  it('leaves out what lacks a value that the standard demands, with what depends on it, and says how many', async () => {
    const { id } = await ensureTenant(district.database.app, 'poor');
    await (await packagedTenant(district.database, id, { path: pathOf('first') })).sync();
    const [{ id: poor }] = (await district.sql<{ id: string }>(
      `SELECT id FROM courses WHERE tenant_id = $1 AND id IN (SELECT course_id FROM classes) LIMIT 1`,
      [id],
    )) as [{ id: string }];
    await district.sql(`UPDATE courses SET org_id = NULL WHERE id = $1`, [poor]);
    const count = async (from: string) =>
      Number((await district.sql<{ n: string }>(`SELECT count(*) AS n FROM ${from}`, [poor]))[0]!.n);
    const { leftOut } = await exported('poor', { tenantId: id });
    expect(leftOut).toEqual({
      ...{ orgs: 0, academicSessions: 0, courses: 1, users: 0 },
      classes: await count('classes WHERE course_id = $1'),
      enrollments: await count('enrollments WHERE class_id IN (SELECT id FROM classes WHERE course_id = $1)'),
    });
    expect((await checkPackage({ path: pathOf('poor'), strict: true })).refusal).toBe(null);
  });
});

describe('a delta', () => {
  it('names what was changed since the mark of an earlier export and nothing else, and brings a reader of both up to date', async () => {
    const { next } = await exported('base');
    const { id } = await ensureTenant(district.database.app, 'follower');
    const follower = await packagedTenant(district.database, id, { path: pathOf('now') });
    await exported('now');
    await follower.sync();
    const [gone] = await district.sql(`UPDATE enrollments SET active = false WHERE id = (SELECT id FROM enrollments
      WHERE tenant_id = '${tenantId}' AND active ORDER BY id DESC LIMIT 1) RETURNING external_id`);
    await district.sql(
      `UPDATE users SET pronouns = 'they' WHERE id IN (SELECT id FROM users WHERE tenant_id = '${tenantId}' AND active ORDER BY id LIMIT 4)`,
    );
    const { mode, rows } = await exported('now', { since: next });
    expect([mode, rows.users, rows.enrollments, rows.classes, rows.orgs]).toEqual(['delta', 4, 1, 0, 0]);
    expect((await checkPackage({ path: pathOf('now'), strict: true })).refusal).toBe(null);
    const { entities } = await follower.sync();
    expect([entities.users.updated, entities.enrollments.deactivated, gone]).toEqual([4, 1, expect.anything()]);
    await exported('source');
    await exported('copy', { tenantId: id });
    expect(digest('copy')).toBe(digest('source'));
  });

  it('since a run holds what that run did', async () => {
    const { run, entities } = await (async () => {
      const { id } = await ensureTenant(district.database.app, 'runs');
      const tenant = await packagedTenant(district.database, id, { path: pathOf('base') });
      return { ...(await tenant.sync()), id };
    })();
    const { id } = await ensureTenant(district.database.app, 'runs');
    const { rows } = await exported('run', { tenantId: id, since: run.id });
    expect(rows.users).toBe(entities.users.created);
  });

  it.each(['yesterday', '2026-13-45', "x1'; DROP TABLE users", '00000000-0000-4000-8000-000000000000'])(
    'since %s is refused before anything is written',
    async (since) => {
      await expect(exported('never', { since })).rejects.toMatchObject({
        code: expect.stringMatching(/invalid_input|not_found/),
      });
      expect(() => readFileSync(pathOf('never'))).toThrow('ENOENT');
    },
  );
});

describe('one school', () => {
  it('is whole in itself: its classes, all who have to do with them, and the district above it', async () => {
    const [school] = (await district.sql<{ id: string; external_id: string }>(
      `SELECT o.id, m.external_id FROM orgs o JOIN external_system_mappings m ON m.local_id = o.id WHERE o.tenant_id = $1 AND o.type = 'school'
       ORDER BY o.id LIMIT 1`,
      [tenantId],
    )) as [{ id: string; external_id: string }];
    const { rows } = await exported('school', { school: school.external_id });
    const { refusal } = await checkPackage({ path: pathOf('school'), strict: true });
    expect(refusal).toBe(null);
    const [here] = await district.sql(
      `SELECT count(*)::int AS classes, (SELECT count(*)::int FROM enrollments e JOIN classes k ON k.id = e.class_id
         WHERE k.school_id = $1 AND e.active AND k.active) AS enrollments FROM classes WHERE school_id = $1 AND active`,
      [school.id],
    );
    expect({ classes: rows.classes, enrollments: rows.enrollments }).toEqual(here);
    const all = await exported('all');
    expect(rows.users).toBeLessThan(all.rows.users);
    expect(await exported('school-again', { school: school.id }).then(() => digest('school-again'))).toBe(
      digest('school'),
    );
  });
});

it('a reader that goes away ends the export, and the next one works', async () => {
  const failing = exportPackage(district.database.app, { tenantId, actor: 'test' }, () => {
    const out = createWriteStream(pathOf('broken'));
    queueMicrotask(() => out.destroy(new Error('gone')));
    return out;
  });
  await expect(failing).rejects.toThrow('gone');
  const [last] = await district.sql(
    `SELECT action, actor, details FROM integration_audit_logs ORDER BY id DESC LIMIT 1`,
  );
  expect(last).toEqual({
    ...{ action: 'roster.export-broken', actor: 'test' },
    details: { mode: 'bulk', school: null, since: null },
  });
  expect((await exported('after')).rows.users).toBeGreaterThan(0);
});
