/**
 * The health of a source as the product itself learns it, from looks and from ordinary calls: against the sandbox as a process, with a
 * clock that is moved by hand.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { timebackPresets } from '@rollcall/connectors';
import { readHealth } from '../health/read-health.js';
import { readHistory, readUsage } from '../health/read-history.js';
import { tidyHealth } from '../health/tidy-health.js';
import { checkDue, type CheckerParts } from '../jobs/health/keep-checking.js';
import { healthGauges } from '../jobs/health/health-gauges.js';
import { addCalls } from '../store/call-stats.js';
import { listAlerts } from '../store/health-alerts.js';
import { addIntegration, type Integration } from '../store/integrations.js';
import { cachesOf } from '../store/source-caches.js';
import { testDatabase, type TestDatabase } from '../store/testing/test-database.js';
import { clearCache } from '../sync/clear-cache.js';
import { pauseIntegration, resumeIntegration } from '../sync/pause-integration.js';
import { spawnSandbox, type SpawnedSandbox } from '../sync/testing/spawn-sandbox.js';
import { MetricsRegistry } from '../telemetry/metrics.js';
import { compose, type Composition } from './compose.js';

let database: TestDatabase;
let sandbox: SpawnedSandbox;
let product: Composition;
let district: Integration;
let nowMs = Date.now();
const minute = 60_000;

beforeAll(async () => {
  database = await testDatabase('health_of_sources');
  sandbox = await spawnSandbox(['--students', '40', '--seed', '5']);
  product = compose({
    ...{ processName: 'worker', databaseUrl: database.urls.worker, connections: 4, logLevel: 'silent' },
    ...{ dataDir: mkdtempSync(join(tmpdir(), 'rollcall-health-')), env: { DISTRICT_SECRET: 'sandbox-secret' } },
  });
  const { tenantId } = database;
  const settings = {
    ...timebackPresets.sandbox(sandbox.baseUrl),
    ...{ clientId: 'sandbox-client', clientSecretRef: 'env:DISTRICT_SECRET', maxAttempts: 1 },
  };
  district = await database.app.withTenant(tenantId, (tx) =>
    addIntegration(tx, { tenantId, name: 'district', kind: 'timeback', settings }),
  );
});
afterAll(async () => {
  await product.close();
  await sandbox.stop();
  await database.close();
});

const parts = (): CheckerParts => ({
  ...product,
  ...product.ports,
  calls: product.calls,
  caches: product.caches,
  clock: { ...product.ports.clock, now: () => nowMs },
  random: () => 0.5,
  probe: (one) => product.live.probe(one),
});
const look = async () => {
  const looked = await checkDue(parts());
  await product.calls.flush(database.worker);
  // The product's own clock stamps looks and calls; the test's clock must not fall behind.
  nowMs = Math.max(nowMs, Date.now());
  return looked;
};
const health = () =>
  database.app.withTenant(database.tenantId, (tx) => readHealth(tx, database.tenantId, 'district', new Date(nowMs)));

describe('looks at a source', () => {
  it('begin at a moment of its own, are taken by one worker of several, and leave a paused integration alone', async () => {
    expect(await look()).toBe(0);
    expect((await health()).condition.state).toBe('unknown');
    expect(await look()).toBe(0);
    nowMs += minute;
    expect((await Promise.all([checkDue(parts()), checkDue(parts()), checkDue(parts())])).toSorted()).toEqual([
      0, 0, 1,
    ]);
    const { condition, score, check } = await health();
    expect([condition.state, score, check.failingSince]).toEqual(['well', 100, null]);
    const of = { tenantId: database.tenantId, integration: 'district', actor: 'Ada Quill' };
    await pauseIntegration(database.app, { ...of, reason: 'moving house' });
    nowMs += 10 * minute;
    expect(await look()).toBe(0);
    expect((await health()).condition.sentences[0]).toContain('paused by a person: moving house');
    await resumeIntegration(database.app, of);
    expect(await look()).toBe(1);
  });

  it('are counted by endpoint, without any id, and show as history, usage and metrics', async () => {
    const wanted = { tenantId: database.tenantId, integration: 'district', spans: 5, now: new Date(nowMs) };
    const [usage, history] = await database.app.withTenant(database.tenantId, async (tx) => [
      await readUsage(tx, { ...wanted, grain: '5m' }),
      await readHistory(tx, { ...wanted, grain: '5m' }),
    ]);
    expect(usage.map(({ operation }) => operation)).toEqual(['orgs.list', 'token.mint']);
    expect(usage.every(({ availability, p95Ms }) => availability === 1 && p95Ms !== null)).toBe(true);
    expect(history!.spans.reduce((calls, span) => calls + span.calls, 0)).toBe(3);
    const metrics = new MetricsRegistry();
    metrics.ask(healthGauges(database.worker));
    expect(await metrics.render()).toContain('rollcall_integrations{outcome="healthy",provider="timeback"} 1');
    expect(await product.metrics.render()).toContain(
      'rollcall_health_check_total{outcome="healthy",provider="timeback"} 2',
    );
    expect(await product.metrics.render()).toContain('rollcall_http_client_queue{stat="waiting"} 0');
  });
});

describe('a source that is down', () => {
  it('is told in words with its beginning, raises one alert, and closes it when it is back', async () => {
    await sandbox.control('faults', { fault: 'error', status: 503 });
    const began = nowMs;
    for (let looks = 0; looks < 5; looks += 1) {
      nowMs += 2 * minute;
      expect(await look()).toBe(1);
      await database.sql(`UPDATE integration_status SET failing_since = to_timestamp($1)`, [began / 1000]);
    }
    const ill = await health();
    expect(ill.condition).toMatchObject({ state: 'down', nextStep: 'Nothing to do: it goes on by itself.' });
    expect(ill.condition.sentences[0]).toMatch(/has not answered as it should since .* \(10 minutes\)/);
    expect(ill.score).toBeLessThan(40);
    expect(ill.alerts).toMatchObject([{ kind: 'unreachable', operation: '', closedAt: null }]);
    await fetch(`${sandbox.baseUrl}/control/faults`, { method: 'DELETE' });
    nowMs += 2 * minute;
    expect(await look()).toBe(1);
    const well = await health();
    expect([well.condition.state, well.alerts]).toEqual(['well', []]);
    const kept = await database.app.withTenant(database.tenantId, (tx) =>
      listAlerts(tx, { tenantId: database.tenantId, integrationId: district.id }, { limit: 5, offset: 0 }),
    );
    expect(kept).toMatchObject([{ kind: 'unreachable', closedAt: expect.any(Date) }]);
  });

  it('whose reference leads to no secret is ill with the sentence that names the reference, and well once it is there', async () => {
    const settings = { ...district.settings, clientSecretRef: 'env:NOWHERE' };
    expect(await product.live.probe({ ...district, configurationVersion: 99, settings })).toMatchObject({
      status: 'unhealthy',
      reason: 'The setting clientSecretRef names env:NOWHERE, which is not set.',
      detail: { code: 'invalid_configuration' },
    });
    expect(await product.live.probe({ ...district, configurationVersion: 100 })).toMatchObject({ status: 'healthy' });
  });
});

describe('answers that are kept', () => {
  it('are told of by each process, and go where a person says so: those of one endpoint, or all', async () => {
    const { tenantId } = database;
    const of = { tenantId, integrationId: district.id };
    const cache = product.ports.caches!.of(`${tenantId} ${district.id}`);
    const kept = { etag: null, lastModified: null, confirmedAt: 0, content: Buffer.from('{}') };
    for (const noun of ['orgs', 'orgs', 'terms']) cache.put(`${noun} ${cache.statistics.entries}`, noun, kept);
    const told = () => database.app.withTenant(tenantId, (tx) => cachesOf(tx, of));
    await product.caches.look(database.worker);
    expect(await told()).toMatchObject([{ process: product.caches.process, entries: 3, misses: 0 }]);
    const clear = (endpoint: string | null) =>
      clearCache(database.app, { tenantId, integration: 'district', endpoint, actor: 'Ada Quill' });
    for (const [endpoint, left] of [
      ['orgs', 1],
      [null, 0],
    ] as const) {
      await clear(endpoint);
      for (let looks = 0; looks < 2; looks += 1) await product.caches.look(database.worker);
      expect([endpoint, cache.statistics.entries]).toEqual([endpoint, left]);
      expect(await told()).toMatchObject([{ entries: left }]);
    }
    cache.put('orgs', 'orgs', kept);
    await product.caches.look(database.worker);
    expect(cache.statistics.entries).toBe(1);
    await expect(clear('no endpoint')).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

describe('counts', () => {
  const at = (text: string) => new Date(text);
  const count = (when: string, calls: number) => ({
    ...{
      integrationId: district.id,
      at: at(when),
      operation: 'users.list',
      outcome: 'answered',
      calls,
      totalMs: calls * 40,
    },
    ...{ longestMs: 40, latencies: [0, 0, 0, calls, 0, 0, 0, 0, 0, 0, 0, 0, 0] },
  });

  it('are summed into hours and days, the same however often, and forgotten by grain', async () => {
    const now = Date.parse('2026-03-10T12:34:00Z');
    const { tenantId } = database;
    await database.worker.withTenant(tenantId, (tx) =>
      addCalls(tx, tenantId, [
        ...[count('2026-03-10T11:55:00Z', 3), count('2026-03-10T12:00:00Z', 4), count('2026-03-10T12:05:00Z', 5)],
        count('2026-03-07T12:00:00Z', 9),
      ]),
    );
    await database.worker.withTenant(tenantId, (tx) => addCalls(tx, tenantId, [count('2026-03-10T12:05:00Z', 1)]));
    for (let times = 0; times < 2; times += 1) await tidyHealth(database.worker, now);
    const rows = await database.sql<{ grain: string; at: Date; calls: number; latencies: string[] }>(
      `SELECT grain, at, calls::int, latencies::int[] FROM api_call_stats WHERE at < '2026-04-01' ORDER BY grain, at`,
    );
    const shown = rows.map(({ grain, at: from, calls, latencies }) => [
      grain,
      from.toISOString().slice(5, 16),
      calls,
      latencies[3],
    ]);
    expect(shown).toEqual([
      ['5m', '03-10T11:55', 3, 3],
      ['5m', '03-10T12:00', 4, 4],
      ['5m', '03-10T12:05', 6, 6],
      ['day', '03-10T00:00', 13, 13],
      ['hour', '03-10T11:00', 3, 3],
      ['hour', '03-10T12:00', 10, 10],
    ]);
  });
});
