/**
 * A worker that dies, at any named place, and one that wakes up too late: the next attempt ends in the same state as a run that
 * was never disturbed, and nothing is doubled. (main/ has the same with real processes and SIGKILL.)
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { findRun } from '../store/runs.js';
import { proveFence, takeLease } from '../store/leases.js';
import { failpoints, type Failpoint } from './failpoints.js';
import { requestRun } from './request-run.js';
import { District, type SyncOptions } from './testing/district.js';

class Death extends Error {}

let district: District;
let undisturbed: string;
const small: SyncOptions = { pageSize: 60, policy: { chunkRows: 40 } };

beforeAll(async () => {
  district = await District.open('sync_crash', 60);
  await district.sync(small);
  undisturbed = await district.contents();
});
afterAll(() => district.close());
beforeEach(() => district.wipe());

/** Dies at the nth passing of a failpoint. Null when the run ended before it came to that. */
function dying(name: string, nth: number): Failpoint {
  let passed = 0;
  return (here) => {
    if (here !== name) return;
    passed += 1;
    if (passed === nth) throw new Death(name);
  };
}

const request = async () => {
  const { worker, tenantId } = district.database;
  const wanted = { tenantId, integration: 'district', mode: 'full', trigger: 'manual', actor: 'test' } as const;
  return (await requestRun(worker, wanted)).runId;
};

describe.each(failpoints.flatMap((name) => [1, 2, 5].map((nth) => [name, nth] as const)))(
  'death at %s, passing %i',
  (name, nth) => {
    it('ends in the same state, nothing doubled', async () => {
      const runId = await request();
      const died = await district.work(runId, { ...small, failpoint: dying(name, nth) }).then(
        () => false,
        (error: unknown) => {
          if (error instanceof Death) return true;
          throw error;
        },
      );
      const over = nth > 1 && ['run.claimed', 'verify.begun', 'run.finished'].includes(name);
      expect(died).toBe(!over);
      if (died && name !== 'run.finished') {
        const report = await district.work(runId, small);
        expect(report.run).toMatchObject({ state: 'completed', attempt: 2 });
      }
      expect(await district.contents()).toBe(undisturbed);
    });
  },
);

describe('many deaths in one run', () => {
  it('end in the same state, each attempt going on where the last one stopped', async () => {
    const runId = await request();
    for (const name of failpoints.slice(0, -1))
      await expect(district.work(runId, { ...small, failpoint: dying(name, 1) })).rejects.toBeInstanceOf(Death);
    expect((await district.work(runId, small)).run).toMatchObject({ state: 'completed', attempt: failpoints.length });
    expect(await district.contents()).toBe(undisturbed);
  });

  it('read no page twice that was committed', async () => {
    const runId = await request();
    await expect(district.work(runId, { ...small, failpoint: dying('page.committed', 4) })).rejects.toBeInstanceOf(
      Death,
    );
    await district.control('log', {}, 'DELETE');
    await district.work(runId, small);
    const attempts = await district.sql(
      `SELECT attempt, count(*) FROM sync_pages WHERE run_id = $1 GROUP BY 1 ORDER BY 1`,
      [runId],
    );
    expect(attempts[0]).toMatchObject({ attempt: 1 });
    expect(Number(attempts[0]!.count)).toBeGreaterThanOrEqual(4);
  });
});

describe('a worker whose lease was taken', () => {
  it('writes nothing when it wakes up, and the new one finishes the run', async () => {
    const { worker, tenantId } = district.database;
    const runId = await request();
    let woken = false;
    const steal: Failpoint = (here) => {
      if (here !== 'page.fetched' || woken) return;
      woken = true;
      throw new Death('asleep');
    };
    const key = { tenantId, runId, owner: 'first' };
    const lease = (await takeLease(worker, key))!;
    await expect(
      district.engine({ ...small, failpoint: steal }).run(lease, new AbortController().signal),
    ).rejects.toBeInstanceOf(Death);
    await district.sql(`UPDATE run_leases SET held_until = now() + interval '1 hour'`);
    expect(await takeLease(worker, { ...key, owner: 'second' })).toBeNull();
    await district.sql(`UPDATE run_leases SET held_until = now() - interval '1 second'`);
    const second = (await takeLease(worker, { ...key, owner: 'second' }))!;
    expect(second.fence).toBeGreaterThan(lease.fence);
    const before = await district.sql('SELECT count(*) FROM sync_pages');
    await expect(district.engine(small).run(lease, new AbortController().signal)).rejects.toMatchObject({
      code: 'lease_lost',
    });
    expect(await district.sql('SELECT count(*) FROM sync_pages')).toEqual(before);
    await expect(worker.withTenant(tenantId, (tx) => proveFence(tx, lease))).rejects.toMatchObject({
      code: 'lease_lost',
    });
    await district.engine(small).run(second, new AbortController().signal);
    expect((await worker.withTenant(tenantId, (tx) => findRun(tx, tenantId, runId))).state).toBe('completed');
    expect(await district.contents()).toBe(undisturbed);
  });

  it('a second run of the integration is refused while one is under way, and a request joins the first', async () => {
    const runId = await request();
    expect(await request()).toBe(runId);
  });
});
