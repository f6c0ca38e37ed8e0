/** Every control does to the rows what it says, over real HTTP, and says it with counts. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Row, TestSandbox } from '../testing/client.js';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await TestSandbox.start({ students: 400 });
});
afterEach(() => sandbox.control('reset', {}));
afterAll(() => sandbox.close());

const byId = (rows: Row[]) => new Map(rows.map((row) => [row.sourcedId, row]));
const ids = (rows: Row[]) => rows.map((row) => row.sourcedId);

/** Rows that are there twice but differ. */
function changedRows(before: Row[], after: Row[]): Row[] {
  const old = byId(before);
  return after.filter(
    (row) => old.has(row.sourcedId) && JSON.stringify(old.get(row.sourcedId)) !== JSON.stringify(row),
  );
}

describe('edit', () => {
  test.each([
    ['users', 'email'],
    ['classes', 'title'],
    ['courses', 'title'],
    ['enrollments', 'beginDate'],
    ['academicSessions', 'title'],
    ['orgs', 'name'],
    ['demographics', 'cityOfBirth'],
  ])('of %s changes %s and the date of exactly that share', async (entity, field) => {
    const before = await sandbox.all(entity);
    const { edited, total } = await sandbox.control('edit', { share: 0.1, entity });
    const after = await sandbox.all(entity);
    const old = byId(before);
    const newer = after.filter((row) => row.dateLastModified > old.get(row.sourcedId)!.dateLastModified);
    expect(newer).toHaveLength(Math.max(1, Math.round(before.length * 0.1)));
    expect([edited[entity], total]).toEqual([newer.length, newer.length]);
    for (const row of newer) expect(row[field]).not.toEqual(old.get(row.sourcedId)![field]);
    expect(ids(after)).toEqual(ids(before));
  });

  test('without an entity changes that share of all six, and a second edit is dated later', async () => {
    const first = await sandbox.control('edit', { share: 0.01 });
    const second = await sandbox.control('edit', { share: 0.01 });
    expect(Object.keys(first.edited).sort()).toEqual(
      ['academicSessions', 'classes', 'courses', 'enrollments', 'orgs', 'users'].sort(),
    );
    expect(second.modifiedAt > first.modifiedAt).toBe(true);
  });
});

test('move puts students into another school, with primary role, grade and enrollments', async () => {
  const before = byId(await sandbox.all('students', 'users'));
  const { moved, sourcedIds } = await sandbox.control('move', { count: 10 });
  expect([moved, sourcedIds.length]).toEqual([10, 10]);
  const after = byId(await sandbox.all('students', 'users'));
  const enrollments = await sandbox.all('enrollments');
  for (const id of sourcedIds) {
    const school = after.get(id)!.primaryOrg.sourcedId;
    expect(school).not.toBe(before.get(id)!.primaryOrg.sourcedId);
    expect(after.get(id)!.roles[0].org.sourcedId).toBe(school);
    const own = enrollments.filter((row) => row.user.sourcedId === id);
    expect(own.map((row) => row.school.sourcedId)).toEqual(Array.from({ length: 5 }, () => school));
    for (const row of own) expect(row.dateLastModified).toBe(after.get(id)!.dateLastModified);
  }
});

test.each([
  ['users', 'enrollments', 'user'],
  ['classes', 'enrollments', 'class'],
])('rekey gives %s other ids, in the same order, and what refers to them follows', async (entity, from, reference) => {
  const [before, referring] = [await sandbox.all(entity), await sandbox.all(from)];
  const answer = await sandbox.control('rekey', { entity, count: 30 });
  const pairs = answer.pairs as { from: string; to: string }[];
  expect([answer.rekeyed, pairs.length]).toEqual([30, 30]);
  const renewed = new Map(pairs.map((pair) => [pair.from, pair.to]));
  const now = (id: string) => renewed.get(id) ?? id;
  const after = await sandbox.all(entity);
  expect(ids(after)).toEqual(ids(before).map(now));
  expect(ids(after)).toEqual(ids(after).toSorted());
  expect(after.map((row) => row.identifier ?? row.title)).toEqual(before.map((row) => row.identifier ?? row.title));
  const targets = (rows: Row[]) => rows.map((row) => (row[reference] as Row).sourcedId);
  expect(targets(await sandbox.all(from))).toEqual(targets(referring).map(now));
  expect((await sandbox.get(`${entity}/${pairs[0]!.from}`, {})).status).toBe(404);
});

