/** Reads over real HTTP: envelopes, paging, order, filters, fields, tokens, errors, compression, both platforms. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { collections } from './collections/catalogue.js';
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { presets } from './presets.js';
import { request } from 'node:http';
import { type Row, rowsOf, TestSandbox } from './testing/client.js';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await TestSandbox.start();
});
afterAll(() => sandbox.close());

describe('a list', () => {
  test.each(collections.map(({ name, listKey }) => [name, listKey]))(
    '%s: pages of any size cut it exactly, in sourcedId order, each row once',
    async (name, listKey) => {
      const whole = await sandbox.all(name, listKey);
      const ids = whole.map((row) => row.sourcedId);
      expect(ids).toEqual([...new Set(ids)].sort());
      const total = (await sandbox.get(name, { limit: 1 })).body.totalCount;
      expect(total).toBe(whole.length);
      const limit = Math.ceil(total / 4) + 1;
      expect(await sandbox.all(name, listKey, Math.min(limit, 3000))).toEqual(whole);
    },
  );

  test('answers the same with and without a trailing slash', async () => {
    expect((await sandbox.get('users')).text).toBe((await sandbox.get('users/')).text);
  });

  test('says total, pages, page, offset and limit', async () => {
    const { body } = await sandbox.get('schools/', { limit: 2, offset: 2 });
    expect(body).toEqual({
      orgs: [expect.anything()],
      totalCount: 3,
      pageCount: 2,
      pageNumber: 2,
      offset: 2,
      limit: 2,
    });
  });

  test('gives 100 rows unless asked, and none past the end', async () => {
    expect((await sandbox.get('users/')).body.users).toHaveLength(100);
    const past = await sandbox.get('users/', { offset: 1_000_000 });
    expect([past.status, past.body.users]).toEqual([200, []]);
  });

  test.each([{ limit: 0 }, { limit: 3001 }, { limit: 'x' }, { offset: -1 }, { orderBy: 'up' }, { filter: 'email' }])(
    'refuses %j with 400 and the error body',
    async (params) => {
      const reply = await sandbox.get('users/', params as unknown as Record<string, string>);
      expect(reply.status).toBe(400);
      expect(reply.body).toMatchObject({ imsx_codeMajor: 'failure', imsx_severity: 'error' });
    },
  );

  test('descending by sourcedId is ascending turned round, page by page', async () => {
    const up = await sandbox.all('courses');
    const params = { sort: 'sourcedId', orderBy: 'desc', limit: 20, offset: 5 };
    const { body } = await sandbox.get('courses/', params);
    expect(body.courses).toEqual(up.reverse().slice(5, 25));
  });

  test('sorts by another field, ties in sourcedId order', async () => {
    const { body } = await sandbox.get('users/', { sort: 'familyName', orderBy: 'asc', limit: 3000 });
    const keys = body.users.map((user) => `${user.familyName}\u0000${user.sourcedId}`);
    expect(keys).toEqual([...keys].sort());
  });

  test('filters by field, dotted path and delta date exactly as a scan would', async () => {
    const everyone = await sandbox.all('enrollments');
    const user = everyone[500]!.user.sourcedId;
    const own = await sandbox.get('enrollments/', { filter: `user.sourcedId='${user}' AND status='active'` });
    const wanted = everyone.filter((row) => row.user.sourcedId === user && row.status === 'active');
    expect(own.body).toMatchObject({ enrollments: wanted, totalCount: wanted.length });
    const since = '2026-09-15T00:00:00.000Z';
    const delta = { filter: `dateLastModified>='${since}'`, sort: 'dateLastModified', limit: 3000 };
    const changed = (await sandbox.get('enrollments/', delta)).body;
    expect(changed.totalCount).toBe(everyone.filter((row) => row.dateLastModified >= since).length);
    const dates = (changed.enrollments as Row[]).map((row) => row.dateLastModified);
    expect(dates).toEqual([...dates].sort());
  });

  test('searches users, and silently ignores search on classes', async () => {
    const first = (await sandbox.get('users/', { limit: 1 })).body.users[0]!;
    const found = (await sandbox.get('users/', { search: first.email.toUpperCase() })).body;
    expect(found.users).toEqual([first]);
    const classes = (await sandbox.get('classes/', { limit: 1 })).body.totalCount;
    expect((await sandbox.get('classes/', { search: 'nothing like it' })).body.totalCount).toBe(classes);
  });

  test('sends only the fields asked for', async () => {
    const { body } = await sandbox.get('users/', { fields: 'sourcedId,email', limit: 3 });
    for (const row of body.users) expect(Object.keys(row)).toEqual(['sourcedId', 'email']);
  });

  test('is complete and unmixed when many pages are asked for at once', async () => {
    const digest = (text: string) => createHash('sha256').update(text).digest('hex');
    const offsets = Array.from({ length: 40 }, (_, n) => n * 37);
    const page = async (offset: number) => digest((await sandbox.get('enrollments/', { limit: 400, offset })).text);
    const alone: string[] = [];
    for (const offset of offsets) alone.push(await page(offset));
    expect(await Promise.all(offsets.map(page))).toEqual(alone);
  });
});

describe('a single read', () => {
  test.each(collections.map(({ name, listKey, itemKey }) => [name, listKey, itemKey]))(
    '%s: gives the row of the list, under its singular key',
    async (name, listKey, itemKey) => {
      const [row] = rowsOf(await sandbox.get(`${name}/`, { limit: 1, offset: 1 }), listKey!);
      expect((await sandbox.get(`${name}/${row!.sourcedId}`)).body).toEqual({ [itemKey!]: row });
      expect((await sandbox.get(`${name}/${row!.sourcedId}/`, { fields: 'status' })).body).toEqual({
        [itemKey!]: { status: row!.status },
      });
    },
  );

  test('of an unknown id, and of a teacher as a student, is 404 unknownobject', async () => {
    const [teacher] = (await sandbox.get('teachers/', { limit: 1 })).body.users;
    for (const id of ['nobody', teacher!.sourcedId]) {
      const reply = await sandbox.get(`students/${id}`);
      expect(reply.status).toBe(404);
      expect(reply.body.imsx_description).toBe('Student not found.');
      expect(reply.text).toContain('unknownobject');
    }
  });

  test('below an unknown path is 404, and without a token 401', async () => {
    expect((await sandbox.get('pupils/')).status).toBe(404);
    const { base } = presets.beyond;
    expect((await sandbox.fetch(`${base}/users/`)).status).toBe(401);
  });
});

describe('tokens', () => {
  const form = 'application/x-www-form-urlencoded';
  const mint = (body: string, headers: Record<string, string> = {}) =>
    sandbox.fetch('/oauth2/token', { method: 'POST', body, headers: { 'content-type': form, ...headers } });
  const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
  const grant = 'grant_type=client_credentials';

  test('are minted for form fields and for HTTP Basic alike', async () => {
    const replies = [
      await mint(`${grant}&client_id=test-client&client_secret=test-secret`),
      await mint(grant, { authorization: basic('test-client', 'test-secret') }),
    ];
    for (const { status, body } of replies) {
      expect(status).toBe(200);
      expect(body).toEqual({ access_token: expect.any(String), expires_in: 3600, token_type: 'Bearer' });
    }
  });

  test.each([
    [`${grant}&client_id=test-client&client_secret=wrong`, {}, 400, 'invalid_client'],
    [grant, { authorization: basic('test-client', 'wrong') }, 401, 'invalid_client'],
    ['grant_type=password&client_id=test-client&client_secret=test-secret', {}, 400, 'unsupported_grant_type'],
    ['client_id=test-client&client_secret=test-secret', {}, 400, 'invalid_request'],
  ])('%s %j is refused with %i %s', async (body, headers, status, error) => {
    const reply = await mint(body, headers as Record<string, string>);
    expect([reply.status, reply.body]).toEqual([status, { error }]);
  });

  test('are needed for every read, and end when their time is over', async () => {
    const brief = await TestSandbox.start({ tokenSeconds: 1, students: 10 });
    let reply = await brief.get('users/');
    // A slow machine may need more than one second from the token to its use.
    for (let tries = 0; reply.status === 401 && tries < 50; tries += 1) {
      await brief.login();
      reply = await brief.get('users/');
    }
    expect(reply.status).toBe(200);
    while (reply.status === 200) {
      await new Promise((later) => setTimeout(later, 100));
      reply = await brief.get('users/');
    }
    expect([reply.status, reply.text.includes('unauthorisedrequest')]).toEqual([401, true]);
    await brief.close();
  });
});

/** The bytes as they came, without the decompression that fetch does by itself. */
function readRaw(url: string, headers: Record<string, string>): Promise<{ encoding: unknown; bytes: Buffer }> {
  return new Promise((done, fail) => {
    const outgoing = request(url, { headers }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => done({ encoding: response.headers['content-encoding'], bytes: Buffer.concat(pieces) }));
    });
    outgoing.on('error', fail).end();
  });
}

test('a body is compressed when the client asks for it, and holds the same bytes', async () => {
  const plain = await sandbox.get('users/');
  const form = 'grant_type=client_credentials&client_id=test-client&client_secret=test-secret';
  const { body } = await sandbox.fetch('/oauth2/token', { method: 'POST', body: form });
  const headers = { 'accept-encoding': 'gzip', authorization: `Bearer ${body.access_token}` };
  const raw = await readRaw(`${sandbox.baseUrl}${presets.beyond.base}/users/`, headers);
  expect(raw.encoding).toBe('gzip');
  expect(gunzipSync(raw.bytes).toString('utf8')).toBe(plain.text);
});

test('the second platform has its own paths, page sizes and total field', async () => {
  const other = await TestSandbox.start({ preset: presets.learnwith, students: 50 });
  const { body, status } = await other.get('users');
  expect([status, body.users.length]).toEqual([200, 10]);
  expect(Object.keys(body)).toEqual(['users', 'total']);
  expect((await other.get('users', { limit: 101 })).status).toBe(400);
  expect((await other.fetch(`${presets.beyond.base}/users/`)).status).toBe(401);
  await other.close();
});
