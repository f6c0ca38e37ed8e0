/**
 * On either backend the worker hears a ring at once, refuses what is not in the catalogue, and hears again after its connections
 * were cut or its queue forgot everything.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AttemptParts } from './attempt-run.js';
import { openQueue } from './queue-backend.js';
import { runRequested, type RunRequest } from './queues.js';
import { RunBell } from './run-bell.js';
import { startWorker, type RunningWorker } from './run-worker.js';
import { backends, eventually, quietLog, QueuedDistrict } from './testing/queued-district.js';

const called: RunRequest[] = [];
/** The same queue with a use case that only remembers. */
const queue = { ...runRequested, call: async (_parts: AttemptParts, run: RunRequest) => void called.push(run) };
/** Others may be heard beside it: a ring whose answer was lost is rung again. */
const heard = (run: RunRequest) => called.some(({ runId }) => runId === run.runId);
const notHere = () => Promise.reject(new Error('not here'));

describe.each(backends)('on %s', (backend) => {
  let district: QueuedDistrict;
  let bell: RunBell;
  let worker: RunningWorker;
  const stop = new AbortController();

  beforeAll(async () => {
    district = await QueuedDistrict.open('jobs_worker', backend);
    bell = new RunBell(district.queueAt('app'), quietLog);
    worker = await startWorker(queue, parts(), stop.signal, { queueAt: district.queueAt('worker'), log: quietLog });
  });
  afterAll(async () => {
    stop.abort();
    await worker.close();
    await bell.close();
    await district.close();
  });
  beforeEach(async () => {
    called.length = 0;
    await district.reset();
  });
  const parts = () => ({ db: district.database.worker, log: quietLog, work: notHere });

  it('hears a ring, and leaves no job behind', async () => {
    const run = await district.run();
    await eventually(() => bell.ring(run));
    await eventually(async () => heard(run));
    for (const one of called) expect(one).toEqual(run);
    await eventually(async () => (await district.jobs()).length === 0);
  });

  it('refuses a job that carries more than ids', async () => {
    const raw = openQueue(district.queueAt('app'), runRequested.name, () => undefined);
    const run = await district.run();
    await raw.addBulk([{ name: runRequested.name, data: { ...run, givenName: 'Ada' }, opts: { jobId: 'odd' } }]);
    await eventually(async () => (await district.jobs()).length === 0);
    await raw.close();
    expect(heard(run)).toBe(false);
  });

  it('goes on after every connection was cut', async () => {
    await cutAll(district, backend);
    const run = await district.run().catch(() => district.run());
    await eventually(() => bell.ring(run));
    await eventually(async () => heard(run));
  });

  it('hears again after the queue forgot everything', async () => {
    await district.forgetJobs();
    const run = await district.run();
    await eventually(() => bell.ring(run));
    await eventually(async () => heard(run));
  });
});

async function cutAll(district: QueuedDistrict, backend: string): Promise<void> {
  if (backend === 'redis') {
    await district.redis.leave();
    await district.redis.comeBack();
  }
  await district.sql(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename IN ('rollcall_app', 'rollcall_worker')`,
  );
}

describe('a queue that is not there', () => {
  const parts = {} as AttemptParts;
  const nowhere = 'postgresql://nobody:wrong@127.0.0.1:1/none';
  const start = (redisUrl?: string) =>
    startWorker(queue, parts, AbortSignal.timeout(60_000), {
      queueAt: { databaseUrl: nowhere, redisUrl },
      log: quietLog,
    });

  it('is said at once when it is the database', async () => {
    await expect(start()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('is waited for when it is Redis, and the worker can be closed all the same', async () => {
    const worker = await start('redis://127.0.0.1:1');
    await worker.close();
  });
});
