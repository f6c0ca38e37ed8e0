/** A slow drain is seen for what it is: removals of seven days count together, except those that a person approved or took back. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findHold, type Hold } from '../store/holds.js';
import { approveHold } from './decide-hold.js';
import { requestUndo } from './request-undo.js';
import { setLimit } from './limits/change-limits.js';
import { District } from './testing/district.js';

let district: District;
let opened = 0;
beforeEach(async () => {
  opened += 1;
  district = await District.open(`sync_drain_${opened}`, 400, opened);
  expect((await district.sync()).run.state).toBe('completed');
  // Enough for one day, too little for two.
  const rule = { integration: null, school: null, entity: 'users', operation: 'deactivate', season: null } as const;
  const terms = { reason: 'a test', actor: 'test', tenantId: district.database.tenantId };
  await setLimit(district.database.app, { ...terms, rule: { ...rule, share: 0.001, rows: daily + 1 } });
});
afterEach(() => district.close());

/** One below what the rule of these tests holds. */
const daily = 25;

/** The database's clock goes on by a day, as far as removals look at it. */
const nextDay = async () => {
  await district.sql(`UPDATE external_system_mappings SET missing_since = missing_since - interval '25 hours'`);
  await district.sql(`UPDATE removal_counts SET counted_at = counted_at - interval '25 hours'`);
};
const leave = () => district.control('leavers', { count: daily });
const end = () => district.control('tobedeleted', { entity: 'users', count: daily });
const counted = async () =>
  Number(
    (
      await district.sql<{ rows: string }>(
        `SELECT coalesce(sum(row_count), 0) AS rows FROM removal_counts WHERE entity = 'users'`,
      )
    )[0]!.rows,
  );

describe('a slow drain', () => {
  it('of records that go missing waits on the second day, with a reason that says that it is a sum', async () => {
    await leave();
    expect((await district.sync()).entities.users).toMatchObject({ held: 0, missing: daily });
    await nextDay();
    await leave();
    const report = await district.sync();
    expect(report.entities.users.held).toBeGreaterThan(0);
    const hold = report.holds.find((one) => one.entity === 'users')!;
    expect(hold.reason).toMatch(
      /^the whole integration: 50 of \d+ rows, the sum of 2 days \(25 now, 25 before\); the limit is 0\.1 % and 26 rows$/,
    );
  });

  it('of records that their source ends waits on the second day', async () => {
    await end();
    expect((await district.sync()).entities.users).toMatchObject({ held: 0, deactivated: daily });
    expect(await counted()).toBe(daily);
    await nextDay();
    await end();
    const report = await district.sync();
    expect(report.entities.users).toMatchObject({ held: daily, deactivated: 0 });
    expect(report.holds.find((one) => one.entity === 'users')!.reason).toContain(`${daily} now, ${daily} before`);
  });

  it('is forgotten after seven days', async () => {
    await end();
    await district.sync();
    for (let day = 0; day < 7; day += 1) await nextDay();
    await end();
    expect((await district.sync()).entities.users).toMatchObject({ held: 0, deactivated: daily });
  });

  it('does not count what a person approved', async () => {
    await end();
    await district.sync();
    await nextDay();
    await end();
    const report = await district.sync();
    const hold = await held(report.holds.find((one) => one.entity === 'users')!.id);
    const decision = { tenantId: district.database.tenantId, holdId: hold.id, digest: hold.digest, rows: null };
    const { runId } = await approveHold(district.database.worker, { ...decision, reason: 'they left', actor: 'test' });
    expect((await district.work(runId)).entities.users.deactivated).toBe(daily);
    expect(await counted()).toBe(daily);
  });

  it('does not count what was undone, and not who came back', async () => {
    await end();
    const first = await district.sync();
    const wanted = { tenantId: district.database.tenantId, rows: null, reason: 'a mistake', actor: 'test' };
    const undo = await requestUndo(district.database.worker, { ...wanted, runId: first.run.id });
    await district.work(undo.runId);
    expect(await counted()).toBe(0);
    expect(await district.sql('SELECT FROM tombstones')).toEqual([]);
    await district.control('reset', {});
    await district.sync();
    await end();
    expect((await district.sync()).entities.users).toMatchObject({ held: 0, deactivated: daily });
    await district.control('reset', {});
    expect((await district.sync()).entities.users).toMatchObject({ reactivated: daily });
    expect(await counted()).toBe(0);
  });
});

const held = (id: string): Promise<Hold> =>
  district.database.worker.withTenant(district.database.tenantId, (tx) => findHold(tx, district.database.tenantId, id));
