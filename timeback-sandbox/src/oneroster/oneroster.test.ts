/** What each profile of a plain OneRoster server promises, over real HTTP. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { type Preset, presets } from '../presets.js';
import { rowsOf, TestSandbox } from '../testing/client.js';
import { errorShapes } from './profile.js';

const open: TestSandbox[] = [];
const start = async (name: Preset['name'], students = 60) => {
  const sandbox = await TestSandbox.start({ students, preset: presets[name] });
  open.push(sandbox);
  return sandbox;
};
afterAll(() => Promise.all(open.map((sandbox) => sandbox.close())));

const keysOf = async (sandbox: TestSandbox, entity: string) => {
  const rows = rowsOf(await sandbox.get(entity, { limit: 10_000 }), entity);
  return [...new Set(rows.flatMap((row) => Object.keys(row)))].sort();
};

describe('oneroster-1.2', () => {
  let sandbox: TestSandbox;
  beforeAll(async () => {
    sandbox = await start('oneroster-1.2');
  });

  const head = ['sourcedId', 'status', 'dateLastModified', 'metadata'];
  test.each([
    ['orgs', ['name', 'type', 'identifier', 'parent', 'children']],
    ['academicSessions', ['title', 'startDate', 'endDate', 'type', 'parent', 'children', 'schoolYear']],
    ['enrollments', ['user', 'class', 'school', 'role', 'primary', 'beginDate', 'endDate']],
  ])('%s carry the standard’s fields and no others, and no nulls', async (entity, fields) => {
    const keys = await keysOf(sandbox, entity);
    expect(keys).toEqual([...head, ...fields].sort());
    expect((await sandbox.get(entity, { limit: 10_000 })).text).not.toContain('null');
  });

  test('references are whole: href, sourcedId, type', async () => {
    const [row] = rowsOf(await sandbox.get('enrollments', { limit: 1 }), 'enrollments');
    expect(Object.keys(row!.user)).toEqual(['href', 'sourcedId', 'type']);
  });

  test('terms come under academicSessions, schools under orgs', async () => {
    expect(rowsOf(await sandbox.get('terms'), 'academicSessions').length).toBeGreaterThan(0);
    expect(rowsOf(await sandbox.get('schools'), 'orgs').length).toBeGreaterThan(0);
  });

  test('tells the total and the neighbours in headers', async () => {
    const { headers, body } = await sandbox.get('users', { limit: 10, offset: 10 });
    expect(Object.keys(body)).toEqual(['users']);
    expect(Number(headers.get('x-total-count'))).toBe((await sandbox.totals()).users!.rows);
    for (const rel of ['first', 'last', 'next', 'prev']) expect(headers.get('link')).toContain(`rel="${rel}"`);
  });
});

describe('oneroster-1.1', () => {
  let sandbox: TestSandbox;
  beforeAll(async () => {
    sandbox = await start('oneroster-1.1');
  });

  test('users have one role and orgs, and nothing of 1.2', async () => {
    const keys = await keysOf(sandbox, 'users');
    expect(keys).toEqual(expect.arrayContaining(['role', 'orgs']));
    for (const key of ['roles', 'primaryOrg', 'pronouns', 'userProfiles']) expect(keys).not.toContain(key);
  });

  test('takes a signature once, and neither a wrong secret nor an old one', async () => {
    const signed = (secret: string, age = 0, nonce = Math.random().toString(36)) => {
      const url = `${sandbox.baseUrl}/ims/oneroster/v1p1/users`;
      const fields = {
        oauth_consumer_key: 'test-client',
        oauth_nonce: nonce,
        oauth_signature_method: 'HMAC-SHA1',
        oauth_timestamp: String(Math.floor(Date.now() / 1000) - age),
      };
      const pairs = [['limit', '1'], ...Object.entries(fields)].map(([k, v]) => `${k}=${v}`);
      const base = ['GET', url, pairs.join('&')].map(encodeURIComponent).join('&');
      const signature = createHmac('sha1', `${secret}&`).update(base).digest('base64');
      const header = Object.entries({ ...fields, oauth_signature: encodeURIComponent(signature) });
      const authorization = `OAuth ${header.map(([k, v]) => `${k}="${v}"`).join(', ')}`;
      return async () => (await fetch(`${url}?limit=1`, { headers: { authorization } })).status;
    };
    const good = signed('test-secret');
    expect([await good(), await good()]).toEqual([200, 401]);
    expect(await signed('other')()).toBe(401);
    expect(await signed('test-secret', 4000)()).toBe(401);
  });
});

describe('certified-quirky', () => {
  let sandbox: TestSandbox;
  beforeAll(async () => {
    sandbox = await start('certified-quirky', 400);
  });
  afterEach(() => sandbox.control('reset', {}));

  test('tells no total and clamps at 500 without a word', async () => {
    const reply = await sandbox.get('enrollments', { limit: 5000 });
    expect([rowsOf(reply, 'enrollments').length, reply.headers.get('x-total-count')]).toEqual([500, null]);
  });

  test('never shows what is tobedeleted', async () => {
    const before = (await sandbox.totals()).orgs!.active;
    await sandbox.control('tobedeleted', { entity: 'orgs', count: 1 });
    const rows = rowsOf(await sandbox.get('orgs'), 'orgs');
    expect(rows.map((row) => row.status)).toEqual(Array.from({ length: before - 1 }, () => 'active'));
  });

  test('refuses most filters, and takes one on classes that it does not keep to', async () => {
    expect((await sandbox.get('users', { filter: "givenName='x'" })).status).toBe(400);
    const future = { filter: "dateLastModified>'2999-01-01T00:00:00.000Z'" };
    expect(rowsOf(await sandbox.get('users', future), 'users')).toEqual([]);
    expect(rowsOf(await sandbox.get('classes', future), 'classes').length).toBeGreaterThan(0);
  });

  test.each(['students/x/classes', 'schools/x/classes'])('has no %s', async (path) => {
    expect((await sandbox.get(path)).status).toBe(404);
  });
});

test.each([
  ['/oauth/token/', 200],
  ['/oauth/token', 404],
])('the token address counts with its slash: %s', async (path, status) => {
  const sandbox = await start('certified-quirky');
  const scope = 'https://purl.imsglobal.org/spec/or/v1p2/scope/roster-core.readonly';
  const form = { grant_type: 'client_credentials', client_id: 'test-client', client_secret: 'test-secret', scope };
  const ask = (over = {}) =>
    sandbox.fetch(path, {
      method: 'POST',
      body: new URLSearchParams({ ...form, ...over }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  expect((await ask()).status).toBe(status);
  if (status === 200) expect((await ask({ scope: 'roster.write' })).body.error).toBe('invalid_scope');
});

test.each(errorShapes)('an error can be told in the shape %s', async (shape) => {
  const sandbox = await start('oneroster-1.2');
  await sandbox.control('faults', { fault: 'error', status: 500, shape });
  const { status, isJson } = await sandbox.get('users');
  expect([status, isJson]).toEqual([500, shape !== 'page']);
});
