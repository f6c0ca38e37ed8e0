/**
 * How much a large tenant's first load delays a small tenant's: both on one worker process of the product, the small run timed
 * from its request to its end, alone and beside the other, each time with a tenant of its own.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { startNode } from '../child-process.js';
import { productModule, productPath } from '../product/product-module.js';
import { productParts } from '../product/product-parts.js';
import { startSandbox } from '../sandbox.js';
import type { ThrowawayServer } from '../throwaway-server.js';

export interface Fairness {
  readonly aloneSeconds: number[];
  readonly besideSeconds: number[];
  /** Alone again, in a database that now holds the large tenant. */
  readonly afterSeconds: number[];
  /** How far the large run had come when the last small one ended; it has to be still at work. */
  readonly largeState: string;
}

type Migrate = typeof import('../../../server/src/jobs/migrate-queue.js');
type Bell = typeof import('../../../server/src/jobs/run-bell.js');
type Presets = typeof import('@rollcall/connectors');

const smallStudents = 1_000;
const lookEveryMs = 5;
const longestRunMs = 120_000;
const secret = 'BENCH_SECRET';
const over = /^(completed|failed|cancelled|needs_attention)/;

export async function measureFairness(bench: {
  server: ThrowawayServer;
  /** Students of the large tenant. */
  large: number;
  runs: number;
  log: (line: string) => void;
}): Promise<Fairness> {
  const { server, log } = bench;
  await server.createDatabases(['product']);
  const urls = await server.urls('product');
  const { migrateQueue } = await productModule<Migrate>('jobs/migrate-queue.js');
  await migrateQueue(urls.owner);
  const small = await startSandbox(smallStudents);
  const large = await startSandbox(bench.large);
  const worker = await startWorker(urls.worker);
  const tenants = await openTenants(urls.app);
  try {
    const time = async (name: string): Promise<number> => {
      const seconds = await tenants.timeRun(name, small.url);
      log(`  small run ${name}: ${seconds.toFixed(3)} s`);
      return seconds;
    };
    await time('warm');
    const aloneSeconds: number[] = [];
    const besideSeconds: number[] = [];
    for (let n = 0; n < 2 * bench.runs; n += 1) aloneSeconds.push(await time(`alone-${n}`));
    const run = await tenants.request('large', large.url);
    await sleep(3_000);
    let state = await tenants.state(run);
    for (let n = 0; !over.test(state) && n < 200; n += 1) {
      besideSeconds.push(await time(`beside-${n}-${state}`));
      state = await tenants.state(run);
    }
    const afterSeconds: number[] = [];
    for (let n = 0; n < bench.runs; n += 1) afterSeconds.push(await time(`after-${n}`));
    return { aloneSeconds, besideSeconds, afterSeconds, largeState: state };
  } finally {
    await tenants.close();
    worker.kill('SIGTERM');
    await new Promise((resolve) => worker.once('close', resolve));
    await Promise.all([small.stop(), large.stop()]);
    await server.dropDatabases();
  }
}

async function startWorker(databaseUrl: string) {
  const env = { ROLLCALL_WORKER_DATABASE_URL: databaseUrl, ROLLCALL_LOG_LEVEL: 'error', [secret]: 'sandbox-secret' };
  const child = startNode(productPath('main/worker.js'), [], env);
  await new Promise<void>((resolve, reject) => {
    child.stdout!.once('data', () => resolve());
    child.once('close', () => reject(new Error('the worker did not start')));
  });
  return child;
}

interface RunOf {
  readonly tenantId: string;
  readonly runId: string;
}

async function openTenants(databaseUrl: string) {
  const { Database, ensureTenant, addIntegration, requestRun, findRun } = await productParts();
  const { timebackPresets } = (await import('@rollcall/connectors')) as Presets;
  const { RunBell } = await productModule<Bell>('jobs/run-bell.js');
  const db = new Database(databaseUrl, { connections: 2 });
  const bell = new RunBell({ databaseUrl, redisUrl: undefined }, quiet);
  const prepare = async (name: string, sandboxUrl: string) => {
    const { id: tenantId } = await ensureTenant(db, name);
    const settings = {
      ...timebackPresets.sandbox(sandboxUrl),
      clientId: 'sandbox-client',
      clientSecretRef: `env:${secret}`,
    };
    await db.withTenant(tenantId, (tx) => addIntegration(tx, { tenantId, name, kind: 'timeback', settings }));
    return tenantId;
  };
  const start = async (tenantId: string, name: string): Promise<RunOf> => {
    const wanted = { tenantId, integration: name, mode: 'full', trigger: 'manual', actor: 'bench' } as const;
    const { runId } = await requestRun(db, wanted);
    await bell.ring({ tenantId, runId });
    return { tenantId, runId };
  };
  const state = async ({ tenantId, runId }: RunOf) =>
    (await db.withTenant(tenantId, (tx) => findRun(tx, tenantId, runId))).state;
  return {
    state,
    request: async (name: string, sandboxUrl: string) => start(await prepare(name, sandboxUrl), name),
    async timeRun(name: string, sandboxUrl: string): Promise<number> {
      const tenantId = await prepare(name, sandboxUrl);
      const from = performance.now();
      const run = await start(tenantId, name);
      while (!over.test(await state(run))) {
        if (performance.now() - from > longestRunMs) throw new Error(`the run of ${name} does not end`);
        await sleep(lookEveryMs);
      }
      if ((await state(run)) !== 'completed') throw new Error(`the run of ${name} ended as ${await state(run)}`);
      return (performance.now() - from) / 1000;
    },
    async close() {
      await bell.close();
      await db.close();
    },
  };
}

const nothing = () => undefined;
const quiet = { debug: nothing, info: nothing, warn: nothing, error: nothing };
