/** Syncs and people's mappings: what a person unlinked, moved or merged stays so, the runs add up, and every cache sees what a sync did. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { LocalLookupStore } from '../cluster/lookup-store.js';
import { LinkReader } from '../mapping/cache/link-reader.js';
import { ExternalIdMappingService } from '../mapping/external-id-mapping-service.js';
import { Database } from '../store/database.js';
import type { LinkScope } from '../store/mappings/link.js';
import { requestUndo } from './request-undo.js';
import { District } from './testing/district.js';

let district: District;
let db: Database;
let service: ExternalIdMappingService;
let users: LinkScope;
const by = { actor: 'Ada Quill', reason: 'a test' };

beforeAll(async () => {
  district = await District.open('sync_mappings', 30);
  db = new Database(district.database.urls.app, { connections: 3 });
  const metrics = { count: () => undefined, time: () => undefined };
  const store = new LocalLookupStore({ limit: 10_000, forMs: 1_800_000, now: () => performance.now() });
  service = new ExternalIdMappingService(db, new LinkReader({ db, store, metrics }));
  users = { tenantId: district.database.tenantId, integrationId: district.integration.id, entity: 'users' };
});
afterAll(async () => {
  await db.close();
  await district.close();
});

interface Row extends Record<string, unknown> {
  readonly id: string;
  readonly external: string;
}
const students = () =>
  district.sql<Row>(`SELECT DISTINCT u.id, l.external_id AS external FROM users u JOIN external_system_mappings l ON l.local_id = u.id
    JOIN enrollments e ON e.user_id = u.id AND e.role = 'student' WHERE l.state = 'active' ORDER BY u.id`);
/** As if every record of the source had to be compared in full. */
const forgetBases = () => district.sql('UPDATE external_system_mappings SET base_checksum = NULL, raw_digest = NULL');
const counts = async (entity: string) => {
  const report = await district.sync();
  expect(report.run.state).toBe('completed');
  return report.entities[entity as 'users'];
};

test('what a sync creates is seen by a cache that had found nothing', async () => {
  await district.sync();
  const known = (await students()).map((student) => student.external);
  await district.wipe();
  expect(known.length).toBeGreaterThan(10);
  expect((await service.findMany(users, known)).size).toBe(0);
  await district.sync();
  await new Promise((done) => setTimeout(done, 100));
  expect((await service.findMany(users, known)).size).toBe(known.length);
});

test('a record that a person unlinked waits: no sync links it, creates it anew or touches what it was', async () => {
  const [student] = await students();
  await service.unlink(users, student!.external, by);
  const untouched = await district.sql('SELECT * FROM users WHERE id = $1', [student!.id]);
  const all = await district.sql('SELECT count(*) FROM users');
  await forgetBases();
  for (const _ of [1, 2]) expect(await counts('users')).toMatchObject({ declined: 1, created: 0, rejected: 0 });
  expect(await district.sql('SELECT * FROM users WHERE id = $1', [student!.id])).toEqual(untouched);
  expect(await district.sql('SELECT count(*) FROM users')).toEqual(all);
  expect(await service.toLocal(users, student!.external)).toBeNull();
  await service.relink(users, student!.external, student!.id, by);
  expect(await counts('users')).toMatchObject({ declined: 0, created: 0 });
  expect(await service.toLocal(users, student!.external)).toBe(student!.id);
});

test('a record that a person linked to another of ours is written there from the next sync on', async () => {
  const [student] = await students();
  const [copy] = await district.sql<{ id: string }>(
    `INSERT INTO users (tenant_id, id, given_name, family_name) VALUES ($1, gen_random_uuid(), 'Cy', 'Invented') RETURNING id`,
    [users.tenantId],
  );
  await service.relink(users, student!.external, copy!.id, by);
  expect(await counts('users')).toMatchObject({ updated: 1, created: 0 });
  expect(await district.sql(`SELECT given_name <> 'Cy' AS written FROM users WHERE id = $1`, [copy!.id])).toEqual([
    { written: true },
  ]);
  await service.relink(users, student!.external, student!.id, by);
  await counts('users');
});

test('undoing a run leaves a record alone that a person has linked since', async () => {
  const [student] = await students();
  const [copy] = await district.sql<{ id: string }>(
    `INSERT INTO users (tenant_id, id, given_name, family_name) VALUES ($1, gen_random_uuid(), 'Cy', 'Invented') RETURNING id`,
    [users.tenantId],
  );
  const [created] = await district.sql<{ run_id: string }>(
    `SELECT run_id FROM sync_changes WHERE external_id = $1 AND operation = 'create' ORDER BY run_id DESC LIMIT 1`,
    [student!.external],
  );
  await service.relink(users, student!.external, copy!.id, by);
  const wanted = { tenantId: users.tenantId, runId: created!.run_id, rows: [student!.id], ...by };
  const { runId } = await requestUndo(district.database.worker, wanted);
  await district.work(runId);
  expect(await district.sql('SELECT state FROM sync_changes WHERE run_id = $1', [runId])).toEqual([{ state: 'stale' }]);
  expect(await district.sql('SELECT active FROM users WHERE id = $1', [copy!.id])).toEqual([{ active: true }]);
  expect(await service.find(users, student!.external)).toMatchObject({ localId: copy!.id, state: 'active' });
  await service.relink(users, student!.external, student!.id, by);
  await counts('users');
});

test('of two merged records one is written, the other only translates, and their parting brings both back', async () => {
  const [winner, loser] = await students();
  const pair = { tenantId: users.tenantId, entity: 'users', winnerId: winner!.id, loserId: loser!.id } as const;
  const { mergeId } = await service.merge(pair, by);
  await forgetBases();
  for (const _ of [1, 2]) {
    expect(await counts('users')).toMatchObject({ declined: 1, created: 0, reactivated: 0 });
    expect(await service.toLocal(users, loser!.external)).toBe(winner!.id);
  }
  expect(await district.sql('SELECT active FROM users WHERE id = $1', [loser!.id])).toEqual([{ active: false }]);
  expect(await district.sql(`SELECT count(*)::integer AS n FROM enrollments WHERE user_id = $1`, [loser!.id])).toEqual([
    { n: 0 },
  ]);
  await service.unmerge({ tenantId: users.tenantId, mergeId }, by);
  await counts('users');
  expect(await service.toLocal(users, loser!.external)).toBe(loser!.id);
  const back = await district.sql(
    `SELECT active, (SELECT count(*) > 0 FROM enrollments e WHERE e.user_id = u.id) AS enrolled
    FROM users u WHERE id = $1`,
    [loser!.id],
  );
  expect(back).toEqual([{ active: true, enrolled: true }]);
});

test('what a sync ends is seen as deactivated by a cache that knew it as active', async () => {
  const [student] = await students();
  expect(await service.find(users, student!.external)).toMatchObject({ state: 'active' });
  await district.sql(`UPDATE external_system_mappings SET state = 'deactivated' WHERE external_id = $1`, [
    student!.external,
  ]);
  await new Promise((done) => setTimeout(done, 100));
  expect(await service.find(users, student!.external)).toMatchObject({ state: 'deactivated' });
});
