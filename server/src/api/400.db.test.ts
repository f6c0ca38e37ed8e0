/** Status 400 and its kin: what cannot be understood is refused as a whole, with a sentence that says what is wrong. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { apiUnderTest, type ApiUnderTest } from './testing/api-under-test.js';

let api: ApiUnderTest;

beforeAll(async () => {
  api = await apiUnderTest('api_400', ['north', 'south']);
});
afterAll(() => api.close());

const asNorth = { 'x-rollcall-tenant': 'north' };

test.each([
  '/runs?limit=0',
  '/runs?limit=1001',
  '/runs?limit=1.5',
  '/runs?limit=ten',
  '/runs?limit=5&limit=6',
  '/runs?offset=-1',
  '/runs?offset=1e12',
  '/runs?status=failed',
  '/runs?integration=',
  '/runs/not-a-uuid',
  '/runs/00000000-0000-7000-8000-000000000000?verbose=1',
  '/holds?state=maybe',
  '/holds?entity=pupils',
  '/holds/1',
  '/users?after=1',
  '/users?active=yes',
  '/users?school=1&limit=5',
  '/users?school[]=1',
  '/users?offset=5',
  '/orgs?school=00000000-0000-7000-8000-000000000000',
  `/users?externalId=${'x'.repeat(1025)}`,
  '/holds/1/decisions',
  '/holds/00000000-0000-7000-8000-000000000000/decisions?after=1',
  '/runs/1/timeline',
  '/runs/00000000-0000-7000-8000-000000000000/timeline?follow=1',
  '/runs/1/changes',
  ...['state=done', 'entity=pupils', 'operation=delete', 'values=yes', 'after=1', 'offset=5', 'limit=1001'].map(
    (query) => `/runs/00000000-0000-7000-8000-000000000000/changes?${query}`,
  ),
  ...['state=gone', 'kind=row', 'entity=pupils', 'fingerprint=f', 'limit=0', 'after=1'].map(
    (query) => `/integrations/x/dead-letters?${query}`,
  ),
  '/integrations/x/dead-letters/1',
  '/integrations/x/health?live=true',
  '/health/integrations?limit=5',
  '/integrations/x/cache?endpoint=orgs',
  ...['grain=minute', 'spans=0', 'spans=601', 'from=yesterday'].flatMap((query) => [
    `/integrations/x/health/history?${query}`,
    `/integrations/x/health/usage?${query}`,
    `/health/integrations/usage?${query}`,
  ]),
  ...['open=yes', 'limit=0', 'kind=slow'].map((query) => `/integrations/x/health/alerts?${query}`),
  ...['since=yesterday', 'since=', 'school=', 'limit=5'].map((query) => `/export.zip?${query}`),
  '/health/live?x=1',
])('GET %s is refused as a problem with a next step', async (path) => {
  const { status, headers, body } = await api.get(path, asNorth);
  expect(status).toBe(400);
  expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(body).toEqual({
    type: 'urn:rollcall:problem:invalid_input',
    title: 'Bad Request',
    status: 400,
    detail: expect.any(String),
    instance: `/api/v1${path.split('?')[0]!}`,
    code: 'invalid_input',
    nextStep: 'Correct the input and try again.',
  });
});

test('says which parameter is wrong', async () => {
  const { body } = await api.get('/users?limit=5000&colour=red', asNorth);
  expect(body['detail']).toMatch(/limit: .*1000.*colour/);
});

test('asks for a tenant where there are several', async () => {
  const { status, body } = await api.get('/runs');
  expect(status).toBe(400);
  expect(body).toMatchObject({ code: 'invalid_input', detail: expect.stringContaining('name one of') });
});

describe('POST /runs', () => {
  test.each([
    ['no integration', {}],
    ['an empty integration', { integration: '' }],
    ['an unknown mode', { integration: 'north source', mode: 'delete' }],
    ['an unknown field', { integration: 'north source', tenantId: '00000000-0000-7000-8000-000000000000' }],
    ['a list', ['north source']],
    ['a text', 'north source'],
  ])('with %s is refused', async (_, body) => {
    expect(await api.post('/runs', body, asNorth)).toMatchObject({ status: 400, body: { code: 'invalid_input' } });
  });

  test('with unreadable JSON is refused without a word of the parser', async () => {
    const { status, text } = await raw('{"integration": ', 'application/json');
    expect(status).toBe(400);
    expect(text).not.toMatch(/token|position|JSON/);
  });

  test('as a form, which any web page may send, is refused', async () => {
    const { status, type } = await raw('integration=north+source', 'application/x-www-form-urlencoded');
    expect([status, type]).toEqual([415, 'application/problem+json; charset=utf-8']);
  });

  test('with more than it could need is refused', async () => {
    const { status } = await raw(JSON.stringify({ integration: 'x'.repeat(70_000) }), 'application/json');
    expect(status).toBe(413);
  });

  test('leaves nothing behind when it is refused', async () => {
    const before = (await api.get('/runs', asNorth)).body;
    await api.post('/runs', { integration: 'north source', mode: 'delete' }, asNorth);
    expect((await api.get('/runs', asNorth)).body).toEqual(before);
    expect(api.rung).toEqual([]);
  });

  async function raw(body: string, type: string): Promise<{ status: number; type: string | null; text: string }> {
    const headers = { ...asNorth, 'content-type': type };
    const response = await fetch(`${api.url}/api/v1/runs`, { method: 'POST', headers, body });
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
  }
});

describe('what is done about a dead letter', () => {
  const reason = 'the form says so';
  const fields = { familyName: 'Reed' };
  const of = (verb: string) => {
    const { integrationId, letterId } = api.tenants[0]!;
    return `/integrations/${integrationId}/dead-letters/${verb === 'replay' ? verb : `${letterId}/${verb}`}`;
  };

  test.each([
    ['replay', {}],
    ['replay', { all: false }],
    ['replay', { all: true, fingerprint: 'f'.repeat(16) }],
    ['replay', { letters: [] }],
    ['replay', { letters: ['1'] }],
    ['replay', { fingerprint: 'F' }],
    ['replay', { all: true, reason: ' ' }],
    ['replay', { all: true, reason: undefined }],
    ['edit', {}],
    ['edit', { fields: {} }],
    ['edit', { fields: [] }],
    ['edit', { fields: { surname: 'Reed' } }],
    ['edit', { fields: { familyName: '' } }],
    ['edit', { fields: { enabledUser: 'Reed' } }],
    ['edit', { fields, reason: '' }],
    ['edit', { fields, actor: 'the principal' }],
    ['discard', { reason: '' }],
    ['discard', { fields }],
    ['revert', { reason: undefined }],
  ])('%s with %j is refused, without the value, and leaves nothing behind', async (verb, body) => {
    const answer = await api.post(of(verb), { reason, ...body }, asNorth);
    expect([answer.status, answer.body['code']]).toEqual([400, 'invalid_input']);
    expect(answer.text).not.toContain('Reed');
    expect(api.rung).toEqual([]);
    expect((await api.get('/runs', asNorth)).body['items']).toHaveLength(1);
    const { integrationId, letterId } = api.tenants[0]!;
    const letter = await api.get(`/integrations/${integrationId}/dead-letters/${letterId}`, asNorth);
    expect(letter.body).toMatchObject({ state: 'open', corrections: [{ state: 'reverted' }] });
  });
});

describe('a decision', () => {
  const digest = 'd'.repeat(64);
  const reason = 'the school has closed';
  const stranger = '00000000-0000-7000-8000-000000000000';
  const north = () => api.tenants[0]!;
  const paths = (): [string, object][] => [
    [`/holds/${north().holdId}/approve`, { digest, reason }],
    [`/holds/${north().holdId}/decline`, { digest, reason }],
    [`/runs/${north().runId}/undo`, { reason }],
  ];

  test.each([
    ['no reason', { reason: undefined }],
    ['an empty reason', { reason: '' }],
    ['a reason of blanks', { reason: ' \n\t' }],
    ['a reason as long as a book', { reason: 'x'.repeat(1001) }],
    ['rows that are none', { rows: [] }],
    ['rows that are no ids', { rows: ['1'] }],
    ['rows that are no list', { rows: stranger }],
    ['rows that it is not about', { rows: [stranger] }],
    ['more rows than one request carries', { rows: Array.from({ length: 10_001 }, () => stranger) }],
    ['an actor', { actor: 'the principal' }],
  ])('with %s is refused and leaves nothing behind', async (_, change) => {
    for (const [path, body] of paths()) {
      const answer = await api.post(path, { ...body, ...change }, asNorth);
      expect([path, answer.status, answer.body['code']]).toEqual([path, 400, 'invalid_input']);
    }
    await expectNothingDone();
  });

  test.each([undefined, '', 'd', 'D'.repeat(64), 'g'.repeat(64), 7])('about the digest %p is refused', async (odd) => {
    for (const verb of ['approve', 'decline']) {
      const answer = await api.post(`/holds/${north().holdId}/${verb}`, { digest: odd, reason }, asNorth);
      expect([verb, answer.status]).toEqual([verb, 400]);
    }
    await expectNothingDone();
  });

  test('to undo a run that did nothing is refused', async () => {
    await api.database.sql('UPDATE runs SET mode = $1 WHERE id = $2', ['plan', north().runId]);
    const { status, body } = await api.post(`/runs/${north().runId}/undo`, { reason }, asNorth);
    expect([status, body['detail']]).toEqual([400, 'That run only planned; there is nothing to undo.']);
    await api.database.sql('UPDATE runs SET mode = $1 WHERE id = $2', ['full', north().runId]);
    await expectNothingDone();
  });

  test('about ten thousand rows is read, and refused for rows that it is not about', async () => {
    const rows = Array.from({ length: 10_000 }, (_, n) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`);
    for (const [path, body] of paths()) {
      const answer = await api.post(path, { ...body, rows }, asNorth);
      expect([path, answer.body['detail']]).toEqual([path, expect.stringMatching(/^Some of the rows that were named/)]);
    }
    await expectNothingDone();
  });

  test('with more than its longest list of rows could need is refused unread', async () => {
    for (const [path, body] of paths())
      expect((await api.post(path, { ...body, rows: ['x'.repeat(600_000)] }, asNorth)).status).toBe(413);
  });

  async function expectNothingDone(): Promise<void> {
    expect(api.rung).toEqual([]);
    expect((await api.get('/runs', asNorth)).body['items']).toHaveLength(1);
    const hold = { state: 'open', rows: 1, digest };
    expect((await api.get(`/holds/${north().holdId}`, asNorth)).body).toMatchObject(hold);
    expect((await api.get(`/holds/${north().holdId}/decisions`, asNorth)).body['items']).toHaveLength(1);
  }
});

describe('marks of records', () => {
  const path = () => `/integrations/${api.tenants[0]!.integrationId}/dirty`;
  const one = { entity: 'users', externalId: 'a' };

  test.each<[string, unknown]>([
    ['nothing', {}],
    ['no record', { records: [] }],
    ['more than a thousand', { records: Array.from({ length: 1001 }, (_, n) => ({ ...one, externalId: `u${n}` })) }],
    ['an unknown kind', { records: [one, { ...one, entity: 'pupils' }] }],
    ['no id', { records: [one, { entity: 'users' }] }],
    ['an empty id', { records: [one, { ...one, externalId: '' }] }],
    ['an id of dots', { records: [one, { ...one, externalId: '..' }] }],
    ['an id with a NUL', { records: [one, { ...one, externalId: 'a\0' }] }],
    ['values of a record', { records: [{ ...one, givenName: 'Mira' }] }],
    ['a text', 'users:a'],
  ])('with %s are refused, and none is left behind', async (_, body) => {
    expect(await api.post(path(), body, asNorth)).toMatchObject({ status: 400, body: { code: 'invalid_input' } });
    expect(await api.database.sql(`SELECT FROM dirty_records WHERE trigger = 'api'`)).toEqual([]);
    expect(api.rung).toEqual([]);
  });
});

describe('a way to match', () => {
  const path = () => `/integrations/${api.tenants[0]!.integrationId}/matching`;
  const users = (rule: object) => ({ rules: { users: [{ name: 'x', fields: ['email'], score: 90, ...rule }] } });

  test.each<[string, unknown]>([
    ['without a reason', { settings: null }],
    ['that is missing', { reason: 'tried' }],
    ['that asks later than it believes', { reason: 'tried', settings: { askFrom: 90 } }],
    ['by a field that is none', { reason: 'tried', settings: users({ fields: ['shoe'] }) }],
    ['by nothing', { reason: 'tried', settings: users({ fields: [] }) }],
    ['with a score of 1,000', { reason: 'tried', settings: users({ score: 1000 }) }],
    ['for a role that is none', { reason: 'tried', settings: users({ roles: ['pupil'] }) }],
    ['with something else', { reason: 'tried', settings: { fuzzy: true } }],
  ])('%s is refused, and nothing is set', async (_, body) => {
    expect(await api.put(path(), body, asNorth)).toMatchObject({ status: 400, body: { code: 'invalid_input' } });
    expect(await api.database.sql(`SELECT FROM match_settings WHERE created_by <> 'test'`)).toEqual([]);
  });
});

describe('a strategy', () => {
  const path = () => `/integrations/${api.tenants[0]!.integrationId}/strategy`;

  test.each<[string, unknown]>([
    ['that is none', { strategy: 'fast' }],
    ['that is missing', {}],
    ['read in full every second', { strategy: 'full', fullEverySeconds: 1 }],
    ['read in full every year', { strategy: 'full', fullEverySeconds: 31_536_000 }],
    ['with something else', { strategy: 'full', settings: {} }],
  ])('%s is refused, and the configuration stays', async (_, body) => {
    expect(await api.put(path(), body, asNorth)).toMatchObject({ status: 400, body: { code: 'invalid_input' } });
    expect(await api.database.sql('SELECT FROM integration_configurations WHERE version > 1')).toEqual([]);
  });
});

test.each([{ endpoint: 'orgs/1' }, { endpoint: 7 }, { all: true }, 'orgs'])(
  'an order to forget %j is refused',
  async (body) => {
    const path = `/integrations/${api.tenants[0]!.integrationId}/cache/clear`;
    expect((await api.post(path, body, asNorth)).status).toBe(400);
    expect(await api.database.sql(`SELECT FROM cache_orders WHERE ordered_by = 'api'`)).toEqual([]);
  },
);

describe('a configuration', () => {
  const path = () => `/integrations/${api.tenants[0]!.integrationId}/configuration`;

  test.each<[string, unknown]>([
    ['without changes', {}],
    ['with a list', { changes: ['students'] }],
    ['with a text', { changes: 'students' }],
    ['with something else', { changes: {}, actor: 'the principal' }],
    ['with a dry run that is none', { changes: {}, dryRun: 'perhaps' }],
  ])('%s is refused, and the present one stays', async (_, body) => {
    expect((await api.put(path(), body, asNorth)).status).toBe(400);
    expect(await api.database.sql('SELECT FROM integration_configurations WHERE version > 1')).toEqual([]);
  });

  test('that is well-formed and not valid is refused as 422 with what is wrong with it', async () => {
    const { status, body } = await api.put(path(), { changes: { environment: 'home' } }, asNorth);
    expect([status, body['code']]).toEqual([422, 'invalid_configuration']);
    expect(body['detail']).toMatch(/one of sandbox, staging, production/);
    expect(await api.database.sql('SELECT FROM integration_configurations WHERE version > 1')).toEqual([]);
  });
});

describe('mappings', () => {
  const path = '/integrations/north%20source/mappings';
  const localId = '00000000-0000-7000-8000-000000000000';
  const reason = 'a test';

  test.each([
    ...[path, `${path}?entity=pupils`, `${path}?entity=users&state=gone`, `${path}?entity=users&limit=1001`],
    ...[
      `${path}/one?entity=users`,
      `${path}/one?entity=users&externalId=`,
      `${path}/one?entity=users&externalId=a%00b`,
    ],
    ...[
      `${path}/export?format=xml`,
      '/mappings/of?entity=users&localId=1',
      '/mappings/merges?entity=users',
      '/mappings/check?repair=1',
    ],
    ...['/mappings/sources?entity=users', `/mappings/sources?entity=users&localId=${localId}&values=true`],
    ...[`${path}/differing`, `${path}/differing?entity=users&after=`, `${path}/differing?entity=users&state=active`],
  ])('GET %s is refused', async (address) => {
    const { status, body } = await api.get(address, asNorth);
    expect([status, body['code']]).toEqual([400, 'invalid_input']);
  });

  test.each<[string, object]>([
    [`${path}/batch`, { entity: 'users', pairs: [], reason }],
    [
      `${path}/batch`,
      { entity: 'users', pairs: Array.from({ length: 1001 }, () => ({ externalId: 'a', localId })), reason },
    ],
    [`${path}/batch`, { entity: 'users', pairs: [{ externalId: 'a\0', localId }], reason }],
    [`${path}/look-up`, { entity: 'users', externalIds: Array.from({ length: 1001 }, () => 'a') }],
    [`${path}/unlink`, { entity: 'users', externalId: 'ext-teacher' }],
    [`${path}/warm`, { entity: 'pupils' }],
    ['/mappings/look-up', { entity: 'users', localIds: ['1'] }],
    ['/mappings/merges', { entity: 'users', winnerId: localId, loserId: localId, reason }],
    ['/mappings/merges/1/undo', { reason }],
    ['/mappings/repair', {}],
  ])('POST %s with what is not understood is refused', async (address, body) => {
    const answer = await api.post(address, body, asNorth);
    expect([answer.status, answer.body['code']]).toEqual([400, 'invalid_input']);
  });

  test('an If-Match that this API never gave is refused', async () => {
    const about = { entity: 'users', externalId: 'ext-teacher', reason };
    expect((await api.post(`${path}/unlink`, about, { ...asNorth, 'if-match': 'W/"x", "y"' })).status).toBe(400);
  });

  test('a file is refused that cannot be read, and one of another type; no other route takes files', async () => {
    const send = async (address: string, type: string, body: string) => {
      const headers = { ...asNorth, 'content-type': type };
      return (await fetch(`${api.url}/api/v1${address}`, { method: 'POST', headers, body })).status;
    };
    expect(await send(`${path}/import?reason=r`, 'text/csv', 'a,b\n1,2\n')).toBe(400);
    expect(await send(`${path}/import`, 'text/csv', `entity,externalId,localId\nusers,a,${localId}\n`)).toBe(400);
    expect(await send(`${path}/import?reason=r`, 'application/json', '{}')).toBe(415);
    expect(await send(`${path}/import?reason=r`, 'text/plain', 'a')).toBe(415);
    expect(await send('/runs', 'text/csv', 'integration')).toBe(415);
  });
});
