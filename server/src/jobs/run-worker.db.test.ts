/** The worker hears a ring at once, refuses what is not in the catalogue, and hears again after its connections were cut. */
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { AttemptParts } from './attempt-run.js';
import { jobKeeping, Queue, queueConnection } from './queue-backend.js';
import { runRequested, type RunRequest } from './queues.js';
import { RunBell } from './run-bell.js';
import { startWorker, type RunningWorker } from './run-worker.js';
import { eventually, quietLog, QueuedDistrict } from './testing/queued-district.js';

let district: QueuedDistrict;
let bell: RunBell;
let worker: RunningWorker;
let called: RunRequest[] = [];
const stop = new AbortController();
/** The same queue with a use case that only remembers. */
const queue = { ...runRequested, call: async (_parts: AttemptParts, run: RunRequest) => void called.push(run) };

beforeAll(async () => {
  district = await QueuedDistrict.open('jobs_worker');
  bell = new RunBell(district.database.urls.app, quietLog);
  const parts = { db: district.database.worker, log: quietLog, work: () => Promise.reject(new Error('not here')) };
  worker = await startWorker(queue, parts, stop.signal, { databaseUrl: district.database.urls.worker, log: quietLog });
});
afterAll(async () => {
  stop.abort();
  await worker.close();
  await bell.close();
  await district.close();
});
beforeEach(async () => {
  called = [];
  await district.reset();
});

it('hears a ring, and leaves no job behind', async () => {
  const run = await district.run();
  await bell.ring(run);
  await eventually(async () => called.length === 1);
  expect(called).toEqual([run]);
  await eventually(async () => (await district.jobs()).length === 0);
});

it('refuses a job that carries more than ids', async () => {
  const raw = new Queue(runRequested.name, { connection: queueConnection(district.database.urls.app) });
  const run = await district.run();
  await raw.add(runRequested.name, { ...run, givenName: 'Ada' }, { ...jobKeeping, jobId: 'odd' });
  await eventually(async () => (await district.jobs()).length === 0);
  await raw.close();
  expect(called).toEqual([]);
});

it('goes on after the database cut every connection', async () => {
  await district.sql(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename IN ('rollcall_app', 'rollcall_worker')`,
  );
  const run = await district.run().catch(() => district.run());
  await eventually(() => bell.ring(run));
  await eventually(async () => called.length > 0);
  expect(called[0]).toEqual(run);
});

it('says so when the queue is not there, instead of waiting for ever', async () => {
  const url = 'postgresql://nobody:wrong@127.0.0.1:1/none';
  const parts = { db: district.database.worker, log: quietLog, work: () => Promise.reject(new Error('not here')) };
  await expect(startWorker(queue, parts, stop.signal, { databaseUrl: url, log: quietLog })).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  });
});
