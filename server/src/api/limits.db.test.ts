/** Limits over HTTP: set, listed, changed, removed and explained for one tenant; what makes no sense is refused with its reason. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { apiUnderTest, type Answer, type ApiUnderTest } from './testing/api-under-test.js';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await apiUnderTest('api_limits', ['north', 'south']);
});
afterAll(() => api.close());

const north = () => api.tenants[0]!;
const south = () => api.tenants[1]!;
const as = (tenant: string) => ({ 'x-rollcall-tenant': tenant });
const nobody = '00000000-0000-7000-8000-000000000000';
const send = async (method: string, path: string, body?: unknown, tenant = 'north'): Promise<Answer> => {
  const json = body === undefined ? {} : { body: JSON.stringify(body) };
  const headers = { ...as(tenant), ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  const response = await fetch(`${api.url}/api/v1${path}`, { method, headers, ...json });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as Answer['body'] };
};
const items = async (path: string) => (await api.get(path, as('north'))).body['items'] as { id: string }[];
const limit = { entity: 'classes', operation: 'update', share: 0.25, rows: 40, reason: 'new timetable' };
const audits = (action: string) =>
  api.database.sql('SELECT actor, details FROM integration_audit_logs WHERE action = $1', [action]);

describe('a limit', () => {
  it('is set, found, replaced by one for the same scope, changed and removed, each with its trail', async () => {
    const set = await send('POST', '/limits', { ...limit, school: 'north School', integration: north().integration });
    expect(set).toMatchObject({
      status: 201,
      body: { ...limit, school: 'north School', createdBy: 'api', removedAt: null },
    });
    const id = set.body['id'] as string;
    expect((await api.get(`/limits/${id}`, as('north'))).body).toEqual(set.body);
    const scope = { school: north().ids.school, integration: north().integrationId };
    const again = await send('POST', '/limits', { ...limit, ...scope, rows: 50 });
    expect((await items('/limits')).map((item) => item.id)).not.toContain(id);
    const changed = await send('PUT', `/limits/${again.body['id'] as string}`, {
      share: 0.5,
      rows: 60,
      reason: 'more room',
    });
    expect(changed).toMatchObject({
      status: 200,
      body: { entity: 'classes', share: 0.5, rows: 60, school: 'north School' },
    });
    const last = changed.body['id'] as string;
    expect((await send('DELETE', `/limits/${last}?reason=no+more`)).body).toMatchObject({ id: last });
    expect((await items('/limits')).map((item) => item.id)).not.toContain(last);
    expect((await items('/limits?removed=true')).map((item) => item.id)).toEqual(expect.arrayContaining([id, last]));
    expect(await audits('limit.set')).toHaveLength(3);
    expect(await audits('limit.removed')).toEqual([{ actor: 'api', details: { rule: last, reason: 'no more' } }]);
    expect(await send('DELETE', `/limits/${last}?reason=again`)).toMatchObject({ status: 404 });
    expect(await send('PUT', `/limits/${last}`, { share: 0.5, rows: 60, reason: 'more' })).toMatchObject({
      status: 404,
    });
  });

  it.each([
    ['a share above one', { share: 1.5 }, 400, /share/],
    ['no share', { share: undefined }, 400, /share/],
    ['no rows', { rows: 0 }, 400, /rows/],
    ['half a row', { rows: 1.5 }, 400, /rows/],
    ['no reason', { reason: ' ' }, 400, /reason/],
    ['an unknown entity', { entity: 'pupils' }, 400, /entity/],
    ['an unknown operation', { operation: 'delete' }, 400, /operation/],
    ['an unknown season', { season: 'summer' }, 400, /season/],
    ['an unknown field', { colour: 'red' }, 400, /colour/],
    ['an integration that is not there', { integration: 'nowhere' }, 404, /no integration named nowhere/],
    ['a school that is not there', { school: nobody }, 404, /no school named/],
    ['a school of another tenant', { school: 'south School' }, 404, /no school named/],
  ])('with %s is refused and changes nothing', async (_, change, status, sentence) => {
    const before = await items('/limits?removed=true');
    const answer = await send('POST', '/limits', { ...limit, ...change });
    expect([answer.status, answer.body['detail']]).toEqual([status, expect.stringMatching(sentence)]);
    expect(await items('/limits?removed=true')).toEqual(before);
  });

  it('of another tenant is not there, to look at or to take away', async () => {
    const [theirs] = await api.database.sql<{ id: string }>('SELECT id FROM limit_rules WHERE tenant_id = $1', [
      south().tenantId,
    ]);
    const numbers = { share: 0.5, rows: 60, reason: 'curious' };
    for (const id of [theirs!.id, nobody]) {
      expect((await api.get(`/limits/${id}`, as('north'))).status).toBe(404);
      expect((await send('PUT', `/limits/${id}`, numbers)).status).toBe(404);
      expect((await send('DELETE', `/limits/${id}?reason=curious`)).status).toBe(404);
    }
    expect((await send('DELETE', `/limits/${theirs!.id}`)).status).toBe(400);
    expect((await api.get(`/limits/${theirs!.id}`, as('south'))).body).toMatchObject({ removedAt: null });
  });

  it('that decided in a run is shown with it, for the tenant’s own runs only', async () => {
    const path = `/runs/${north().runId}/limits`;
    const { status, body } = await api.get(path, as('north'));
    expect([status, body['nextOffset']]).toEqual([200, null]);
    expect(body['items']).toMatchObject([
      {
        entity: 'users',
        scope: 'north School',
        rows: 1,
        active: 2,
        share: 0.5,
        verdict: 'held',
        from: expect.stringContaining('a small school'),
      },
    ]);
    expect((await api.get(`${path}?verdict=passed`, as('north'))).body['items']).toEqual([]);
    expect((await api.get(`${path}?verdict=maybe`, as('north'))).status).toBe(400);
    for (const id of [south().runId, nobody])
      expect((await api.get(`/runs/${id}/limits`, as('north'))).status).toBe(404);
  });
});

describe('the calendar', () => {
  const spring = {
    name: 'Spring',
    kind: 'term_start',
    startsOn: '2027-01-04',
    endsOn: '2027-01-24',
    reason: 'as agreed',
  };

  it('takes a season and lets it go, each with its trail', async () => {
    const added = await send('POST', '/term-calendar', {
      ...spring,
      school: 'north School',
      timeZone: 'America/Chicago',
    });
    expect(added).toMatchObject({
      status: 201,
      body: { name: 'Spring', school: 'north School', timeZone: 'America/Chicago' },
    });
    const id = added.body['id'] as string;
    expect(await items('/term-calendar')).toContainEqual(added.body);
    expect((await send('DELETE', `/term-calendar/${id}?reason=wrong`)).status).toBe(200);
    expect((await send('DELETE', `/term-calendar/${id}?reason=wrong`)).status).toBe(404);
    expect(await audits('calendar.entry-added')).toHaveLength(1);
    expect(await audits('calendar.entry-removed')).toHaveLength(1);
  });

  it('suggests what the roster’s sessions say', async () => {
    const suggested = await items('/term-calendar/suggestions');
    expect(suggested).toMatchObject([{ kind: 'term_start', startsOn: '2026-07-25' }, { kind: 'term_end' }]);
  });

  it.each([
    ['days the wrong way round', { endsOn: '2027-01-03' }, 400, /must not lie before/],
    ['a day that never comes', { startsOn: '2027-02-30' }, 400, /startsOn/],
    ['a season of years', { endsOn: '2029-01-04' }, 400, /a year at most/],
    ['an unknown kind', { kind: 'summer' }, 400, /kind/],
    ['an unknown time zone', { timeZone: 'Mars/Base' }, 400, /no time zone/],
    ['no name', { name: ' ' }, 400, /name/],
    ['a school that is not there', { school: 'nowhere' }, 404, /no school named/],
  ])('refuses %s and stays as it was', async (_, change, status, sentence) => {
    const before = await items('/term-calendar');
    const answer = await send('POST', '/term-calendar', { ...spring, ...change });
    expect([answer.status, answer.body['detail']]).toEqual([status, expect.stringMatching(sentence)]);
    expect(await items('/term-calendar')).toEqual(before);
  });
});
