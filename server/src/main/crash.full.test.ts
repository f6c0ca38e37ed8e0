/**
 * Real workers, really killed: at each named failpoint by SIGKILL, and by the death of PostgreSQL. Another one goes on within
 * 15 seconds and comes to the same end as a run that was never disturbed; nothing is doubled.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { timebackPresets } from '@rollcall/connectors';
import { finalRunStates } from '@rollcall/core';
import { migrateQueue } from '../jobs/migrate-queue.js';
import { changeSettings } from '../store/integrations.js';
import { findRun, type Run } from '../store/runs.js';
import { failpoints, type FailpointName } from '../sync/failpoints.js';
import { requestRun } from '../sync/request-run.js';
import { District } from '../sync/testing/district.js';

const program = fileURLToPath(new URL('../../dist/main/worker.js', import.meta.url));
/** Their waits for leases overlap; their work hardly does. */
const atATime = 5;

interface Outcome {
  readonly diedOf: NodeJS.Signals | null;
  /** How long its lease lasted on. */
  readonly leaseLeftMs: number;
  /** From when nothing stood in the way any more: the lease was over and another worker was ready. */
  readonly resumedAfterMs: number;
  /** How long the other worker took to start. */
  readonly startMs: number;
  readonly run: Run;
  readonly contents: string;
}

let dataDir: string;
let undisturbed: string;
const outcomes = new Map<FailpointName, Outcome>();
const workers = new Set<ChildProcess>();

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'rollcall-crash-'));
  chmodSync(dataDir, 0o711);
  mkdirSync(join(dataDir, 'secrets'), { mode: 0o700 });
  writeFileSync(join(dataDir, 'secrets', 'district'), 'sandbox-secret', { mode: 0o600 });
  undisturbed = await withDistrict('crash_none', async (district) => {
    await district.sync({ pageSize: 60 });
    return district.contents();
  });
  const waiting = [...failpoints];
  const one = async () => {
    for (let name = waiting.shift(); name; name = waiting.shift()) outcomes.set(name, await killAt(name));
  };
  await Promise.all(Array.from({ length: atATime }, one));
});
afterAll(() => {
  for (const worker of workers) worker.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

async function withDistrict<T>(name: string, work: (district: District) => Promise<T>): Promise<T> {
  const district = await District.open(name, 60);
  try {
    return await work(district);
  } finally {
    await district.close();
  }
}

function startWorker(district: District, failpoint = ''): ChildProcess {
  const env = {
    ...process.env,
    NODE_OPTIONS: '',
    ROLLCALL_DATA_DIR: dataDir,
    ROLLCALL_WORKER_DATABASE_URL: district.database.urls.worker,
    ROLLCALL_FAILPOINT: failpoint,
    ROLLCALL_LOG_LEVEL: 'error',
  };
  const worker = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  workers.add(worker);
  worker.once('exit', () => workers.delete(worker));
  return worker;
}

async function request(district: District): Promise<string> {
  const { worker, tenantId } = district.database;
  await migrateQueue(district.database.urls.owner);
  const settings = {
    ...timebackPresets.sandbox(district.baseUrl),
    ...{ clientId: 'sandbox-client', clientSecretRef: 'file:district', pageSize: 60 },
  };
  await worker.withTenant(tenantId, (tx) => changeSettings(tx, district.integration, settings));
  const wanted = { tenantId, integration: 'district', mode: 'full', trigger: 'manual', actor: 'test' } as const;
  return (await requestRun(worker, wanted)).runId;
}

async function killAt(name: FailpointName): Promise<Outcome> {
  return withDistrict(`crash_${name.replace('.', '_')}`, async (district) => {
    const runId = await request(district);
    const [, diedOf] = (await once(startWorker(district, name), 'exit')) as [number | null, NodeJS.Signals | null];
    const died = performance.now();
    const leaseLeftMs = await leaseLeft(district);
    const next = startWorker(district);
    await once(createInterface(next.stdout!), 'line');
    const startMs = performance.now() - died;
    const resumed = (run: Run) => run.attempt > 1 || finalRunStates.includes(run.state);
    await until(district, runId, resumed);
    const resumedAfterMs = performance.now() - died - Math.max(startMs, leaseLeftMs);
    const run = await until(district, runId, ({ state }) => finalRunStates.includes(state));
    const stopped = once(next, 'exit');
    next.kill('SIGTERM');
    await stopped;
    return { diedOf, leaseLeftMs, resumedAfterMs, startMs, run, contents: await district.contents() };
  });
}

async function leaseLeft(district: District): Promise<number> {
  const [lease] = await district.sql<{ ms: number }>(
    `SELECT extract(epoch FROM held_until - now())::float8 * 1000 AS ms FROM run_leases WHERE held_until > now()`,
  );
  return lease?.ms ?? 0;
}

async function until(district: District, runId: string, holds: (run: Run) => boolean): Promise<Run> {
  const { worker, tenantId } = district.database;
  for (;;) {
    const run = await worker.withTenant(tenantId, (tx) => findRun(tx, tenantId, runId));
    if (holds(run)) return run;
    await new Promise((done) => setTimeout(done, 100));
  }
}

describe.each(failpoints)('a worker killed at %s', (name) => {
  const outcome = () => outcomes.get(name)!;

  it('is dead, and another one takes its run up within 15 s', () => {
    const { diedOf, leaseLeftMs, resumedAfterMs, startMs } = outcome();
    expect(diedOf).toBe('SIGKILL');
    expect(leaseLeftMs).toBeLessThanOrEqual(10_000);
    // A sweep comes every 2 s; a worker starts in one, and where it takes longer so does everything.
    expect(resumedAfterMs).toBeLessThan(5_000 * Math.max(1, startMs / 1_000));
  });

  it('leaves a run that ends like one that was never disturbed', () => {
    expect(outcome().run).toMatchObject({ state: 'completed', attempt: name === 'run.finished' ? 1 : 2, reason: null });
    expect(outcome().contents).toBe(undisturbed);
  });
});

describe('a worker that is told to stop', () => {
  it('lets go of its run, and another one goes on without waiting for the lease', async () => {
    await withDistrict('crash_stop', async (district) => {
      const runId = await request(district);
      // Longer than it takes anybody to look.
      await district.control('faults', { fault: 'delay', collection: 'users', ms: 60_000 });
      const first = startWorker(district);
      await until(district, runId, ({ state }) => state === 'fetching');
      first.kill('SIGTERM');
      const [code] = (await once(first, 'exit')) as [number];
      expect({ code, leaseLeftMs: await leaseLeft(district) }).toEqual({ code: 0, leaseLeftMs: 0 });
      await district.control('faults', {}, 'DELETE');
      const next = startWorker(district);
      await until(district, runId, (run) => run.attempt > 1);
      await until(district, runId, ({ state }) => state === 'completed');
      next.kill('SIGTERM');
      await once(next, 'exit');
      expect(await district.contents()).toBe(undisturbed);
    });
  });
});
