/** Status 202: a run is asked for, stands in the database with its audit row, and the bell is rung; nothing else has happened yet. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { apiUnderTest, callers, listening, type ApiUnderTest } from './testing/api-under-test.js';

let api: ApiUnderTest;

beforeAll(async () => {
  api = await apiUnderTest('api_202', ['default', 'east', 'west']);
});
afterAll(() => api.close());

const tenant = () => api.tenants[0]!;
const asDefault = { 'x-rollcall-tenant': 'default' };
const audited = (runId: string, { tenantId } = tenant()) =>
  api.database.app.withTenant(tenantId, async (tx) => {
    const { rows } = await tx.query(
      `SELECT action, actor, details FROM integration_audit_logs WHERE tenant_id = $1 AND run_id = $2`,
      [tenantId, runId],
    );
    return rows;
  });

test('a run that is asked for is queued, audited and rung for, and says where its report is', async () => {
  const { status, body, headers } = await api.post('/runs', { integration: tenant().integration }, asDefault);
  expect(status).toBe(202);
  expect(body).toEqual({ runId: expect.any(String), created: true });
  const runId = body['runId'] as string;
  expect(headers.get('location')).toBe(`/api/v1/runs/${runId}`);
  expect(api.rung).toEqual([{ tenantId: tenant().tenantId, runId }]);
  expect((await api.get(`/runs/${runId}`, asDefault)).body).toMatchObject({ run: { state: 'queued', mode: 'full' } });
  expect(await audited(runId)).toEqual([
    { action: 'run.requested', actor: 'local', details: { mode: 'full', trigger: 'api' } },
  ]);
});

test('records that are marked are counted once each, audited by their number, and read by the run that is named', async () => {
  await api.database.sql(`UPDATE runs SET state = 'cancelled' WHERE state = 'queued'`);
  api.rung.length = 0;
  const records = ['a', 'b', 'a'].map((externalId) => ({ entity: 'users', externalId }));
  const path = `/integrations/${tenant().integrationId}/dirty`;
  const { status, body, headers } = await api.post(path, { records }, asDefault);
  expect([status, body]).toEqual([202, { marked: 2, runId: expect.any(String), created: true }]);
  const runId = body['runId'] as string;
  expect(headers.get('location')).toBe(`/api/v1/runs/${runId}`);
  expect(api.rung).toEqual([{ tenantId: tenant().tenantId, runId }]);
  expect((await api.get(`/runs/${runId}`, asDefault)).body).toMatchObject({
    run: { state: 'queued', mode: 'records' },
  });
  const marks = await api.database.sql(
    `SELECT details, run_id FROM integration_audit_logs WHERE action = 'records.marked'`,
  );
  expect(marks).toEqual([{ details: { records: 2, trigger: 'api' }, run_id: null }]);
  const again = await api.post(path, { records }, asDefault);
  expect(again.body).toEqual({ marked: 2, runId, created: false });
  await api.database.sql(`UPDATE runs SET state = 'cancelled' WHERE id = $1`, [runId]);
});

test('how records are matched is set and shown as it holds, and goes back to the defaults', async () => {
  const path = `/integrations/${tenant().integrationId}/matching`;
  const rule = { name: 'badge', fields: ['identifier'], score: 90 };
  const settings = { rekey: { share: 0.2, rows: 5 }, rules: { users: [rule] } };
  const set = await api.put(path, { reason: 'badges are unique', settings }, asDefault);
  expect([set.status, set.body]).toEqual([200, expect.objectContaining({ on: true, rekey: settings.rekey })]);
  expect((await api.get(path, asDefault)).body).toMatchObject({
    rules: { users: [rule] },
    set: { reason: 'badges are unique' },
  });
  const back = await api.put(path, { reason: 'they are not', settings: null }, asDefault);
  expect(back.body).toMatchObject({ set: null, strongFrom: 80, rekey: { share: 0.05, rows: 20 } });
});

test('a run that is asked for without a mode is what the strategy says, and one with a mode is what was asked for', async () => {
  const integration = tenant().integrationId;
  for (const [strategy, mode] of [
    ['real-time', 'incremental'],
    ['incremental', 'incremental'],
    ['full', 'full'],
  ]) {
    const set = await api.put(`/integrations/${integration}/strategy`, { strategy }, asDefault);
    expect([set.status, set.body]).toEqual([200, expect.objectContaining({ strategy, fullEverySeconds: null })]);
    for (const [asked, expected] of [
      [{}, mode],
      [{ mode: 'plan' }, 'plan'],
    ] as const) {
      const { body } = await api.post('/runs', { integration, ...asked }, asDefault);
      expect((await api.get(`/runs/${body['runId'] as string}`, asDefault)).body).toMatchObject({
        run: { mode: expected },
      });
      await api.database.sql(`UPDATE runs SET state = 'cancelled' WHERE id = $1`, [body['runId']]);
    }
  }
});

test('a second request joins the run that is under way', async () => {
  const first = await api.post('/runs', { integration: tenant().integrationId, mode: 'plan' }, asDefault);
  const second = await api.post('/runs', { integration: tenant().integrationId, mode: 'plan' }, asDefault);
  expect(second.body).toEqual({ runId: first.body['runId'], created: false });
});

test('a bell that nobody hears does not lose the run: it stands in the database, and the log says so', async () => {
  const ringBell = () => Promise.reject(new Error('the queue is away'));
  const deaf = await listening({ ...api.parts, ringBell });
  try {
    const { status, body } = await callers(deaf.url).post('/runs', { integration: tenant().integration }, asDefault);
    expect(status).toBe(202);
    expect((await api.get(`/runs/${body['runId'] as string}`, asDefault)).status).toBe(200);
    expect(api.logged.map(({ event }) => event)).toContain('bell.unheard');
  } finally {
    await deaf.app.close();
  }
});

test('answers that are kept are ordered to be forgotten, audited by the endpoint alone', async () => {
  const path = `/integrations/${tenant().integrationId}/cache`;
  expect(await api.post(`${path}/clear`, { endpoint: 'orgs' }, asDefault)).toMatchObject({
    status: 202,
    body: { ordered: true },
  });
  const audit = await api.database.sql(
    `SELECT actor, details FROM integration_audit_logs WHERE action = 'cache.cleared'`,
  );
  expect(audit).toEqual([{ actor: 'api', details: { endpoint: 'orgs' } }]);
  await api.database.sql('UPDATE source_caches SET seen_at = now()');
  const { status, body } = await api.get(path, asDefault);
  expect([status, body['items']]).toEqual([200, [expect.objectContaining({ process: 'seed', entries: 1, hits: 3 })]]);
});

describe('a decision', () => {
  /** A name that a header claims proves nothing. */
  const as = (name: string) => ({ 'x-rollcall-tenant': name, 'x-rollcall-actor': 'the principal' });
  const listed = async (runId: string, name: string) =>
    ((await api.get('/runs', as(name))).body['items'] as { id: string }[]).find(({ id }) => id === runId);

  test('to approve a hold is a run that carries it out, rung for and audited, and says where its report is', async () => {
    const east = api.tenants[1]!;
    const { digest } = (await api.get(`/holds/${east.holdId}`, as('east'))).body;
    api.rung.length = 0;
    const wanted = { digest, reason: 'the school has closed', rows: [east.ids.student] };
    const { status, body, headers } = await api.post(`/holds/${east.holdId}/approve`, wanted, as('east'));
    const runId = body['runId'] as string;
    expect([status, body]).toEqual([202, { runId: expect.any(String) }]);
    expect(headers.get('location')).toBe(`/api/v1/runs/${runId}`);
    expect(api.rung).toEqual([{ tenantId: east.tenantId, runId }]);
    const run = await listed(runId, 'east');
    const by = { requestedBy: 'api', requestReason: 'the school has closed' };
    expect(run).toMatchObject({
      id: runId,
      mode: 'apply',
      state: 'queued',
      holdId: east.holdId,
      undoesRunId: null,
      ...by,
    });
    const details = { hold: east.holdId, digest, rows: 1, reason: 'the school has closed' };
    expect(await audited(runId, east)).toEqual([{ action: 'hold.approved', actor: 'api', details }]);
    const decisions = (await api.get(`/holds/${east.holdId}/decisions`, as('east'))).body['items'];
    expect(decisions).toMatchObject([{ decision: 'approved', actor: 'api', runId }, { decision: 'declined' }]);
  });

  test('to undo a run is a run of its own, rung for and audited, and says where its report is', async () => {
    const west = api.tenants[2]!;
    api.rung.length = 0;
    const wanted = { reason: 'it was a mistake', rows: [west.ids.teacher] };
    const { status, body, headers } = await api.post(`/runs/${west.runId}/undo`, wanted, as('west'));
    const runId = body['runId'] as string;
    expect([status, body]).toEqual([202, { runId: expect.any(String) }]);
    expect(headers.get('location')).toBe(`/api/v1/runs/${runId}`);
    expect(api.rung).toEqual([{ tenantId: west.tenantId, runId }]);
    const run = await listed(runId, 'west');
    expect(run).toMatchObject({ id: runId, mode: 'undo', undoesRunId: west.runId, holdId: null, requestedBy: 'api' });
    const details = { undoes: west.runId, reason: 'it was a mistake', rows: 1 };
    expect(await audited(runId, west)).toEqual([{ action: 'run.undo-requested', actor: 'api', details }]);
  });
});

