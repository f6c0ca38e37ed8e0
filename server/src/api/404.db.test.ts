/** Status 404: what is not there and what belongs to another tenant look the same. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { entityNames } from '@rollcall/core';
import { apiUnderTest, type ApiUnderTest } from './testing/api-under-test.js';

let api: ApiUnderTest;

beforeAll(async () => {
  api = await apiUnderTest('api_404', ['north', 'south']);
});
afterAll(() => api.close());

const asNorth = { 'x-rollcall-tenant': 'north' };
const nobody = '00000000-0000-7000-8000-000000000000';

const foreign: [string, () => string][] = [
  ['runs', () => api.tenants[1]!.runId],
  ['holds', () => api.tenants[1]!.holdId],
  ['orgs', () => api.tenants[1]!.ids.school],
  ['academicSessions', () => api.tenants[1]!.ids.session],
  ['courses', () => api.tenants[1]!.ids.course],
  ['users', () => api.tenants[1]!.ids.student],
  ['classes', () => api.tenants[1]!.ids.class],
  ['enrollments', () => api.tenants[1]!.ids.enrollment],
];

test('every roster entity is looked at here', () => {
  expect(foreign.map(([noun]) => noun)).toEqual(expect.arrayContaining([...entityNames]));
});

test.each(foreign)('one of another tenant’s %s is answered exactly as one that does not exist', async (noun, id) => {
  const theirs = await api.get(`/${noun}/${id()}`, asNorth);
  const nothing = await api.get(`/${noun}/${nobody}`, asNorth);
  expect([theirs.status, nothing.status]).toEqual([404, 404]);
  expect(theirs.text.replace(id(), nobody)).toBe(nothing.text);
  expect((await api.get(`/${noun}/${id()}`, { 'x-rollcall-tenant': 'south' })).status).toBe(200);
});

test('a school of another tenant, or a run of it, is none to export by', async () => {
  const { ids, runId } = api.tenants[1]!;
  for (const query of [`school=${ids.school}`, `since=${runId}`])
    expect([query, (await api.get(`/export.zip?${query}`, asNorth)).status]).toEqual([query, 404]);
});

test('the rows of another tenant’s hold are not shown', async () => {
  expect((await api.get(`/holds/${api.tenants[1]!.holdId}/rows`, asNorth)).status).toBe(404);
});

test('what was decided of another tenant’s hold, and what its runs did, is not shown', async () => {
  const { holdId, runId } = api.tenants[1]!;
  for (const path of [`/holds/${holdId}/decisions`, `/runs/${runId}/changes`, `/runs/${runId}/timeline`])
    expect([path, (await api.get(path, asNorth)).status]).toEqual([path, 404]);
});

test('nothing of another tenant can be decided, and nothing that does not exist', async () => {
  const { holdId, runId } = api.tenants[1]!;
  const reason = 'curiosity';
  const about = { reason, digest: 'd'.repeat(64) };
  for (const id of [holdId, nobody])
    for (const verb of ['approve', 'decline'])
      expect((await api.post(`/holds/${id}/${verb}`, about, asNorth)).status).toBe(404);
  for (const id of [runId, nobody]) expect((await api.post(`/runs/${id}/undo`, { reason }, asNorth)).status).toBe(404);
  expect((await api.get(`/holds/${holdId}`, { 'x-rollcall-tenant': 'south' })).body).toMatchObject({ state: 'open' });
  expect(api.rung).toEqual([]);
});

test('dead letters of another tenant, or of another integration, are neither shown nor settled', async () => {
  const [ours, theirs] = [api.tenants[0]!, api.tenants[1]!];
  const reason = 'curiosity';
  for (const integration of [ours.integrationId, theirs.integrationId, nobody])
    for (const id of [theirs.letterId, nobody]) {
      const path = `/integrations/${integration}/dead-letters`;
      expect([path, (await api.get(`${path}/${id}`, asNorth)).status]).toEqual([path, 404]);
      for (const [verb, body] of [
        ['replay', { letters: [id] }],
        [`${id}/edit`, { fields: { familyName: 'Reed' } }],
        [`${id}/revert`, {}],
        [`${id}/discard`, {}],
      ] as const)
        expect([verb, (await api.post(`${path}/${verb}`, { ...body, reason }, asNorth)).status]).toEqual([verb, 404]);
    }
  expect((await api.get(`/integrations/${theirs.integrationId}/dead-letters`, asNorth)).status).toBe(404);
  expect(await api.database.sql(`SELECT FROM dead_letters WHERE state <> 'open'`)).toEqual([]);
  expect(api.rung).toEqual([]);
});

test('an integration of another tenant cannot be looked at or run', async () => {
  const id = api.tenants[1]!.integrationId;
  for (const part of ['', '/history', '/usage', '/alerts'])
    expect((await api.get(`/integrations/${id}/health${part}`, asNorth)).status).toBe(404);
  expect((await api.post(`/integrations/${id}/health/check`, {}, asNorth)).status).toBe(404);
  expect((await api.get(`/integrations/${id}/cache`, asNorth)).status).toBe(404);
  expect((await api.post(`/integrations/${id}/cache/clear`, {}, asNorth)).status).toBe(404);
  expect((await api.put(`/integrations/${id}/configuration`, { changes: {} }, asNorth)).status).toBe(404);
  expect((await api.get(`/runs?integration=${id}`, asNorth)).status).toBe(404);
  expect((await api.post('/runs', { integration: id }, asNorth)).status).toBe(404);
  const records = [{ entity: 'users', externalId: 'ext-student' }];
  expect((await api.post(`/integrations/${id}/dirty`, { records }, asNorth)).status).toBe(404);
  expect((await api.get(`/integrations/${id}/matching`, asNorth)).status).toBe(404);
  const matching = { settings: null, reason: 'tried' };
  expect((await api.put(`/integrations/${id}/matching`, matching, asNorth)).status).toBe(404);
  expect((await api.put(`/integrations/${id}/strategy`, { strategy: 'real-time' }, asNorth)).status).toBe(404);
  expect((await api.put(`/integrations/${id}/rank`, { rank: 2, reason: 'tried' }, asNorth)).status).toBe(404);
  expect(api.rung).toEqual([]);
});

test('a tenant that does not exist has nothing', async () => {
  const { status, body } = await api.get('/runs', { 'x-rollcall-tenant': 'east' });
  expect([status, body['code']]).toEqual([404, 'not_found']);
});

test.each(['/nowhere', '/runs/', '/users/1/2', '/../etc/passwd'])(
  'the address %s is a problem in JSON',
  async (path) => {
    const { status, headers, body } = await api.get(path, asNorth);
    expect([status, headers.get('content-type')]).toEqual([404, 'application/problem+json; charset=utf-8']);
    expect(body).toMatchObject({ code: 'not_found', nextStep: expect.any(String) });
  },
);

test('a method that an address does not have is not found', async () => {
  const response = await fetch(`${api.url}/api/v1/runs`, { method: 'DELETE', headers: asNorth });
  expect(response.status).toBe(404);
});

test('mappings of another tenant, or that do not exist, are neither shown nor changed', async () => {
  const [ours, theirs] = [api.tenants[0]!, api.tenants[1]!];
  const before = await api.database.sql('SELECT * FROM external_system_mappings ORDER BY local_id');
  const reason = 'curiosity';
  const about = { entity: 'users', externalId: 'ext-teacher' };
  const path = `/integrations/${theirs.integrationId}/mappings`;
  const one = 'one?entity=users&externalId=ext-teacher';
  for (const address of [
    path + '?entity=users',
    `${path}/${one}`,
    `${path}/export`,
    `${path}/differing?entity=users`,
    `/mappings/sources?entity=users&localId=${theirs.ids.teacher}`,
    `/mappings/check?integration=${theirs.integrationId}`,
  ])
    expect([address, (await api.get(address, asNorth)).status]).toEqual([address, 404]);
  const posts: [string, object][] = [
    [`${path}/look-up`, { entity: 'users', externalIds: ['ext-teacher'] }],
    [`${path}/unlink`, { ...about, reason }],
    [`${path}/batch`, { entity: 'users', pairs: [{ externalId: 'x', localId: theirs.ids.teacher }], reason }],
    [`${path}/warm`, { entity: 'users' }],
    ['/mappings/repair', { integration: theirs.integrationId, reason }],
    ['/mappings/merges', { entity: 'users', winnerId: theirs.ids.teacher, loserId: theirs.ids.student, reason }],
    [`/mappings/merges/${nobody}/undo`, { reason }],
  ];
  for (const [address, body] of posts)
    expect([address, (await api.post(address, body, asNorth)).status]).toEqual([address, 404]);
  const put = (key: string, localId: string) =>
    api.put(
      `/integrations/${ours.integrationId}/mappings/one?entity=users&externalId=${key}`,
      { localId, reason },
      asNorth,
    );
  expect((await put('new', theirs.ids.teacher)).status).toBe(404);
  expect((await put('new', nobody)).status).toBe(404);
  const headers = { ...asNorth, 'content-type': 'text/csv' };
  const imported = await fetch(`${api.url}/api/v1${path}/import?reason=r`, { method: 'POST', headers, body: 'entity' });
  expect(imported.status).toBe(404);
  expect((await api.get(`/mappings/of?entity=users&localId=${theirs.ids.teacher}`, asNorth)).body['mappings']).toEqual(
    [],
  );
  expect((await api.get(`/mappings/merges?entity=users&localId=${theirs.ids.teacher}`, asNorth)).body['items']).toEqual(
    [],
  );
  const own = `/integrations/${ours.integrationId}/mappings/one?entity=users&externalId=nobody`;
  expect((await api.get(own, asNorth)).status).toBe(404);
  expect(await api.database.sql('SELECT * FROM external_system_mappings ORDER BY local_id')).toEqual(before);
});
