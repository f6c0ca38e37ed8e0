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