test.each([
  [{ count: 12 }, 12],
  [{ share: 0.05 }, 20],
])('leavers %j vanish with their enrollments', async (body, count) => {
  const users = await sandbox.all('users');
  const answer = await sandbox.control('leavers', body);
  expect(answer).toMatchObject({ left: count, enrollments: count * 5 });
  const left = new Set(answer.sourcedIds);
  expect(ids(await sandbox.all('users'))).toEqual(ids(users).filter((id) => !left.has(id)));
  expect((await sandbox.all('enrollments')).some((row) => left.has(row.user.sourcedId))).toBe(false);
  expect((await sandbox.all('demographics')).some((row) => left.has(row.sourcedId))).toBe(false);
  expect((await sandbox.get(`users/${answer.sourcedIds[0]}`)).status).toBe(404);
});

test('leavers of one school are of no other, and there must be such a school', async () => {
  const [, school] = ids(await sandbox.all('schools', 'orgs'));
  const users = byId(await sandbox.all('users'));
  const { left, sourcedIds } = await sandbox.control('leavers', { share: 0.3, school });
  expect(left).toBeGreaterThan(1);
  for (const id of sourcedIds) expect(users.get(id)!.primaryOrg.sourcedId).toBe(school);
  await expect(sandbox.control('leavers', { count: 1, school: 'nowhere' })).rejects.toThrow(/no school/);
});

test('joiners come last, with enrollments in a school that exists', async () => {
  const before = await sandbox.all('users');
  const answer = await sandbox.control('joiners', { count: 7 });
  expect(answer).toMatchObject({ joined: 7, enrollments: 35 });
  const after = await sandbox.all('users');
  expect(ids(after)).toEqual([...ids(before), ...answer.sourcedIds]);
  const joined = new Set(answer.sourcedIds);
  const own = (await sandbox.all('enrollments')).filter((row) => joined.has(row.user.sourcedId));
  expect(own).toHaveLength(35);
  const schools = new Set(ids(await sandbox.all('schools', 'orgs')));
  expect(own.every((row) => schools.has(row.school.sourcedId))).toBe(true);
});

test('a lost school is named by no row of any collection until it is restored', async () => {
  const names = ['orgs', 'academicSessions', 'courses', 'users', 'classes', 'enrollments', 'demographics'];
  const snapshot = async () => Promise.all(names.map((name) => sandbox.all(name)));
  const before = await snapshot();
  const totals = await sandbox.totals();
  const school = before[0]![2]!.sourcedId;
  const { lost, rows } = await sandbox.control('lose-school', { school });
  expect(lost).toBe(school);
  const during = await snapshot();
  names.slice(0, 6).forEach((name, n) => expect(before[n]!.length - during[n]!.length).toBe(rows[name]));
  expect(Object.values(rows).every((count) => count > 0)).toBe(true);
  expect(JSON.stringify(during)).not.toContain(school);
  const restored = await sandbox.control('restore-school', {});
  expect(restored).toMatchObject({ restored: [school], rows });
  expect((await snapshot()).map(ids)).toEqual(before.map(ids));
  expect(await sandbox.totals()).toEqual(totals);
});

test('restoring a school does not bring back those who had left before', async () => {
  const { sourcedIds } = await sandbox.control('leavers', { count: 30 });
  const { lost } = await sandbox.control('lose-school', {});
  await sandbox.control('restore-school', { school: lost });
  const left = new Set(sourcedIds);
  expect((await sandbox.all('users')).some((row) => left.has(row.sourcedId))).toBe(false);
});

test('an emptied entity is a clean 200 with nothing, in all of its collections, until switched off', async () => {
  const before = await sandbox.all('users');
  await sandbox.control('empty', { entity: 'users' });
  for (const name of ['users', 'students', 'teachers']) {
    const reply = await sandbox.get(`${name}/`);
    expect([reply.status, reply.body.users, reply.body.totalCount]).toEqual([200, [], 0]);
  }
  expect((await sandbox.totals()).users).toEqual({ rows: 0, active: 0 });
  await sandbox.control('empty', { entity: 'users', off: true });
  expect(await sandbox.all('users')).toEqual(before);
});

test('tobedeleted rows stay in lists and single reads, and are counted apart', async () => {
  const before = (await sandbox.totals()).enrollments;
  for (const count of [40, 4]) {
    const { marked, sourcedIds } = await sandbox.control('tobedeleted', { entity: 'enrollments', count });
    expect(marked).toBe(count);
    const rows = byId(await sandbox.all('enrollments'));
    for (const id of sourcedIds) expect(rows.get(id)!.status).toBe('tobedeleted');
    expect((await sandbox.get(`enrollments/${sourcedIds[0]}`)).status).toBe(200);
  }
  const after = (await sandbox.totals()).enrollments;
  expect(after).toEqual({ rows: before.rows, active: before.active - 44 });
});

