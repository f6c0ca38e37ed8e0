/** On either backend the sweeper rings for every run that waits and that nobody holds, once, whatever became of its job. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { moveRun } from '../store/runs.js';
import { releaseLease, takeLease } from '../store/leases.js';
import { ensureTenant } from '../store/tenants.js';
import { addIntegration } from '../store/integrations.js';
import { createRun } from '../store/runs.js';
import { migrateQueue } from './migrate-queue.js';
import { runRequested } from './queues.js';
import { RunBell } from './run-bell.js';
import { sweep } from './sweeper.js';
import { backends, quietLog, QueuedDistrict } from './testing/queued-district.js';

const closed = 'postgresql://nobody:wrong@127.0.0.1:1/none';
const nowhere = {
  postgresql: { databaseUrl: closed },
  redis: { databaseUrl: closed, redisUrl: 'redis://127.0.0.1:1' },
};

describe.each(backends)('on %s', (backend) => {
  let district: QueuedDistrict;
  let bell: RunBell;
  beforeAll(async () => {
    district = await QueuedDistrict.open('jobs_sweeper', backend);
    bell = new RunBell(district.queueAt('worker'), quietLog);
  });
  afterAll(async () => {
    await bell.close();
    await district.close();
  });
  beforeEach(() => district.reset());

  const swept = async () => (await sweep({ db: district.database.worker, bell })).waiting;
  const id = (run: { tenantId: string; runId: string }, attempt = 0) => runRequested.jobId(run, attempt);

  describe('the sweeper', () => {
    it('rings for a run that nobody rang for', async () => {
      const run = await district.run();
      expect(await swept()).toBe(1);
      expect(await district.jobs()).toEqual([id(run)]);
    });

    it('rings once, however often it sweeps, and however often others rang', async () => {
      const run = await district.run();
      await bell.ring(run, run);
      await swept();
      await swept();
      expect(await district.jobs()).toEqual([id(run)]);
    });

    it('rings again for a run whose job vanished', async () => {
      const run = await district.run();
      await bell.ring(run);
      await district.forgetJobs();
      await swept();
      expect(await district.jobs()).toEqual([id(run)]);
    });

    it('leaves a run alone that somebody works on, and takes it up when its lease is over', async () => {
      const run = await district.run();
      const lease = await takeLease(district.database.worker, { ...run, owner: 'somebody' });
      await district.holdOn();
      expect(await swept()).toBe(0);
      expect(await district.jobs()).toEqual([]);
      await releaseLease(district.database.worker, lease!);
      expect(await swept()).toBe(1);
    });

    it('lets a paused run rest until its time has come', async () => {
      const run = await district.run();
      const { worker } = district.database;
      await worker.withTenant(run.tenantId, (tx) => moveRun(tx, run, 'paused', { reason: 'away', resumeInMs: 60_000 }));
      expect(await swept()).toBe(0);
      await district.sql(`UPDATE runs SET resume_at = now() - interval '1 second'`);
      expect(await swept()).toBe(1);
    });

    it.each(['needs_attention', 'failed', 'cancelled'] as const)('leaves a run alone that is %s', async (state) => {
      const run = await district.run();
      await district.database.worker.withTenant(run.tenantId, (tx) => moveRun(tx, run, state));
      expect(await swept()).toBe(0);
    });

    it('sees the runs of every tenant', async () => {
      const { app } = district.database;
      const { id: tenantId } = await ensureTenant(app, 'another');
      const runId = await app.withTenant(tenantId, async (tx) => {
        const { id: integrationId } = await addIntegration(tx, {
          tenantId,
          name: `n${Date.now()}`,
          kind: 'mock',
          settings: {},
        });
        return createRun(tx, { tenantId, integrationId, mode: 'full', trigger: 'test' });
      });
      const here = await district.run();
      await swept();
      expect(await district.jobs()).toEqual([id(here), id({ tenantId, runId })].toSorted());
    });
  });

  describe('the queue', () => {
    it('may be migrated twice', async () => {
      await expect(migrateQueue(district.database.urls.owner)).resolves.toBeUndefined();
    });

    it('takes a ring from the API as well as from the worker', async () => {
      const api = new RunBell(district.queueAt('app'), quietLog);
      expect(await api.ring(await district.run())).toBe(true);
      await api.close();
      expect(await bell.ring(await district.run())).toBe(true);
      expect(await district.jobs()).toHaveLength(2);
    });

    it('carries ids and nothing else', async () => {
      const run = await district.run();
      await bell.ring({ ...run, attempt: 3 });
      expect((await district.waiting()).map((job) => job.data)).toEqual([run]);
    });

    it('that does not answer leaves the ring to the sweeper, and is heard again later', async () => {
      const broken = new RunBell(nowhere[backend], quietLog);
      expect(await broken.ring(await district.run())).toBe(false);
      expect(await broken.ring(await district.run())).toBe(false);
      await broken.close();
    });
  });
});
