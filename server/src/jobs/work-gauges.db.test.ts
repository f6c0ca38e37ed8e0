/** The figures of all tenants that a worker's metrics show are those of the database, and name neither tenant nor integration. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { seedTenant } from '../store/testing/seed-tenant.js';
import { testDatabase, type TestDatabase } from '../store/testing/test-database.js';
import { createRun } from '../store/runs.js';
import { setIntegrationStatus } from '../store/integrations.js';
import { MetricsRegistry } from '../telemetry/metrics.js';
import { workGauges } from './work-gauges.js';

let database: TestDatabase;
const names = ['north', 'south'];
const integrations: string[] = [];

beforeAll(async () => {
  database = await testDatabase('work_gauges', names);
  for (const [i, tenantId] of database.tenantIds.entries())
    integrations.push((await seedTenant(database.app, tenantId, names[i])).integrationId);
});
afterAll(() => database.close());

const rendered = async () => {
  const metrics = new MetricsRegistry();
  metrics.ask(workGauges(database.worker));
  return metrics.render();
};
const value = (text: string, series: string) =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))!
      .slice(series.length),
  );

it('counts what waits by priority, and how long the oldest has waited', async () => {
  for (const [i, trigger] of (['manual', 'schedule', 'up'] as const).entries()) {
    const tenantId = database.tenantIds[i % 2]!;
    const run = { tenantId, integrationId: integrations[i % 2]!, mode: 'full', trigger } as const;
    await database.app.withTenant(tenantId, (tx) => createRun(tx, run));
  }
  await database.sql(`UPDATE runs SET requested_at = now() - interval '90 seconds' WHERE trigger = 'schedule'`);
  const text = await rendered();
  expect(value(text, 'rollcall_queue_depth{priority="person"}')).toBe(2);
  expect(value(text, 'rollcall_queue_depth{priority="schedule"}')).toBe(1);
  expect(value(text, 'rollcall_queue_depth{priority="webhook"}')).toBe(0);
  const age = value(text, 'rollcall_queue_oldest_age_seconds{priority="schedule"}');
  expect(age).toBeGreaterThanOrEqual(89);
  expect(age).toBeLessThan(120);
});

it('counts the open holds of all tenants', async () => {
  const text = await rendered();
  expect(value(text, 'rollcall_holds_open{entity="users"}')).toBe(2);
  expect(value(text, 'rollcall_holds_open{entity="classes"}')).toBe(0);
});

it('is as fresh as the oldest complete read; one that was not complete does not count', async () => {
  await database.sql(`UPDATE integrations SET created_at = now() - interval '3 hours'`);
  const settle = (at: number, state: 'active' | 'needs_attention') =>
    database.app.withTenant(database.tenantIds[at]!, (tx) =>
      setIntegrationStatus(
        tx,
        { tenantId: database.tenantIds[at]!, id: integrations[at]! },
        { state, succeeded: true },
      ),
    );
  const worst = async () => value(await rendered(), 'rollcall_freshness_seconds{provider="mock",stat="max"}');
  await settle(0, 'active');
  await settle(1, 'needs_attention');
  expect(await worst()).toBeGreaterThan(10_000);
  await settle(1, 'active');
  expect(await worst()).toBeLessThan(60);
});

it('names no tenant, integration or school', async () => {
  expect(await rendered()).not.toMatch(/north|south|source|School/i);
});

it('is left out, and nothing else with it, when the database cannot be asked', async () => {
  const metrics = new MetricsRegistry();
  metrics.ask(workGauges(database.app));
  expect(await metrics.render()).toBe(
    '# HELP rollcall_scrape_failed_total Figures that could not be had when the metrics were read.\n# TYPE rollcall_scrape_failed_total counter\nrollcall_scrape_failed_total 1\n',
  );
});
