/** A run goes over to whoever may go on with it: past a holder that froze in the middle of a transaction, and not to an older engine. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '../store/database.js';
import { engineVersion } from '../store/engine-version.js';
import { proveFence, takeLease } from '../store/leases.js';
import { beginAttempt } from '../store/runs.js';
import { isRunDue } from '../store/run-due.js';
import { waitingRuns } from '../store/waiting-runs.js';
import { QueuedDistrict } from './testing/queued-district.js';

let district: QueuedDistrict;
beforeAll(async () => {
  district = await QueuedDistrict.open('jobs_taken_over');
});
afterAll(() => district.close());
afterEach(() => district.reset());

const expire = () => district.sql(`UPDATE run_leases SET held_until = now() - interval '1 second'`);

describe('a holder that froze in the middle of a transaction', () => {
  it('keeps nobody from its run once its lease has run out, and commits nothing', async () => {
    const { worker } = district.database;
    const run = await district.run();
    const first = (await takeLease(worker, { ...run, owner: 'first' }))!;
    const own = new Database(district.database.urls.worker, { connections: 1 });
    let begun = () => {};
    const hasBegun = new Promise<void>((done) => (begun = done));
    let wake = () => {};
    const frozen = own.withTenant(run.tenantId, async (tx) => {
      await proveFence(tx, first);
      await beginAttempt(tx, run);
      begun();
      await new Promise<void>((done) => (wake = done));
      await tx.query('SELECT 1');
    });
    const refused = expect(frozen).rejects.toThrow();
    await hasBegun;
    await expire();
    const second = await takeLease(worker, { ...run, owner: 'second' });
    expect(second!.fence).toBeGreaterThan(first.fence);
    wake();
    await refused;
    expect((await district.find(run)).attempt).toBe(0);
    await own.close();
  });
});

describe('a run that a newer engine has begun', () => {
  it('is left alone by an older one, and taken up by its own and by later ones', async () => {
    const { worker } = district.database;
    const run = await district.run();
    const isDue = (version: number) => worker.withTenant(run.tenantId, (tx) => isRunDue(tx, run, version));
    for (const [version, due] of [
      [engineVersion - 1, false],
      [engineVersion, true],
      [engineVersion + 1, true],
    ] as const) {
      expect(await isDue(version)).toBe(due);
      expect(await waitingRuns(worker, 10, version)).toHaveLength(due ? 1 : 0);
    }
  });
});
