/** Status 409: a decision about what has moved since, or while a run is under way, is refused with what to do, and changes nothing. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { SeededTenant } from '../store/testing/seed-tenant.js';
import { apiUnderTest, type ApiUnderTest } from './testing/api-under-test.js';

let api: ApiUnderTest;
const reason = 'the school has closed';
const digest = 'd'.repeat(64);

beforeAll(async () => {
  api = await apiUnderTest('api_409', ['north', 'south', 'east']);
});
beforeEach(() => {
  api.rung.length = 0;
});
afterAll(() => api.close());

const as = (name: string) => ({ 'x-rollcall-tenant': name });
const decide = (name: string, tenant: SeededTenant, verb: string, seen = digest) =>
  api.post(`/holds/${tenant.holdId}/${verb}`, { digest: seen, reason }, as(name));

test.each(['approve', 'decline'])(
  'to %s a hold that has moved is refused, with the digest that it has by now',
  async (verb) => {
    const north = api.tenants[0]!;
    const { status, headers, body } = await decide('north', north, verb, 'e'.repeat(64));
    expect(status).toBe(409);
    expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(body).toMatchObject({
      code: 'stale_decision',
      detail: expect.stringMatching(/has 1 rows by now and digest dddddddddddd…/),
      nextStep: expect.stringMatching(/Look at it again/),
    });
    expect((await api.get(`/holds/${north.holdId}`, as('north'))).body).toMatchObject({ state: 'open', digest });
    expect((await api.get('/runs', as('north'))).body['items']).toHaveLength(1);
    expect(api.rung).toEqual([]);
  },
);

test('a hold is decided once', async () => {
  const south = api.tenants[1]!;
  expect((await decide('south', south, 'decline')).status).toBe(200);
  for (const verb of ['approve', 'decline'])
    expect(await decide('south', south, verb)).toMatchObject({ status: 409, body: { code: 'stale_decision' } });
  expect((await api.get(`/holds/${south.holdId}/decisions`, as('south'))).body['items']).toHaveLength(2);
});

describe('while a run of the integration is under way', () => {
  let under: string;
  const east = () => api.tenants[2]!;

  beforeAll(async () => {
    under = (await decide('east', east(), 'approve')).body['runId'] as string;
  });

  test.each(['approve', 'decline'])('to %s its holds is refused, naming the run', async (verb) => {
    const { status, body } = await decide('east', east(), verb);
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'busy', detail: expect.stringContaining(under), nextStep: expect.any(String) });
    expect(api.rung).toEqual([]);
  });

  test('none of its runs is undone', async () => {
    for (const id of [east().runId, under]) {
      const { status, body } = await api.post(`/runs/${id}/undo`, { reason }, as('east'));
      expect([status, body['code']]).toEqual([409, 'busy']);
    }
    expect((await api.get('/runs', as('east'))).body['items']).toHaveLength(2);
  });

  test('asking twice at the same time is done once', async () => {
    await api.database.sql(`UPDATE runs SET state = 'cancelled' WHERE id = $1`, [under]);
    const answers = await Promise.all([1, 2, 3].map(() => decide('east', east(), 'approve')));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([202, 409, 409]);
    expect(api.rung).toHaveLength(1);
  });
});

describe('a dead letter', () => {
  const south = () => api.tenants[1]!;
  const post = (verb: string, body: object = {}) => {
    const path = `/integrations/${south().integrationId}/dead-letters`;
    return api.post(
      `${path}/${verb === 'replay' ? verb : `${south().letterId}/${verb}`}`,
      { reason, ...body },
      as('south'),
    );
  };
  const letters = () => ({ letters: [south().letterId] });
  const fields = { familyName: 'Reed' };

  test('is not tried again while another run is under way', async () => {
    const { body: run } = await api.post('/runs', { integration: south().integrationId, mode: 'plan' }, as('south'));
    api.rung.length = 0;
    for (const [verb, body] of [
      ['replay', letters()],
      ['edit', { fields }],
    ] as const) {
      const { status, body: problem } = await post(verb, body);
      expect([status, problem['code'], problem['detail']]).toEqual([
        ...[409, 'busy'],
        expect.stringContaining(run['runId'] as string),
      ]);
    }
    expect(api.rung).toEqual([]);
    await api.post(`/runs/${run['runId'] as string}/cancel`, {}, as('south'));
  });

  test('of which no correction is in force has none to be taken back', async () => {
    expect(await post('revert')).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
  });

  test('that was discarded is settled: nothing more is done about it', async () => {
    expect((await post('discard')).status).toBe(200);
    for (const [verb, body] of [
      ['discard', {}],
      ['replay', letters()],
      ['edit', { fields }],
    ] as const)
      expect([verb, await post(verb, body)]).toMatchObject([verb, { status: 409, body: { code: 'wrong_state' } }]);
  });

  test('of a decision is not tried again: the decision is made anew', async () => {
    await api.database.sql(`UPDATE dead_letters SET state = 'open', kind = 'decision' WHERE id = $1`, [
      south().letterId,
    ]);
    expect(await post('replay', letters())).toMatchObject({
      status: 409,
      body: { code: 'wrong_state', detail: expect.stringContaining('decide anew') },
    });
    expect(await post('edit', { fields })).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
  });
});

describe('a mapping', () => {
  const south = () => api.tenants[1]!;
  const path = () => `/integrations/${south().integrationId}/mappings`;
  const put = (id: string, localId: string, headers = {}) =>
    api.put(`${path()}/one?entity=users&externalId=${id}`, { localId, reason }, { ...as('south'), ...headers });

  test('is not made over another, nor a second one for a record', async () => {
    for (const [id, localId] of [
      ['ext-teacher', south().ids.student],
      ['second', south().ids.teacher],
    ] as const)
      expect(await put(id, localId)).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
  });

  test('that has changed since it was seen is answered with 412 and what is there by now', async () => {
    const seen = (await put('ext-teacher', south().ids.teacher)).headers.get('etag')!;
    const about = { entity: 'users', externalId: 'ext-teacher', reason };
    expect((await api.post(`${path()}/unlink`, about, { ...as('south'), 'if-match': seen })).status).toBe(200);
    const stale = [
      await api.post(`${path()}/unlink`, about, { ...as('south'), 'if-match': seen }),
      await put('ext-teacher', south().ids.teacher, { 'if-match': seen }),
    ];
    for (const answer of stale)
      expect(answer).toMatchObject({
        status: 412,
        body: { code: 'stale_decision', detail: expect.stringContaining('is unlinked') },
      });
    expect((await put('ext-teacher', south().ids.teacher, { 'if-match': '*' })).body).toMatchObject({
      state: 'active',
    });
  });

  test('is not changed in any way while a run is under way', async () => {
    const { body: run } = await api.post('/runs', { integration: south().integrationId, mode: 'plan' }, as('south'));
    const about = { entity: 'users', externalId: 'ext-teacher', reason };
    const pair = { entity: 'users', winnerId: south().ids.teacher, loserId: south().ids.student, reason };
    const pairs = [{ externalId: 'x', localId: south().ids.teacher }];
    const answers = [
      await api.post(`${path()}/unlink`, about, as('south')),
      await put('x', south().ids.teacher),
      await api.post(`${path()}/batch`, { entity: 'users', pairs, reason }, as('south')),
      await api.post('/mappings/merges', pair, as('south')),
      await api.post('/mappings/repair', { reason }, as('south')),
      await api.put(`/integrations/${south().integrationId}/rank`, { rank: 2, reason }, as('south')),
    ];
    for (const answer of answers) expect(answer).toMatchObject({ status: 409, body: { code: 'busy' } });
    const headers = { ...as('south'), 'content-type': 'text/csv' };
    const body = 'entity,externalId,localId\n';
    const imported = await fetch(`${api.url}/api/v1${path()}/import?reason=r`, { method: 'POST', headers, body });
    expect(imported.status).toBe(409);
    await api.post(`/runs/${run['runId'] as string}/cancel`, {}, as('south'));
  });
});
