/** When runs start and when they must not, over HTTP: schedules, pauses, cancelling, and how the queue fares. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { apiUnderTest, callers, listening, type Answer, type ApiUnderTest } from './testing/api-under-test.js';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await apiUnderTest('api_running');
});
afterAll(() => api.close());
beforeEach(() => void (api.rung.length = 0));

const integration = () => api.tenants[0]!.integration;
const send = async (method: string, path: string, body?: unknown): Promise<Answer> => {
  const json =
    body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`${api.url}/api/v1${path}`, { method, ...json });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as Answer['body'] };
};
const nightly = { cron: '0 2 * * *', timeZone: 'America/Chicago', blackouts: ['mon-fri 08:00-15:00'] };
const unknown = '01a20712-f02f-7077-9a80-ceb71d1d7ffa';

describe('a schedule', () => {
  it('is added, found, listed, changed and removed', async () => {
    const before = Date.now();
    const added = await send('POST', '/schedules', { integration: integration(), ...nightly });
    expect(added.status).toBe(201);
    const id = added.body['id'] as string;
    expect(added.body).toMatchObject({
      ...nightly,
      integration: integration(),
      enabled: true,
      createdBy: 'local',
      last: null,
    });
    expect(new Date(added.body['dueAt'] as string).getTime()).toBeGreaterThan(before);
    expect((await api.get(`/schedules/${id}`)).body).toEqual(added.body);
    const changed = await send('PUT', `/schedules/${id}`, { everySeconds: 900, enabled: false });
    expect(changed.body).toMatchObject({ id, cron: null, everySeconds: 900, enabled: false, blackouts: [] });
    const listed = (await api.get(`/schedules?integration=${encodeURIComponent(integration())}`)).body[
      'items'
    ] as object[];
    expect(listed).toContainEqual(changed.body);
    expect((await send('DELETE', `/schedules/${id}`)).body).toMatchObject({ id });
    for (const method of ['GET', 'DELETE']) expect((await send(method, `/schedules/${id}`)).status).toBe(404);
    expect((await send('PUT', `/schedules/${id}`, nightly)).status).toBe(404);
  });

  it.each([
    [{ cron: null }, /either a cron expression or an interval/],
    [{ timeZone: 'Mars/Base' }, /no time zone/],
    [{ everySeconds: 1, cron: null }, /everySeconds/],
    [{ blackouts: ['now and then'] }, /is no blackout/],
    [{ colour: 'red' }, /colour/],
  ])('that cannot be kept (%p) is refused with 400 and its reason', async (terms, sentence) => {
    const { status, body } = await send('POST', '/schedules', { integration: integration(), ...nightly, ...terms });
    expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'invalid_input' });
    expect(body['detail']).toMatch(sentence);
  });

  it('of an integration that is not there is refused with 404', async () => {
    expect((await send('POST', '/schedules', { integration: 'nobody', ...nightly })).status).toBe(404);
  });
});

describe('a run', () => {
  it('is cancelled, and once only', async () => {
    const { body } = await api.post('/runs', { integration: integration() });
    const path = `/runs/${body['runId'] as string}/cancel`;
    const cancelled = await api.post(path, { reason: 'wrong file' });
    expect(cancelled.status).toBe(200);
    expect(cancelled.body).toMatchObject({ run: { state: 'cancelled', reason: 'cancelled: wrong file' } });
    const again = await api.post(path, {});
    expect(again).toMatchObject({ status: 409, body: { code: 'wrong_state', nextStep: expect.any(String) } });
  });

  it('that is not there cannot be cancelled', async () => {
    expect((await api.post(`/runs/${unknown}/cancel`, {})).status).toBe(404);
  });

  it('says what asked for it', async () => {
    const { body } = await api.post('/runs', { integration: integration() });
    const { items } = (await api.get('/runs')).body as { items: { id: string; trigger: string }[] };
    expect(items.find((run) => run.id === body['runId'])).toMatchObject({ trigger: 'api' });
    await api.post(`/runs/${body['runId'] as string}/cancel`, {});
  });
});

describe('an integration', () => {
  const path = () => `/integrations/${encodeURIComponent(integration())}`;

  it('is paused with its run, refuses runs, and is resumed with a ring for the run that rests', async () => {
    const { body } = await api.post('/runs', { integration: integration() });
    const runId = body['runId'] as string;
    const paused = await api.post(`${path()}/pause`, { reason: 'exams' });
    expect(paused).toMatchObject({ status: 200, body: { runId, integration: { state: 'paused', reason: 'exams' } } });
    expect(await api.post('/runs', { integration: integration() })).toMatchObject({
      status: 409,
      body: { code: 'integration_paused', detail: expect.stringMatching(/exams/) },
    });
    expect((await api.post(`${path()}/pause`, { reason: 'again' })).status).toBe(409);
    const records = [{ entity: 'users', externalId: 'marked-while-paused' }];
    expect(await api.post(`${path()}/dirty`, { records })).toMatchObject({
      status: 409,
      body: { code: 'integration_paused' },
    });
    expect(await api.database.sql(`SELECT FROM dirty_records WHERE external_id = 'marked-while-paused'`)).toEqual([]);
    api.rung.length = 0;
    const resumed = await send('POST', `${path()}/resume`, {});
    expect(resumed).toMatchObject({ status: 200, body: { runIds: [runId] } });
    expect(api.rung.map((ring) => ring.runId)).toEqual([runId]);
    expect((await send('POST', `${path()}/resume`, {})).status).toBe(409);
  });

  it('is not paused without a reason, and not when it is not there', async () => {
    expect((await api.post(`${path()}/pause`, {})).status).toBe(400);
    expect((await api.post(`${path()}/pause`, { reason: ' ' })).status).toBe(400);
    expect((await api.post('/integrations/nobody/pause', { reason: 'exams' })).status).toBe(404);
    expect((await send('POST', '/integrations/nobody/resume', {})).status).toBe(404);
  });
});

describe('readiness', () => {
  it('says where the queue is, and warns of what needs a person without refusing requests', async () => {
    const well = (await api.get('/health/ready')).body;
    expect(well).toMatchObject({ status: 'ready', queue: 'postgresql', warnings: [] });
    const queueState = async () => ({ backend: 'redis', warning: 'Redis may forget jobs.' }) as const;
    const other = await listening({ ...api.parts, queueState });
    try {
      const { status, body } = await callers(other.url).get('/health/ready');
      expect({ status, body }).toMatchObject({
        status: 200,
        body: { queue: 'redis', warnings: ['Redis may forget jobs.'] },
      });
    } finally {
      await other.app.close();
    }
  });
});