test('totals are what a full read finds, after everything at once', async () => {
  await sandbox.control('leavers', { count: 21 });
  await sandbox.control('joiners', { count: 8 });
  await sandbox.control('lose-school', {});
  await sandbox.control('tobedeleted', { entity: 'users', count: 9 });
  await sandbox.control('move', { count: 3 });
  const totals = await sandbox.totals();
  const keys: Record<string, string> = { schools: 'orgs', students: 'users', teachers: 'users' };
  for (const [name, total] of Object.entries(totals)) {
    const rows = await sandbox.all(name, keys[name] ?? name);
    expect([name, total]).toEqual([
      name,
      { rows: rows.length, active: rows.filter((row) => row.status === 'active').length },
    ]);
  }
});

test('reset gives back the first bytes', async () => {
  const before = await sandbox.get('users/', { limit: 3000 });
  await sandbox.control('edit', { share: 0.5 });
  await sandbox.control('lose-school', {});
  await sandbox.control('faults', { fault: 'error', status: 500 });
  await sandbox.control('reset', {});
  expect((await sandbox.get('users/', { limit: 3000 })).text).toBe(before.text);
});

test('the log counts requests by path without ids, tokens, and the most at once', async () => {
  await sandbox.control('reset', {});
  const [row] = (await sandbox.get('users/', { limit: 1 })).body.users;
  await Promise.all([1, 2, 3].map(() => sandbox.get(`users/${row.sourcedId}`)));
  await sandbox.login();
  const log = await sandbox.control('log');
  const { base } = sandbox.settings.preset;
  expect(log).toMatchObject({ total: 5, tokenRequests: 1, statuses: { 200: 5 } });
  expect(log.requests).toEqual({ [`${base}/users`]: 1, [`${base}/users/{sourcedId}`]: 3, '/oauth2/token': 1 });
  expect(log.maxInFlight).toBeGreaterThanOrEqual(1);
  expect(JSON.stringify(log)).not.toContain(row.sourcedId);
});

test('another secret ends the old one and the tokens that it bought', async () => {
  await sandbox.login();
  const answer = await sandbox.control('rotate-secret', { secret: 'another' });
  expect(answer.revoked).toBeGreaterThan(0);
  expect((await sandbox.get('users/', { limit: 1 })).status).toBe(401);
  await sandbox.control('rotate-secret', { secret: sandbox.settings.client.secret });
  await sandbox.login();
  expect((await sandbox.get('users/', { limit: 1 })).status).toBe(200);
});

test('what changed after an edit is only what was edited, and the names shown in enrollments', async () => {
  const before = await sandbox.all('classes');
  await sandbox.control('edit', { share: 0.01, entity: 'users' });
  expect(changedRows(before, await sandbox.all('classes'))).toEqual([]);
});

test.each([
  ['edit', {}, '"share" is missing'],
  ['edit', { share: 2 }, '"share" must be a number above 0, at most 1'],
  ['edit', { share: 0.1, shares: 1 }, 'Unknown field "shares"'],
  ['edit', { share: 0.1, entity: 'pupils' }, '"entity" must be one of orgs'],
  ['move', { count: 0 }, '"count" must be a whole number'],
  ['leavers', {}, 'either "count" or "share"'],
  ['joiners', { count: 'x' }, '"count" must be a whole number'],
  ['rekey', { count: 1, entity: 'orgs' }, '"entity" must be one of users'],
  ['lose-school', { name: 'x' }, 'Unknown field "name"'],
  ['empty', {}, '"entity" is missing'],
  ['tobedeleted', { entity: 'users' }, '"count" is missing'],
  ['bad-records', { entity: 'courses', kind: 'bad-role', count: 1 }, 'is for users, enrollments only'],
  ['faults', { fault: 'flood' }, '"fault" must be one of delay'],
  ['faults', { fault: 'delay' }, '"ms" is missing'],
  ['faults', { fault: 'truncate', ms: 1 }, 'Unknown field "ms"'],
  ['rotate-secret', { secret: '' }, '"secret" must be a text'],
  ['reset', { all: true }, 'Unknown field "all"'],
])('%s %j is refused with 400 and a sentence', async (name, body, sentence) => {
  const reply = await sandbox.fetch(`/control/${name}`, { method: 'POST', body: JSON.stringify(body) });
  expect([reply.status, reply.body.error]).toEqual([400, expect.stringContaining(sentence)]);
});
