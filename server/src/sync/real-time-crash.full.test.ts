/** A worker that dies, at any named place, while it reads marked records: the next attempt ends as if nothing had been. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { failpoints, type Failpoint } from './failpoints.js';
import { cancelRun } from './cancel-run.js';
import { District } from './testing/district.js';
import { MarkedDistrict } from './testing/marked-district.js';

class Death extends Error {}

let district: District;
let marked: MarkedDistrict;
let ids: string[];
let undisturbed: string;

beforeAll(async () => {
  district = await District.open('sync_real_time_crash', 60);
  marked = new MarkedDistrict(district);
});
afterAll(() => district.close());
beforeEach(async () => {
  await district.control('reset', {});
  await district.sql('TRUNCATE dirty_records');
  await district.wipe();
  await district.sync();
  // New people with what they belong to, so that references are followed as well.
  await district.control('joiners', { count: 2 });
  ids = await marked.changed('enrollments');
});

const dying = (name: string, nth: number): Failpoint => {
  let passed = 0;
  return (here) => {
    if (here === name && (passed += 1) === nth) throw new Death(name);
  };
};

it('undisturbed, all of it arrives', async () => {
  expect((await marked.read('enrollments', ids)).entities.enrollments.created).toBe(ids.length);
  undisturbed = await district.contents();
});

describe.each(failpoints.flatMap((name) => [1, 2].map((nth) => [name, nth] as const)))(
  'death at %s, passing %i',
  (name, nth) => {
    it('ends in the same state, nothing doubled, and no mark is left', async () => {
      const { run } = await marked.mark('enrollments', ids);
      const died = await district.work(run!.runId, { failpoint: dying(name, nth) }).then(
        () => false,
        (error: unknown) => {
          if (error instanceof Death) return true;
          throw error;
        },
      );
      expect(died).toBe(nth === 1 || !['run.claimed', 'verify.begun', 'run.finished'].includes(name));
      if (died && name !== 'run.finished')
        expect((await district.work(run!.runId)).run).toMatchObject({ state: 'completed', attempt: 2 });
      expect(await district.contents()).toBe(undisturbed);
      expect(await marked.waiting()).toEqual([]);
    });
  },
);

describe('a run that is cancelled', () => {
  it.each(['page.committed', 'plan.committed'])(
    'at %s leaves its marks, and the next run reads them',
    async (place) => {
      const { run } = await marked.mark('enrollments', ids);
      await expect(district.work(run!.runId, { failpoint: dying(place, 1) })).rejects.toBeInstanceOf(Death);
      const { tenantId, app } = district.database;
      await cancelRun(app, { tenantId, runId: run!.runId, actor: 'test', reason: null });
      expect(await marked.waiting()).toHaveLength(ids.length);
      expect((await marked.read('enrollments', ids.slice(0, 1))).entities.enrollments.created).toBe(ids.length);
      expect(await marked.waiting()).toEqual([]);
      expect(await district.contents()).toBe(undisturbed);
    },
  );
});
