/** New ids en masse are recognised as the same people, wait as pairs, and on approval move the links: nobody is made or lost. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findHold, heldRows } from '../../store/holds.js';
import { approveHold, declineHold } from '../decide-hold.js';
import { requestUndo } from '../request-undo.js';
import { District } from '../testing/district.js';

let district: District;
let opened = 0;
beforeEach(async () => {
  opened += 1;
  district = await District.open(`sync_rekey_${opened}`, 120, 10 + opened);
  await district.sync();
});
afterEach(() => district.close());

const tenantId = () => district.database.tenantId;
const db = () => district.database.worker;
const holdOf = (id: string) => db().withTenant(tenantId(), (tx) => findHold(tx, tenantId(), id));
const rowsOf = (id: string) =>
  db().withTenant(tenantId(), async (tx) =>
    heldRows(tx, { ...(await findHold(tx, tenantId(), id)), tenantId: tenantId() }, { limit: 1000, offset: 0 }),
  );
const decision = async (id: string) => ({
  ...{ tenantId: tenantId(), holdId: id, rows: null, reason: 'a new student system', actor: 'test' },
  digest: (await holdOf(id)).digest,
});
const approve = async (id: string) => district.work((await approveHold(db(), await decision(id))).runId);
const rekey = (count: number, entity = 'users') =>
  district.control<{ pairs: { from: string; to: string }[] }>('rekey', { count, entity });

/** Everything that is known of people, classes and enrollments, but for the ids of the source and for times. */
const hub = () =>
  district.sql(`SELECT (SELECT md5(string_agg((to_jsonb(u) - '{external_id,last_sync_at,updated_at}'::text[])::text, '' ORDER BY id)) FROM users u) AS users,
    (SELECT md5(string_agg((to_jsonb(e) - '{external_id,last_sync_at,updated_at}'::text[])::text, '' ORDER BY id)) FROM enrollments e) AS enrollments,
    (SELECT md5(string_agg(to_jsonb(r)::text, '' ORDER BY user_id, position)) FROM user_roles r) AS roles`);
const links = () => district.sql('SELECT * FROM external_system_mappings ORDER BY entity, external_id');
const counts = (of: { created: number; deactivated: number; linked: number; updated: number }) => ({
  ...{ created: of.created, updated: of.updated, deactivated: of.deactivated, linked: of.linked },
});

describe('a source that gives its people new ids', () => {
  it('is asked about once, with pairs, and changes nothing until a person approves; then nobody is made or lost', async () => {
    const before = await hub();
    const { pairs } = await rekey(60);
    const first = await district.sync();
    expect(first.entities.users).toMatchObject({ created: 0, updated: 0, deactivated: 0, linked: 0, held: 60 });
    expect(first.holds.map(({ entity, operation, rows }) => [entity, operation, rows])).toEqual([
      ['users', 'rekey', 60],
    ]);
    expect(await hub()).toEqual(before);
    const second = await district.sync();
    expect(second.holds.map(({ id }) => id)).toEqual(first.holds.map(({ id }) => id));
    const rows = await rowsOf(first.holds[0]!.id);
    expect(rows.map(({ formerly, externalId }) => ({ from: formerly, to: externalId })).toSorted(byFrom)).toEqual(
      pairs.toSorted(byFrom),
    );
    expect(rows[0]).toMatchObject({
      operation: 'link',
      agreement: { score: 90 },
      name: expect.stringMatching(/\w+ \w+/),
    });
    const done = await approve(first.holds[0]!.id);
    expect(counts(done.entities.users)).toEqual({ created: 0, updated: 0, deactivated: 0, linked: 60 });
    const after = await district.sync();
    for (const entity of ['users', 'enrollments'] as const)
      expect(counts(after.entities[entity])).toEqual({ created: 0, updated: 0, deactivated: 0, linked: 0 });
    expect([after.run.state, after.holds, after.entities.users.missing]).toEqual(['completed', [], 0]);
    expect(await hub()).toEqual(before);
    expect((await district.sync()).entities.enrollments).toMatchObject({
      blocked: 0,
      unchanged: after.entities.enrollments.staged,
    });
  });

  it('is taken back exactly: links, marks and people are as they were', async () => {
    await rekey(60);
    const { holds } = await district.sync();
    const [linksBefore, hubBefore] = [
      await links(),
      await district.sql('SELECT id, external_id FROM users ORDER BY id'),
    ];
    const { run } = await approve(holds[0]!.id);
    const undo = await requestUndo(db(), {
      tenantId: tenantId(),
      runId: run.id,
      rows: null,
      reason: 'no',
      actor: 'test',
    });
    expect((await district.work(undo.runId)).entities.users).toMatchObject({ linked: 60, created: 0, deactivated: 0 });
    expect(await links()).toEqual(linksBefore);
    expect(await district.sql('SELECT id, external_id FROM users ORDER BY id')).toEqual(hubBefore);
    expect((await district.sync()).entities.users).toMatchObject({ created: 0, linked: 0, declined: 60 });
  });

  it('may be told no: the new ids stay out, as long as the source sends the same', async () => {
    await rekey(60);
    const { holds } = await district.sync();
    await declineHold(db(), await decision(holds[0]!.id));
    expect((await district.sync()).entities.users).toMatchObject({ created: 0, linked: 0, declined: 60 });
  });
});

it('a few new ids need nobody: who is surely the same is joined, and the run can be taken back', async () => {
  const before = await hub();
  const linksBefore = await links();
  const { pairs } = await rekey(3);
  const report = await district.sync();
  expect(counts(report.entities.users)).toEqual({ created: 0, updated: 0, deactivated: 0, linked: 3 });
  expect(report.entities.enrollments).toMatchObject({ created: 0, blocked: 0, updated: 0 });
  expect(await hub()).toEqual(before);
  const marks = await district.sql<{ external_id: string }>(
    `SELECT u.external_id FROM users u JOIN external_system_mappings m ON m.local_id = u.id AND m.external_id = u.external_id
     WHERE u.external_id = ANY ($1)`,
    [pairs.map(({ to }) => to)],
  );
  expect(marks).toHaveLength(3);
  const key = { tenantId: tenantId(), runId: report.run.id };
  const undo = await requestUndo(db(), { ...key, rows: null, reason: 'no', actor: 'test' });
  await district.work(undo.runId);
  const ofThem = (rows: Record<string, unknown>[]) =>
    rows.filter((row) => pairs.some(({ from, to }) => row.external_id === from || row.external_id === to));
  expect(ofThem(await links())).toEqual(ofThem(linksBefore));
});

it('classes and enrollments that came with new ids are joined as people are', async () => {
  const before = await hub();
  await rekey(4, 'classes');
  await rekey(6, 'enrollments');
  const report = await district.sync();
  expect(counts(report.entities.classes)).toEqual({ created: 0, updated: 0, deactivated: 0, linked: 4 });
  expect(counts(report.entities.enrollments)).toEqual({ created: 0, updated: 0, deactivated: 0, linked: 6 });
  expect(await hub()).toEqual(before);
});

const byFrom = (a: { from: string | null }, b: { from: string | null }) => String(a.from).localeCompare(String(b.from));
