/** Status 202: a run is asked for, stands in the database with its audit row, and the bell is rung; nothing else has happened yet. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { apiUnderTest, callers, listening, type ApiUnderTest } from './testing/api-under-test.js';

let api: ApiUnderTest;

beforeAll(async () => {
  api = await apiUnderTest('api_202');
});
afterAll(() => api.close());

const tenant = () => api.tenants[0]!;
const audited = (runId: string) =>
  api.database.app.withTenant(tenant().tenantId, async (tx) => {
    const { rows } = await tx.query(
      `SELECT action, actor, details FROM integration_audit_logs WHERE tenant_id = $1 AND run_id = $2`,
      [tenant().tenantId, runId],
    );
    return rows;
  });

test('a run that is asked for is queued, audited and rung for, and says where its report is', async () => {
  const { status, body, headers } = await api.post('/runs', { integration: tenant().integration });
  expect(status).toBe(202);
  expect(body).toEqual({ runId: expect.any(String), created: true });
  const runId = body['runId'] as string;
  expect(headers.get('location')).toBe(`/api/v1/runs/${runId}`);
  expect(api.rung).toEqual([{ tenantId: tenant().tenantId, runId }]);
  expect((await api.get(`/runs/${runId}`)).body).toMatchObject({ run: { state: 'queued', mode: 'full' } });
  expect(await audited(runId)).toEqual([
    { action: 'run.requested', actor: 'local', details: { mode: 'full', trigger: 'api' } },
  ]);
});

test('a second request joins the run that is under way', async () => {
  const first = await api.post('/runs', { integration: tenant().integrationId, mode: 'plan' });
  const second = await api.post('/runs', { integration: tenant().integrationId, mode: 'plan' });
  expect(second.body).toEqual({ runId: first.body['runId'], created: false });
});

test('a bell that nobody hears does not lose the run: it stands in the database, and the log says so', async () => {
  const ringBell = () => Promise.reject(new Error('the queue is away'));
  const deaf = await listening({ ...api.parts, ringBell });
  try {
    const { status, body } = await callers(deaf.url).post('/runs', { integration: tenant().integration });
    expect(status).toBe(202);
    expect((await api.get(`/runs/${body['runId'] as string}`)).status).toBe(200);
    expect(api.logged.map(({ event }) => event)).toContain('bell.unheard');
  } finally {
    await deaf.app.close();
  }
});
