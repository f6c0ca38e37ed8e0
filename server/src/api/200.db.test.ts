/** Status 200: what reading the API answers, and that it answers for one tenant. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { entityNames } from '@rollcall/core';
import { apiUnderTest, type ApiUnderTest } from './testing/api-under-test.js';

let api: ApiUnderTest;
const north = () => api.tenants[0]!;
const south = () => api.tenants[1]!;
const asNorth = { 'x-rollcall-tenant': 'north' };

beforeAll(async () => {
  api = await apiUnderTest('api_200', ['north', 'south']);
});
afterAll(() => api.close());

describe('health', () => {
  test('the process lives', async () => {
    expect(await api.get('/health/live')).toMatchObject({ status: 200, body: { status: 'live' } });
  });

  test('it is ready when the database has this version’s schema, and says that it serves this machine only', async () => {
    const { status, body } = await api.get('/health/ready');
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'ready', access: expect.stringContaining('Loopback only') });
  });
});

describe('runs', () => {
  test('are listed with their integration, the latest first', async () => {
    const { status, body } = await api.get('/runs', asNorth);
    expect(status).toBe(200);
    expect(body).toEqual({
      items: [
        expect.objectContaining({ id: north().runId, integration: 'north source', state: 'completed_with_holds' }),
      ],
      nextOffset: null,
    });
  });

  test.each(['name', 'id'])('are narrowed to an integration by its %s', async (by) => {
    const key = by === 'name' ? north().integration : north().integrationId;
    const { body } = await api.get(`/runs?integration=${encodeURIComponent(key)}`, asNorth);
    expect(body['items']).toHaveLength(1);
  });

  test('show their report in core’s shape', async () => {
    const { status, body } = await api.get(`/runs/${north().runId}`, asNorth);
    expect(status).toBe(200);
    expect(Object.keys(body['entities'] as object)).toEqual(entityNames);
    expect(body).toMatchObject({
      run: { id: north().runId, mode: 'full', integration: 'north source', attempt: 1 },
      seconds: 2,
      holds: [{ id: north().holdId, rows: 1 }],
      rejects: [{ entity: 'users', code: 'missing' }],
    });
  });
});

describe('the timeline of a run', () => {
  test('tells in order and in words what happened, at which step, and how long it took', async () => {
    const { status, body } = await api.get(`/runs/${north().runId}/timeline`, asNorth);
    expect(status).toBe(200);
    expect(body).toMatchObject({ run: { id: north().runId, state: 'completed_with_holds' } });
    expect(body['lines']).toEqual([
      expect.objectContaining({ kind: 'run.requested', step: 'queued', text: 'asked for: a full sync (manual)' }),
      expect.objectContaining({ kind: 'attempt.started', attempt: 1, text: 'a worker took it up after 1 s' }),
      expect.objectContaining({ kind: 'step.begun', step: 'fetching', seconds: 1, figures: { step: 'fetching' } }),
      expect.objectContaining({ at: '2026-11-20T08:00:03.000Z', seconds: 2, text: 'completed with holds' }),
    ]);
  });
});

describe('holds', () => {
  test('are listed, and found one by one', async () => {
    const { body } = await api.get('/holds?state=open', asNorth);
    expect(body).toMatchObject({ items: [{ id: north().holdId, scope: 'north School', rows: 1 }], nextOffset: null });
    expect(await api.get(`/holds/${north().holdId}`, asNorth)).toMatchObject({ status: 200, body: { state: 'open' } });
    expect((await api.get('/holds?state=closed', asNorth)).body).toEqual({ items: [], nextOffset: null });
  });

  test('show the rows that they keep back', async () => {
    const { body } = await api.get(`/holds/${north().holdId}/rows`, asNorth);
    expect(body['items']).toEqual([
      expect.objectContaining({
        localId: north().ids.student,
        externalId: 'ext-student',
        operation: 'deactivate',
        absent: true,
      }),
    ]);
  });
});

describe('the plan of a run', () => {
  test('is shown row by row with what became of each, by the names of fields alone', async () => {
    const { status, body, text } = await api.get(`/runs/${north().runId}/changes?state=applied`, asNorth);
    expect(status).toBe(200);
    expect(body).toEqual({
      items: [
        {
          ...{ entity: 'users', localId: north().ids.teacher, externalId: 'ext-teacher', operation: 'update' },
          formerly: null,
          ...{
            state: 'applied',
            absent: false,
            holdId: null,
            reason: null,
            fields: ['phone'],
            before: null,
            after: null,
          },
        },
      ],
      nextAfter: null,
    });
    expect(text).not.toContain('555-0101');
  });

  test('shows values to those who ask for them, and the log says how many people were shown', async () => {
    api.logged.length = 0;
    const { body } = await api.get(`/runs/${north().runId}/changes?operation=update&values=true`, asNorth);
    expect(body['items']).toMatchObject([{ before: { phone: null }, after: { phone: '555-0101' } }]);
    const fields = expect.objectContaining({ route: 'listRunChanges', records: 1 });
    expect(api.logged).toEqual([{ event: 'people.shown', fields }]);
    expect(JSON.stringify(api.logged)).not.toContain('555-0101');
  });

  test('pages through with limit and nextAfter', async () => {
    const path = `/runs/${north().runId}/changes?limit=1`;
    const first = await api.get(path, asNorth);
    const second = await api.get(`${path}&after=${first.body['nextAfter'] as string}`, asNorth);
    const shown = [first, second].flatMap(({ body }) => (body['items'] as { state: string }[]).map((c) => c.state));
    expect(shown.toSorted()).toEqual(['applied', 'held']);
    expect(second.body['nextAfter']).toBeNull();
  });
});

describe('declining a hold', () => {
  const asSouth = { 'x-rollcall-tenant': 'south' };

  test('takes effect at once, and stays on record with its actor, whatever a header claims', async () => {
    const path = `/holds/${south().holdId}`;
    const { digest } = (await api.get(path, asSouth)).body;
    const wanted = { digest, reason: ' the school stays open ', rows: [south().ids.student] };
    const declined = await api.post(`${path}/decline`, wanted, { ...asSouth, 'x-rollcall-actor': 'the principal' });
    expect(declined).toMatchObject({ status: 200, body: { declined: 1 } });
    expect((await api.get(path, asSouth)).body).toMatchObject({ state: 'closed', closedReason: 'declined' });
    expect((await api.get(`${path}/rows`, asSouth)).body['items']).toEqual([]);
    const { body } = await api.get(`${path}/decisions`, asSouth);
    const made = { decision: 'declined', digest, rows: 1, actor: 'api', reason: 'the school stays open', runId: null };
    expect(body).toMatchObject({ items: [made, { actor: 'Ada Quill' }], nextOffset: null });
    expect(api.rung).toEqual([]);
  });

  test('leaves other tenants’ holds alone', async () => {
    expect((await api.get(`/holds/${north().holdId}`, asNorth)).body).toMatchObject({ state: 'open' });
    const { body } = await api.get(`/holds/${north().holdId}/decisions?limit=1`, asNorth);
    expect(body).toMatchObject({ items: [{ reason: 'the school has closed' }], nextOffset: null });
  });
});

describe('integrations', () => {
  test('are listed without their settings, which name secrets', async () => {
    const { body } = await api.get('/integrations', asNorth);
    expect(body['items']).toEqual([expect.objectContaining({ name: 'north source', kind: 'mock', state: 'active' })]);
    expect(JSON.stringify(body)).not.toContain('settings');
  });
});

describe('the configuration of an integration', () => {
  test('is changed by names, which are all that is answered; a dry run changes nothing', async () => {
    const asSouth = { 'x-rollcall-tenant': 'south' };
    const path = '/integrations/south%20source/configuration';
    const tried = await api.put(path, { changes: { students: 9 }, dryRun: true }, asSouth);
    expect([tried.status, tried.body]).toMatchObject([200, { version: 1, changed: ['students'], dryRun: true }]);
    const { body } = await api.put(path, { changes: { students: 9 } }, asSouth);
    expect(body).toMatchObject({ version: 2, changed: ['students'], readsTheSame: false, dryRun: false });
    expect(JSON.stringify(body)).not.toContain('settings');
    await api.put(path, { changes: { students: null } }, asSouth);
  });
});

describe('the health of integrations', () => {
  const path = () => `/integrations/${north().integrationId}/health`;

  test('is what is on record: before the first look there is no score, and the words say so', async () => {
    const { status, body } = await api.get(path(), asNorth);
    expect(status).toBe(200);
    expect(body).toMatchObject({ integration: { name: 'north source' }, provider: null, score: null, alerts: [] });
    expect(body).toMatchObject({
      condition: { state: 'unknown', sentences: ['north source has not been looked at yet.'] },
    });
  });

  test('is known after a look, which writes down what it found', async () => {
    const asSouth = { 'x-rollcall-tenant': 'south' };
    const looked = await api.post('/integrations/south%20source/health/check', {}, asSouth);
    expect(looked).toMatchObject({ status: 200, body: { status: 'healthy', reason: null, score: 100, reasons: [] } });
    const { body } = await api.get('/health/integrations', asSouth);
    expect(body).toMatchObject({
      items: [{ integration: { name: 'south source' }, score: 100, provider: { status: 'healthy', reason: null } }],
    });
    expect(JSON.stringify(body)).not.toContain('settings');
  });

  test('has a history span by span, and the use of each endpoint', async () => {
    await api.database.sql(`UPDATE api_call_stats SET at = date_trunc('hour', now(), 'UTC') - interval '2 hours'`);
    await api.database.sql(
      `UPDATE health_checks SET checked_at = date_trunc('hour', now(), 'UTC') - interval '110 minutes'`,
    );
    const { status, body: history } = await api.get(`${path()}/history`, asNorth);
    const span = { calls: 10, failed: 0, availability: 1, checks: 1, checksAnswered: 1, outcomes: { answered: 10 } };
    expect([status, history]).toEqual([200, { grain: 'hour', spans: [expect.objectContaining(span)], trends: [] }]);
    const { body } = await api.get(`${path()}/usage`, asNorth);
    expect(body['items']).toEqual([expect.objectContaining({ endpoint: 'users.list', calls: 10, longestMs: 90 })]);
    // Of this tenant alone, whatever others do.
    expect((await api.get('/health/integrations/usage', asNorth)).body).toEqual(body);
  });

  test('lists alerts, open ones alone where asked', async () => {
    const { body } = await api.get(`${path()}/alerts`, asNorth);
    const alert = { kind: 'slow', endpoint: 'users.list', sentence: 'users.list was slow.' };
    expect(body).toEqual({ items: [expect.objectContaining(alert)], nextOffset: null });
    expect((await api.get(`${path()}/alerts?open=true`, asNorth)).body['items']).toEqual([]);
  });
});

describe('dead letters', () => {
  const path = () => `/integrations/${north().integrationId}/dead-letters`;

  test('are listed for an integration, by its name too, and narrowed', async () => {
    const { status, body } = await api.get(path(), asNorth);
    expect(status).toBe(200);
    const letter = { id: north().letterId, kind: 'record', entity: 'users', externalId: 'ext-odd', state: 'open' };
    expect(body).toEqual({ items: [expect.objectContaining(letter)], nextOffset: null });
    const named = await api.get(
      '/integrations/north%20source/dead-letters?kind=record&state=open&entity=users',
      asNorth,
    );
    expect(named.body).toEqual(body);
    for (const query of ['kind=run', 'state=passed', 'entity=orgs', `fingerprint=${'0'.repeat(16)}`])
      expect([query, (await api.get(`${path()}?${query}`, asNorth)).body['items']]).toEqual([query, []]);
  });

  test('show their corrections one by one, and the log says that a person was shown', async () => {
    api.logged.length = 0;
    const { body } = await api.get(`${path()}/${north().letterId}`, asNorth);
    expect(body).toMatchObject({ corrections: [{ field: 'familyName', value: 'Reed', state: 'reverted' }] });
    const fields = expect.objectContaining({ route: 'getDeadLetter', records: 1 });
    expect(api.logged).toEqual([{ event: 'people.shown', fields }]);
  });

  test('are discarded with a reason, which stays with them', async () => {
    const asSouth = { 'x-rollcall-tenant': 'south' };
    const of = `/integrations/${south().integrationId}/dead-letters/${south().letterId}`;
    const { status, body } = await api.post(`${of}/discard`, { reason: ' it left ' }, asSouth);
    expect([status, body]).toEqual([200, expect.objectContaining({ state: 'discarded', settledReason: 'it left' })]);
    expect((await api.get(of, asSouth)).body).toMatchObject({ state: 'discarded', settledBy: 'api' });
  });

  test('have their corrections taken back', async () => {
    const of = `${path()}/${north().letterId}`;
    await api.database.sql(`UPDATE corrections SET state = 'active' WHERE letter_id = $1`, [north().letterId]);
    const { status, body } = await api.post(`${of}/revert`, { reason: 'a slip of the pen' }, asNorth);
    expect([status, body]).toEqual([200, { reverted: 1 }]);
  });
});

describe('the roster', () => {
  test.each(entityNames)('lists %s of the tenant that was named, and finds each of them', async (entity) => {
    const [ours, theirs] = await Promise.all([
      api.get(`/${entity}`, asNorth),
      api.get(`/${entity}`, { 'x-rollcall-tenant': south().tenantId }),
    ]);
    expect([ours.status, theirs.status]).toEqual([200, 200]);
    const items = ours.body['items'] as { id: string }[];
    expect(items.length).toBeGreaterThan(0);
    for (const item of items) {
      expect(theirs.text).not.toContain(item.id);
      expect((await api.get(`/${entity}/${item.id}`, asNorth)).body).toEqual(item);
    }
  });

  test('pages through with limit and nextAfter', async () => {
    const first = await api.get('/users?limit=1', asNorth);
    const second = await api.get(`/users?limit=1&after=${first.body['nextAfter'] as string}`, asNorth);
    const ids = [first, second].flatMap(({ body }) => (body['items'] as { id: string }[]).map((item) => item.id));
    expect(ids).toEqual([north().ids.teacher, north().ids.student].toSorted());
    expect(second.body['nextAfter']).toBeNull();
  });

  test('is narrowed by activity, school and the id in another system', async () => {
    const count = async (query: string) => ((await api.get(query, asNorth)).body['items'] as unknown[]).length;
    expect(await count('/enrollments?active=true')).toBe(0);
    expect(await count('/enrollments?active=false')).toBe(1);
    expect(await count(`/users?school=${north().ids.school}`)).toBe(2);
    expect(await count('/users?externalId=ext-student')).toBe(1);
  });

  test('leaves a trace in the log when people are shown: how many, never who', async () => {
    api.logged.length = 0;
    await api.get('/users', asNorth);
    expect(api.logged).toEqual([
      {
        event: 'people.shown',
        fields: expect.objectContaining({ route: 'listUsers', tenant: north().tenantId, records: 2 }),
      },
    ]);
    expect(JSON.stringify(api.logged)).not.toContain('Reed');
  });
});

describe('around it', () => {
  test('metrics are Prometheus text', async () => {
    const { status, headers, text } = await api.get('/metrics');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(text).toContain('runs_total 1');
  });

  test('the documentation is a page whose parts all come from here', async () => {
    const page = await fetch(`${api.url}/api/docs`);
    expect(page.status).toBe(200);
    const parts = [...(await page.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path!);
    expect(parts.length).toBeGreaterThan(3);
    for (const path of parts) {
      const part = await fetch(new URL(path, `${api.url}/api/docs`));
      expect([path, part.status]).toEqual([path, 200]);
      expect(new URL(part.url).origin).toBe(api.url);
    }
  });

  test.each(['/api/v1/health/live', '/api/docs', '/nowhere'])(
    '%s forbids frames, sniffing and caching',
    async (path) => {
      const { headers } = await fetch(api.url + path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('cache-control')).toBe('no-store');
    },
  );
});
