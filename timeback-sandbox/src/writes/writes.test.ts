/** Writes over real HTTP: what they leave to be read, in which order and under which mark, what they refuse and in which words. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { presets } from '../presets.js';
import { type Row, rowsOf, TestSandbox } from '../testing/client.js';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await TestSandbox.start({ students: 60 });
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.control('reset', {}));

const send = (method: string, path: string, body?: object | string) => sandbox.send(method, path, body);
const one = async (path: string, key: string) => (await sandbox.get(path)).body[key] as Row;
const firstOf = async (collection: string, key = collection) =>
  rowsOf(await sandbox.get(collection, { limit: 1 }), key)[0]!;
const org = (sourcedId?: string, name = 'Lindholm School') => ({ org: { sourcedId, name, type: 'school' } });

async function person(sourcedId: string, role = 'student') {
  const { sourcedId: school } = await firstOf('schools', 'orgs');
  const ref = { sourcedId: school };
  const user = {
    sourcedId,
    enabledUser: true,
    givenName: 'Edda',
    familyName: 'Ahlgren',
    email: 'edda@example.org',
    roles: [{ roleType: 'primary', role, org: ref }],
    primaryOrg: ref,
  };
  return { user: { ...user, password: 'never kept' } };
}

describe('what was written', () => {
  test('is listed last, in the order it came, on pages that fit together, forwards and backwards', async () => {
    const before = (await sandbox.all('orgs')).map(({ sourcedId }) => sourcedId);
    for (const id of ['z', 'a', 'm']) expect((await send('POST', 'orgs/', org(id))).status).toBe(201);
    const expected = [...before, 'z', 'a', 'm'];
    for (const limit of [1, 2, 3, 1000]) {
      expect((await sandbox.all('orgs', 'orgs', limit)).map(({ sourcedId }) => sourcedId)).toEqual(expected);
    }
    const last = await sandbox.get('orgs', { limit: 2, offset: 1, orderBy: 'desc' });
    expect(rowsOf(last, 'orgs').map(({ sourcedId }) => sourcedId)).toEqual(['a', 'z']);
    expect(last.body.totalCount).toBe(expected.length);
    expect((await sandbox.totals()).schools!.rows).toBe(before.length - 1 + 3);
  });

  test('is found by filters, and by lists within others, where the row itself stands for it', async () => {
    await send('POST', 'users/', await person('new'));
    const found = await sandbox.get('users', { filter: "givenName='Edda' AND status='active'" });
    expect(rowsOf(found, 'users').map(({ sourcedId }) => sourcedId)).toEqual(['new']);
    const { sourcedId: school } = await firstOf('schools', 'orgs');
    const students = rowsOf(await sandbox.get(`schools/${school}/students`, { limit: 1000 }), 'users');
    expect(students.at(-1)).toMatchObject({ sourcedId: 'new', password: null });
  });

  test('is shown with its present kind: a student who is written as a teacher teaches', async () => {
    const { sourcedId } = await firstOf('students', 'users');
    const [students, teachers] = [await sandbox.all('students', 'users'), await sandbox.all('teachers', 'users')];
    await send('PUT', `users/${sourcedId}`, await person(sourcedId, 'teacher'));
    expect((await sandbox.all('students', 'users', 7)).map((row) => row.sourcedId)).toEqual(
      students.slice(1).map((row) => row.sourcedId),
    );
    expect((await sandbox.all('teachers', 'users', 3)).map((row) => row.sourcedId)).toEqual([
      sourcedId,
      ...teachers.map((row) => row.sourcedId),
    ]);
    expect((await sandbox.get(`students/${sourcedId}`)).status).toBe(404);
    expect((await sandbox.get(`teachers/${sourcedId}`)).status).toBe(200);
  });

  test('moves dateLastModified and the marks, once: saying the same again moves nothing', async () => {
    const { sourcedId, dateLastModified } = await firstOf('users');
    const mark = async () => (await sandbox.get('users', { limit: 1 })).headers.get('etag');
    const marks = [await mark()];
    await send('PUT', `users/${sourcedId}`, await person(sourcedId));
    const written = await one(`users/${sourcedId}`, 'user');
    marks.push(await mark());
    await send('PUT', `users/${sourcedId}`, await person(sourcedId));
    expect(await one(`users/${sourcedId}`, 'user')).toEqual(written);
    marks.push(await mark());
    expect(written.dateLastModified > dateLastModified).toBe(true);
    expect([marks[0] !== marks[1], marks[1] === marks[2]]).toEqual([true, true]);
    const since = await sandbox.get('users', { filter: `dateLastModified>='${written.dateLastModified}'` });
    expect(since.body.totalCount).toBe(1);
  });

  test.each([
    ['orgs', 'org'],
    ['schools', 'org', 'orgs'],
    ['users', 'user'],
    ['courses', 'course'],
    ['classes', 'class'],
    ['enrollments', 'enrollment'],
    ['academicSessions', 'academicSession'],
    ['gradingPeriods', 'academicSession'],
    ['demographics', 'demographics'],
  ])('%s: what was read can be written back whole, which moves nothing', async (name, key, listKey = name) => {
    const rows = rowsOf(await sandbox.get(name, { limit: 40 }), listKey);
    const row = rows.find(({ sex }) => sex !== 'unspecified')!;
    // A body knows no nulls but where its schema says so, and a session's year is a text there.
    const said = Object.entries(row).filter(([, value]) => value !== null);
    const body = Object.fromEntries(
      said.map(([field, value]) => [field, Number.isInteger(value) ? `${value}` : value]),
    );
    expect((await send('PUT', `${name}/${row.sourcedId}`, { [key!]: body })).status).toBeLessThan(300);
    expect(rowsOf(await sandbox.get(name, { limit: 40 }), listKey)).toEqual(rows);
  });

  test('is laid aside by a control that touches the row later, and forgotten by a reset', async () => {
    const before = await one(`users/${(await firstOf('users')).sourcedId}`, 'user');
    await send('PUT', `users/${before.sourcedId}`, await person(before.sourcedId));
    await sandbox.control('edit', { share: 1, entity: 'users' });
    const after = await one(`users/${before.sourcedId}`, 'user');
    expect([after.givenName, after.grades]).toEqual([expect.not.stringMatching('Edda'), before.grades]);
    await send('POST', 'orgs/', org('new'));
    await sandbox.control('reset', {});
    expect(await one(`users/${before.sourcedId}`, 'user')).toEqual(before);
    expect((await sandbox.get('orgs/new')).status).toBe(404);
  });

  test('is ended by a removal and nothing else is; a PUT revives it', async () => {
    const { sourcedId } = await firstOf('classes');
    const counts = await sandbox.totals();
    for (const _ of ['once', 'twice']) expect((await send('DELETE', `classes/${sourcedId}`)).status).toBe(204);
    expect((await one(`classes/${sourcedId}`, 'class')).status).toBe('tobedeleted');
    const ended = await sandbox.totals();
    expect(ended).toEqual({ ...counts, classes: { ...counts.classes, active: counts.classes!.active - 1 } });
    await send('PUT', `classes/${sourcedId}`, { class: { status: 'active' } });
    expect(await sandbox.totals()).toEqual(counts);
  });
});

describe('a PATCH', () => {
  test('changes what it names and leaves the rest, within metadata too', async () => {
    const before = await firstOf('enrollments');
    const body = { enrollment: { endDate: '2027-01-15', metadata: { goals: { dailyLessons: 2 } } } };
    expect((await send('PATCH', `enrollments/${before.sourcedId}`, body)).status).toBe(200);
    const after = await one(`enrollments/${before.sourcedId}`, 'enrollment');
    const metadata = { goals: { dailyXp: 25, dailyLessons: 2 } };
    const { dateLastModified } = after;
    expect(after).toEqual({ ...before, endDate: '2027-01-15', metadata, dateLastModified });
  });
});

describe('a write is refused and leaves no trace', () => {
  const refusals: [name: string, status: number, method: string, path: string, body: object | string | undefined][] = [
    ['a body that is no JSON', 400, 'POST', 'orgs/', '{'],
    ['a body without its object', 422, 'POST', 'orgs/', { organisation: {} }],
    ['a missing field', 422, 'POST', 'orgs/', { org: { type: 'school' } }],
    ['a value outside its list', 422, 'POST', 'orgs/', { org: { name: 'x', type: 'galaxy' } }],
    ['an empty id', 422, 'POST', 'orgs/', org('')],
    ['another id than the address has', 422, 'PUT', 'orgs/{org}', org('other')],
    ['no id where none is made up', 422, 'POST', 'demographics/', { demographics: {} }],
    ['a parent that nobody knows', 404, 'POST', 'orgs/', { org: { ...org('x').org, parent: { sourcedId: 'nobody' } } }],
    ['demographics of nobody', 404, 'POST', 'demographics/', { demographics: { sourcedId: 'nobody' } }],
    ['a PUT of what is not there', 404, 'PUT', 'orgs/nobody', org()],
    ['a removal of what is not there', 404, 'DELETE', 'orgs/nobody', undefined],
    ['an id that is taken', 422, 'POST', 'orgs/', org('{org}')],
    ['a PATCH of what knows none', 405, 'PATCH', 'orgs/{org}', org()],
    ['a write to what is only read', 405, 'POST', 'teachers/', { user: {} }],
    ['a path that is none', 404, 'POST', 'pets/', {}],
  ];
  test.each(refusals)('%s: %d', async (_, status, method, path, body) => {
    const { sourcedId } = await firstOf('orgs');
    const filled = (text: string) => text.replaceAll('{org}', sourcedId);
    const before = await sandbox.totals();
    const given = typeof body === 'string' ? body : body && (JSON.parse(filled(JSON.stringify(body))) as object);
    const reply = await send(method, filled(path), given);
    expect(reply.status).toBe(status);
    expect(reply.body).toMatchObject({ imsx_codeMajor: 'failure', imsx_severity: 'error' });
    expect(await sandbox.totals()).toEqual(before);
  });

  test('every wrong field is named with what was expected, and no value is repeated', async () => {
    const { user } = await person('new');
    const wrong = {
      ...user,
      email: 'secret',
      enabledUser: 'perhaps',
      givenName: undefined,
      roles: [{ role: 'wizard' }],
    };
    const { body, text } = await send('POST', 'users/', { user: wrong });
    const named = (body.imsx_error_details as object[]).flatMap((each) => Object.keys(each));
    expect(named.toSorted()).toEqual(['user.email', 'user.enabledUser', 'user.givenName', 'user.roles']);
    expect(text).not.toMatch(/secret|perhaps|wizard/);
  });

  test('without a token, and under the faults of the moment', async () => {
    const bare = await sandbox.fetch(`${presets.beyond.base}/orgs/`, {
      method: 'POST',
      body: JSON.stringify(org('x')),
    });
    expect(bare.status).toBe(401);
    await sandbox.control('faults', { fault: 'error', status: 503, times: 1 });
    expect((await send('POST', 'orgs/', org('x'))).status).toBe(503);
    expect((await sandbox.get('orgs/x')).status).toBe(404);
  });

  test('past the room there is', async () => {
    const big = { ...org('x').org, metadata: { text: 'x'.repeat(900_000) } };
    const statuses = new Set<number>();
    for (let n = 0; n < 37; n += 1) {
      statuses.add((await send('POST', 'orgs/', { org: { ...big, sourcedId: `x-${n}` } })).status);
    }
    expect([...statuses]).toEqual([201, 422]);
    expect((await sandbox.get('orgs/x-36')).status).toBe(404);
  });
});

test('an id that the source makes up is told, and the kinds of taken ids differ as seen live', async () => {
  const { body } = await send('POST', 'orgs/', org());
  const { allocatedSourcedId } = body.sourcedIdPairs as { allocatedSourcedId: string };
  expect((await sandbox.get(`orgs/${allocatedSourcedId}`)).status).toBe(200);
  const course = { ...(await firstOf('courses')), status: 'active' };
  expect((await send('POST', 'courses/', { course })).status).toBe(404);
});

test.each(['learnwith', 'oneroster-1.2'] as const)('%s takes no writes', async (name) => {
  const other = await TestSandbox.start({ students: 30, preset: presets[name] });
  try {
    expect((await other.send('POST', 'orgs/', org('x'))).status).toBe(405);
  } finally {
    await other.close();
  }
});
