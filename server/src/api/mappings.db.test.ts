/** Mappings over the API: looked up, changed with the version that was seen, merged, carried in and out. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { apiUnderTest, type ApiUnderTest } from './testing/api-under-test.js';

let api: ApiUnderTest;
const district = () => api.tenants[0]!;
const asSouth = { 'x-rollcall-tenant': 'south' };

beforeAll(async () => {
  api = await apiUnderTest('api_mappings', ['south']);
});
afterAll(() => api.close());

describe('mappings', () => {
  const path = () => `/integrations/${district().integrationId}/mappings`;
  const one = (id: string) => `${path()}/one?entity=users&externalId=${encodeURIComponent(id)}`;
  const reason = 'a test';
  const send = async (type: string, body: string, query = '') => {
    const headers = { ...asSouth, 'content-type': type };
    const answer = await fetch(`${api.url}/api/v1${path()}/import?reason=test${query}`, {
      method: 'POST',
      headers,
      body,
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  test('are looked up in both directions, one by one and many at once, by any characters', async () => {
    const { status, headers, body } = await api.get(one('ext-teacher'), asSouth);
    expect([status, headers.get('etag')]).toEqual([200, body['etag']]);
    expect(body).toMatchObject({ localId: district().ids.teacher, state: 'active', version: 1 });
    const back = await api.get(`/mappings/of?entity=users&localId=${district().ids.teacher}`, asSouth);
    expect(back.body).toEqual({ localId: district().ids.teacher, mappings: [body] });
    const many = await api.post(
      `${path()}/look-up`,
      { entity: 'users', externalIds: ['ext-teacher', 'ä b/?&'] },
      asSouth,
    );
    expect(many.body['items']).toEqual([
      { externalId: 'ext-teacher', mapping: body },
      { externalId: 'ä b/?&', mapping: null },
    ]);
    const records = await api.post(
      '/mappings/look-up',
      { entity: 'users', localIds: [district().ids.teacher] },
      asSouth,
    );
    expect(records.body['items']).toEqual([back.body]);
  });

  test('are listed in the order of their external ids, and paged through', async () => {
    const ids: unknown[] = [];
    for (let after = ''; ;) {
      const { body } = await api.get(`${path()}?entity=users&limit=1&prefix=ext-${after}`, asSouth);
      ids.push(...(body['items'] as { externalId: string }[]).map(({ externalId }) => externalId));
      if (body['nextAfter'] === null) break;
      after = `&after=${body['nextAfter'] as string}`;
    }
    expect(ids).toEqual(['ext-student', 'ext-teacher']);
  });

  test('are unlinked and joined again with the ETag that was seen', async () => {
    const seen = (await api.get(one('ext-teacher'), asSouth)).headers.get('etag')!;
    const about = { entity: 'users', externalId: 'ext-teacher', reason };
    const parted = await api.post(`${path()}/unlink`, about, { ...asSouth, 'if-match': seen });
    expect(parted).toMatchObject({ status: 200, body: { state: 'unlinked', version: 2 } });
    const wanted = { localId: district().ids.teacher, reason };
    const joined = await api.put(one('ext-teacher'), wanted, { ...asSouth, 'if-match': parted.body['etag'] as string });
    expect(joined).toMatchObject({ status: 200, body: { state: 'active', version: 3 } });
    expect(joined.headers.get('etag')).toBe(joined.body['etag']);
  });

  test('of two records that are merged lead to one, until that is taken back', async () => {
    const pair = { entity: 'users', winnerId: district().ids.teacher, loserId: district().ids.student };
    const merged = await api.post('/mappings/merges', { ...pair, reason }, asSouth);
    expect(merged).toMatchObject({ status: 200, body: { links: 1, onlyTranslating: 1 } });
    expect((await api.get(one('ext-student'), asSouth)).body).toMatchObject({
      localId: pair.winnerId,
      state: 'merged',
    });
    const listed = await api.get(`/mappings/merges?entity=users&localId=${pair.loserId}`, asSouth);
    expect(listed.body['items']).toMatchObject([{ id: merged.body['mergeId'], winnerId: pair.winnerId, actor: 'api' }]);
    const undone = await api.post(`/mappings/merges/${merged.body['mergeId'] as string}/undo`, { reason }, asSouth);
    expect(undone).toMatchObject({ status: 200, body: { links: 1, changedSince: 0 } });
  });

  test('are made in batches and by import, exported, checked, mended and warmed', async () => {
    const batch = { entity: 'classes', pairs: [{ externalId: '=c', localId: district().ids.class }], reason };
    expect((await api.post(`${path()}/batch`, batch, asSouth)).body['items']).toMatchObject([{ outcome: 'created' }]);
    const csv = `entity,externalId,localId\ncourses,c1,${district().ids.course}\ncourses,c2,nobody\n`;
    expect(await send('text/csv', csv)).toMatchObject({ status: 200, body: { committed: false, refused: 1 } });
    expect(await send('text/csv', csv, '&mode=skip-bad')).toMatchObject({
      body: { committed: true, created: 1, items: [{ row: 2, outcome: 'bad_local_id' }] },
    });
    const line = JSON.stringify({ entity: 'courses', externalId: 'c1', localId: district().ids.course });
    expect(await send('application/x-ndjson', line)).toMatchObject({ body: { unchanged: 1 } });
    const out = await api.get(`${path()}/export`, asSouth);
    expect([out.status, out.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
    expect(out.text).toContain(`classes,'=c,${district().ids.class},active,1\r\n`);
    expect((await api.get('/mappings/check', asSouth)).body).toMatchObject({ faults: 0 });
    const repair = await api.post('/mappings/repair', { reason, integration: district().integration }, asSouth);
    expect(repair).toMatchObject({ status: 200, body: { mended: 0 } });
    expect((await api.post(`${path()}/warm`, { entity: 'users' }, asSouth)).body).toEqual({ warmed: 2 });
  });
});
