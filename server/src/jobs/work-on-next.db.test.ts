/** Whichever ring was heard, the run that should be next is taken up: by what asked for it, by age, and fairly among tenants. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { addIntegration } from '../store/integrations.js';
import { takeLease } from '../store/leases.js';
import { createRun } from '../store/runs.js';
import { ensureTenant } from '../store/tenants.js';
import { waitingRuns } from '../store/waiting-runs.js';
import { QueuedDistrict, quietLog } from './testing/queued-district.js';
import { workOnNext } from './work-on-next.js';

let district: QueuedDistrict;
beforeAll(async () => {
  district = await QueuedDistrict.open('jobs_next');
});
afterAll(() => district.close());
beforeEach(() => district.reset());

/** A run that was asked for some minutes ago. */
async function asked(trigger: string, minutesAgo: number): Promise<{ tenantId: string; runId: string }> {
  const run = await district.run(trigger);
  await age(run.runId, minutesAgo);
  return run;
}

const age = (runId: string, minutes: number) =>
  district.sql(`UPDATE runs SET requested_at = now() - make_interval(mins => $2) WHERE id = $1`, [runId, minutes]);

const order = async () => (await waitingRuns(district.database.worker)).map((run) => run.runId);

describe('the order of waiting runs', () => {
  it('puts a run that a person asked for before an older one of a schedule', async () => {
    const scheduled = await asked('schedule', 5);
    const manual = await asked('manual', 0);
    expect(await order()).toEqual([manual.runId, scheduled.runId]);
  });

  it('lets no scheduled run starve: with age it comes before what a person asks for', async () => {
    const scheduled = await asked('schedule', 11);
    const manual = await asked('manual', 0);
    expect(await order()).toEqual([scheduled.runId, manual.runId]);
  });

  it('is that of age among runs of one kind', async () => {
    const young = await asked('api', 1);
    const old = await asked('api', 2);
    expect(await order()).toEqual([old.runId, young.runId]);
  });

  it('sets a tenant back that has runs under way, for a time', async () => {
    const { worker, app } = district.database;
    const busy = await district.run();
    await takeLease(worker, { ...busy, owner: 'somebody' });
    await district.holdOn();
    const more = await asked('manual', 5);
    const { id: tenantId } = await ensureTenant(app, 'another');
    const other = await app.withTenant(tenantId, async (tx) => {
      const { id: integrationId } = await addIntegration(tx, { tenantId, name: 'other', kind: 'mock', settings: {} });
      return createRun(tx, { tenantId, integrationId, mode: 'full', trigger: 'manual' });
    });
    expect(await order()).toEqual([other, more.runId]);
    await age(more.runId, 11);
    expect(await order()).toEqual([more.runId, other]);
  });

  it('leaves out the runs of a paused integration', async () => {
    await district.run();
    await district.sql(`UPDATE integrations SET paused_at = now(), paused_reason = 'exams', paused_by = 'test'`);
    expect(await order()).toEqual([]);
    await district.sql(`UPDATE integrations SET paused_at = NULL, paused_reason = NULL, paused_by = NULL`);
    expect(await order()).toHaveLength(1);
  });
});

describe('a worker that was rung for', () => {
  it('takes up the first run, and the next one that nobody holds when it was faster', async () => {
    const { worker: db } = district.database;
    const [first, second] = [await asked('manual', 2), await asked('manual', 1)];
    const worked: string[] = [];
    const work = (runId: string) => {
      worked.push(runId);
      return Promise.reject(new DOMException('enough', 'AbortError'));
    };
    const stop = new AbortController();
    const parts = { db, log: quietLog, work: (lease: { runId: string }) => work(lease.runId) };
    await workOnNext(parts, stop.signal);
    await takeLease(db, { ...first, owner: 'another' });
    await district.holdOn();
    await workOnNext(parts, stop.signal);
    expect(worked).toEqual([first.runId, second.runId]);
  });

  it('has nothing to do when no run waits', async () => {
    const parts = { db: district.database.worker, log: quietLog, work: () => Promise.reject(new Error('not here')) };
    expect(await workOnNext(parts, new AbortController().signal)).toBe('over');
  });
});
