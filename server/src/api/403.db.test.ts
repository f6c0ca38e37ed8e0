/** Status 403: until there is sign-in, only this machine may ask, by its own name and not through a page of another site. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { apiUnderTest, rawGet, type ApiUnderTest } from './testing/api-under-test.js';

let api: ApiUnderTest;

beforeAll(async () => {
  api = await apiUnderTest('api_403');
});
afterAll(() => api.close());

const refusedHosts = [
  'evil.example',
  'evil.example:80',
  '127.0.0.1.evil.example',
  'localhost.evil.example',
  'user@127.0.0.1',
  '0.0.0.0',
  '',
];

test.each(refusedHosts)('the host %p is refused, as when a page rebinds its name to this machine', async (host) => {
  const { status, type, text } = await rawGet(`${api.url}/api/v1/users`, { host });
  expect([status, type]).toEqual([403, 'application/problem+json; charset=utf-8']);
  expect(JSON.parse(text)).toMatchObject({ code: 'local_only', status: 403, instance: '/api/v1/users' });
});

test.each(['/api/docs', '/api/openapi.json', '/api/v1/health/live', '/api/v1/metrics', '/nowhere'])(
  'a foreign host is refused at %s too',
  async (path) => {
    expect((await rawGet(api.url + path, { host: 'evil.example' })).status).toBe(403);
  },
);

test.each(['localhost', 'localhost:8080', '127.0.0.1:1', '[::1]:8080', 'LOCALHOST'])(
  'the host %s is let in',
  async (host) => {
    expect((await rawGet(`${api.url}/api/v1/health/live`, { host })).status).toBe(200);
  },
);

test.each(['https://evil.example', 'null', 'http://127.0.0.1.evil.example'])(
  'a request that a page of %s sends changes nothing',
  async (origin) => {
    const { status } = await api.post('/runs', { integration: api.tenants[0]!.integration }, { origin });
    expect(status).toBe(403);
    expect(api.rung).toEqual([]);
  },
);

test('a page that this machine serves may ask', async () => {
  const { status } = await api.get('/runs', { origin: api.url });
  expect(status).toBe(200);
});