describe('dead letters that are tried again', () => {
  const reason = 'the form at the office says so';
  const east = () => api.tenants[1]!;
  const asEast = { 'x-rollcall-tenant': 'east' };
  const path = () => `/integrations/${east().integrationId}/dead-letters`;
  const letter = async () => (await api.get(`${path()}/${east().letterId}`, asEast)).body;

  test('become one run, which a second request joins and which is rung for each time', async () => {
    await api.database.sql(`UPDATE runs SET state = 'cancelled' WHERE tenant_id = $1 AND finished_at IS NULL`, [
      east().tenantId,
    ]);
    api.rung.length = 0;
    const first = await api.post(`${path()}/replay`, { all: true, reason }, asEast);
    expect([first.status, first.body]).toEqual([202, { runId: expect.any(String), created: true, letters: 1 }]);
    const runId = first.body['runId'] as string;
    expect(first.headers.get('location')).toBe(`/api/v1/runs/${runId}`);
    for (const wanted of [{ letters: [east().letterId] }, { fingerprint: 'f'.repeat(16) }]) {
      const again = await api.post(`${path()}/replay`, { ...wanted, reason }, asEast);
      expect([again.status, again.body]).toEqual([202, { runId, created: false, letters: 1 }]);
    }
    expect(api.rung).toEqual([1, 2, 3].map(() => ({ tenantId: east().tenantId, runId })));
    expect(await letter()).toMatchObject({ state: 'replayed', replayRunId: runId });
    const { body } = await api.get(`/runs/${runId}`, asEast);
    expect(body).toMatchObject({ run: { state: 'queued', mode: 'full' } });
  });

  test('are corrected first where a person knows better', async () => {
    await api.database.sql(`UPDATE dead_letters SET state = 'open', replay_run_id = NULL`);
    const fields = { familyName: 'Quill', email: null };
    const { status, body } = await api.post(`${path()}/${east().letterId}/edit`, { fields, reason }, asEast);
    expect([status, body]).toEqual([202, { runId: expect.any(String), created: false, letters: 1 }]);
    expect(await letter()).toMatchObject({ state: 'edited', replayRunId: body['runId'] });
    const { corrections } = (await letter()) as { corrections: { field: string; state: string }[] };
    const active = corrections.filter((made) => made.state === 'active').map((made) => made.field);
    expect(active.toSorted()).toEqual(['email', 'familyName']);
    expect(JSON.stringify(await audited(body['runId'] as string, east()))).not.toContain('Quill');
  });
});
