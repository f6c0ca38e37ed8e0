/**
 * A source that is down for ten minutes in the middle of a run costs nothing but time, and the product says so in words meanwhile. Time is
 * the test's: every wait is skipped, and counted.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  LocalCircuitBoard,
  LocalRateLimiter,
  ProviderFactory,
  timebackDefinition,
  timebackPresets,
  type Clock,
  type IRosterProvider,
  type Ports,
} from '@rollcall/connectors';
import { finalRunStates } from '@rollcall/core';
import { checkIntegration } from '../health/check-integration.js';
import { readHealth, type IntegrationHealth } from '../health/read-health.js';
import { attemptRun } from '../jobs/attempt-run.js';
import { findRun } from '../store/runs.js';
import { DataSyncEngine } from '../sync/data-sync-engine.js';
import { requestRun } from '../sync/request-run.js';
import { defaultPolicy } from '../sync/run-context.js';
import { District } from '../sync/testing/district.js';

let district: District;
beforeAll(async () => {
  district = await District.open('main_outage', 200, 9);
});
afterAll(() => district.close());

const tenMinutes = 600_000;
let skippedMs = 0;
const clock: Clock = {
  now: () => Date.now() + skippedMs,
  sleep: async (ms, signal) => {
    signal?.throwIfAborted();
    skippedMs += ms;
    await new Promise(setImmediate);
  },
};
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const ports: Ports = {
  ...{ clock, log: quiet, metrics: { count: () => undefined, time: () => undefined }, random: Math.random },
  ...{ circuits: new LocalCircuitBoard(clock), limiter: new LocalRateLimiter(clock) },
};
const factory = new ProviderFactory(ports).register(timebackDefinition);

async function started(): Promise<IRosterProvider> {
  const settings = {
    ...timebackPresets.sandbox(district.baseUrl),
    ...{ clientId: 'sandbox-client', clientSecret: 'sandbox-secret', pageSize: 40 },
  };
  const provider = factory.create('timeback', 'district', settings);
  await provider.start();
  return provider;
}

/** The source goes down after so many pages. */
const failingAfter = (provider: IRosterProvider, pages: number, fail: () => Promise<unknown>): IRosterProvider =>
  new Proxy(provider, {
    get(target, name) {
      const value = Reflect.get(target, name, target) as unknown;
      if (typeof value !== 'function') return value;
      if (name !== 'readPage') return value.bind(target) as unknown;
      return async (...asked: unknown[]) => {
        const page = (await value.apply(target, asked)) as unknown;
        pages -= 1;
        if (pages === 0) await fail();
        return page;
      };
    },
  });

it('the run waits, goes on by itself from where it stopped, and the hub is as if nothing had happened', async () => {
  const { worker, tenantId } = district.database;
  expect((await district.sync({ pageSize: 40 })).run.state).toBe('completed');
  const undisturbed = await district.contents();
  await district.wipe();

  const wanted = { tenantId, integration: 'district', mode: 'full', trigger: 'manual', actor: 'test' } as const;
  const { runId } = await requestRun(worker, wanted);
  let downSince: number | null = null;
  const connect = async () => {
    const provider = await started();
    if (downSince !== null) return provider;
    return failingAfter(provider, 4, async () => {
      await district.control('faults', { fault: 'close' });
      downSince = clock.now();
    });
  };
  const engine = new DataSyncEngine({
    db: worker,
    ...ports,
    failpoint: () => undefined,
    policy: defaultPolicy,
    connect,
  });
  const attempt = () =>
    attemptRun(
      { db: worker, log: quiet, work: engine.run.bind(engine) },
      { tenantId, runId },
      new AbortController().signal,
    );
  const find = () => worker.withTenant(tenantId, (tx) => findRun(tx, tenantId, runId));

  const told: IntegrationHealth[] = [];
  let isDown = true;
  for (let attempts = 0; attempts < 40; attempts += 1) {
    await attempt();
    const run = await find();
    if (finalRunStates.includes(run.state)) break;
    expect([run.state, run.reason]).toEqual(['paused', 'The source does not answer.']);
    if (isDown) told.push(await look());
    await skipPause();
    if (isDown && clock.now() - downSince! >= tenMinutes) {
      await district.control('faults', {}, 'DELETE');
      isDown = false;
    }
  }
  expect(isDown).toBe(false);
  const run = await find();
  expect([run.state, run.reason]).toEqual(['completed', null]);
  expect(await district.contents()).toBe(undisturbed);
  const again = await district.sql<{ n: number }>(
    `SELECT count(*)::int AS n FROM (SELECT entity, page_offset FROM sync_pages WHERE run_id = $1 GROUP BY 1, 2 HAVING count(*) > 1) x`,
    [runId],
  );
  expect(again).toEqual([{ n: 0 }]);

  const last = told.at(-1)!;
  expect(told.length).toBeGreaterThanOrEqual(4);
  expect(last.condition).toMatchObject({ state: 'down', nextStep: 'Nothing to do: it goes on by itself.' });
  expect(last.condition.sentences[0]).toMatch(/^district has not answered as it should since .* \(\d+ minutes?\)/);
  expect(last.condition.sentences[1]).toMatch(
    /goes on by itself at .* from where it stopped, and nothing is lost but time/,
  );
  expect(last.condition.stillWorks.join()).toContain('nothing is deactivated');
  expect(last.alerts).toMatchObject([{ kind: 'unreachable' }]);
  // While it is down the breaker refuses most looks at once; when it is back the first look says so.
  const back = await look();
  expect([back.condition.state, back.alerts]).toEqual(['well', []]);
});

/** As a worker looks: by the same clock, limits and circuits as the run. */
async function look(): Promise<IntegrationHealth> {
  const { worker, tenantId } = district.database;
  const provider = await started();
  const parts = { ...ports, db: worker, probe: () => provider.health() };
  await checkIntegration(parts, { tenantId, integration: 'district', trigger: 'schedule' });
  await factory.dispose(provider);
  return worker.withTenant(tenantId, (tx) => readHealth(tx, tenantId, 'district', new Date(clock.now())));
}

/** Until the run is due. */
async function skipPause(): Promise<void> {
  const [row] = await district.sql<{ ms: number }>(
    `SELECT (extract(epoch FROM resume_at - now()) * 1000)::float8 AS ms FROM runs WHERE state = 'paused'`,
  );
  expect(row!.ms).toBeLessThanOrEqual(15 * 60_000);
  skippedMs += Math.max(0, row!.ms);
  await district.sql(`UPDATE runs SET resume_at = now() WHERE state = 'paused'`);
}
