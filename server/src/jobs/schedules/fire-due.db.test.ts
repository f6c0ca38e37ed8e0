/** Each due time leads to one run, however many schedulers look and however late; what is skipped is on record with its reason. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { SyncStrategy } from '@rollcall/core';
import { setStrategy } from '../../sync/set-strategy.js';
import { moveRun } from '../../store/runs.js';
import { listSchedules, type Schedule, type ScheduleTerms } from '../../store/schedules.js';
import { quietLog, QueuedDistrict } from '../testing/queued-district.js';
import { addSchedule, changeSchedule, removeSchedule } from './change-schedules.js';
import { fireDue } from './fire-due.js';

let district: QueuedDistrict;
beforeAll(async () => {
  district = await QueuedDistrict.open('jobs_schedules');
});
afterAll(() => district.close());
beforeEach(async () => {
  await district.reset();
  await district.sql('DELETE FROM integration_schedules');
  await district.sql('UPDATE integrations SET paused_at = NULL, paused_reason = NULL, paused_by = NULL');
});

const nightly: ScheduleTerms = {
  cron: '0 2 * * *',
  everySeconds: null,
  timeZone: 'America/Chicago',
  jitterSeconds: 0,
  blackouts: [],
  strategy: 'full',
  enabled: true,
};
const evening = new Date('2026-11-23T20:00:00Z');
const due = new Date('2026-11-24T08:00:00Z');
const minutesLater = (minutes: number, from = due) => new Date(from.getTime() + minutes * 60_000);

const asked = () => ({ tenantId: district.database.tenantId, actor: 'test' });
const add = (terms: Partial<ScheduleTerms> = {}) =>
  addSchedule(district.database.app, { ...asked(), integration: 'district', terms: { ...nightly, ...terms } }, evening);
const fire = (now: Date) => fireDue({ db: district.database.worker, log: quietLog }, now);
const only = async (): Promise<Schedule> => {
  const { app, tenantId } = district.database;
  return (await app.withTenant(tenantId, (tx) => listSchedules(tx, tenantId)))[0]!;
};
const runs = () => district.sql<{ trigger: string; mode: string }>('SELECT trigger, mode FROM runs');
const endRuns = () => district.sql(`UPDATE runs SET state = 'completed'`);

describe('a schedule that is due', () => {
  it('asks for one run, says that it was the schedule, and is due next on the following day', async () => {
    await add();
    expect(await fire(minutesLater(-1))).toEqual([]);
    const [run] = await fire(minutesLater(0.1));
    expect(await district.find(run!)).toMatchObject({ state: 'queued', trigger: 'schedule', mode: 'full' });
    expect(await only()).toMatchObject({
      dueAt: new Date('2026-11-25T08:00:00Z'),
      last: { dueAt: due, outcome: 'requested', runId: run!.runId },
    });
    expect(await fire(minutesLater(1))).toEqual([]);
  });

  it('asks for the strategy that it names', async () => {
    await add({ strategy: 'incremental' });
    const [run] = await fire(minutesLater(0));
    expect((await district.find(run!)).mode).toBe('incremental');
  });

  it('asks for what the strategy of the integration says, where it names none', async () => {
    const set = (strategy: SyncStrategy) =>
      setStrategy(district.database.app, { ...asked(), integration: 'district', strategy });
    await add({ strategy: null });
    await set('real-time');
    const [run] = await fire(minutesLater(0));
    expect((await district.find(run!)).mode).toBe('incremental');
    await set('full');
  });

  it('leads to one run though ten schedulers look at the same moment', async () => {
    await add();
    const found = await Promise.all(Array.from({ length: 10 }, () => fire(minutesLater(0))));
    expect(found.flat()).toHaveLength(1);
    expect(await runs()).toHaveLength(1);
  });

  it('cannot lead to a second run even by a scheduler that read the due time before', async () => {
    await add();
    await fire(minutesLater(0));
    await endRuns();
    await district.sql('UPDATE integration_schedules SET due_at = $1, fire_at = $1', [due]);
    expect(await fire(minutesLater(0))).toEqual([]);
    expect(await runs()).toHaveLength(1);
  });

  it('that was missed for days leads to one run, and then keeps its hour', async () => {
    await add();
    expect(await fire(minutesLater(5 * 24 * 60))).toHaveLength(1);
    expect((await only()).dueAt).toEqual(new Date('2026-11-30T08:00:00Z'));
  });

  it('joins a run that is under way, and says so', async () => {
    const run = await district.run();
    await add();
    expect(await fire(minutesLater(0))).toEqual([]);
    expect((await only()).last).toMatchObject({ outcome: 'joined', runId: run.runId });
    expect(await runs()).toHaveLength(1);
  });

  it('takes the place of a run that waits for a person', async () => {
    const run = await district.run();
    await district.database.worker.withTenant(run.tenantId, (tx) => moveRun(tx, run, 'needs_attention'));
    await add();
    expect(await fire(minutesLater(0))).toHaveLength(1);
    expect((await district.find(run)).state).toBe('failed');
  });
});

describe('a schedule starts nothing', () => {
  it('in a blackout, and starts at the next due time behind it', async () => {
    await add({ blackouts: ['2026-11-20..2026-11-24'] });
    expect(await fire(minutesLater(0))).toEqual([]);
    expect((await only()).last).toMatchObject({ outcome: 'skipped', reason: 'blackout: 2026-11-20..2026-11-24' });
    expect(await fire(minutesLater(24 * 60))).toHaveLength(1);
  });

  it('in a blackout that only its lateness or jitter brought it into', async () => {
    await add({ blackouts: ['mon-fri 07:00-15:00'] });
    expect(await fire(minutesLater(6 * 60))).toEqual([]);
    expect((await only()).last).toMatchObject({ outcome: 'skipped' });
  });

  it('while its integration is paused, and says why', async () => {
    await add();
    await district.sql(`UPDATE integrations SET paused_at = now(), paused_reason = 'exams', paused_by = 'test'`);
    expect(await fire(minutesLater(0))).toEqual([]);
    expect((await only()).last).toMatchObject({
      outcome: 'skipped',
      reason: expect.stringMatching(/paused \(exams\)/),
    });
    expect(await runs()).toEqual([]);
  });

  it('while it is off, or when it was removed', async () => {
    const { id } = await add({ enabled: false });
    expect(await fire(minutesLater(0))).toEqual([]);
    await changeSchedule(district.database.app, { ...asked(), id, terms: nightly }, evening);
    await removeSchedule(district.database.app, { ...asked(), id });
    expect(await fire(minutesLater(0))).toEqual([]);
    expect(await only()).toBeUndefined();
  });

  it('before its jitter is over', async () => {
    const { dueAt, fireAt } = await add({ jitterSeconds: 3600 });
    expect(fireAt.getTime()).toBeGreaterThan(dueAt.getTime());
    expect(await fire(new Date(fireAt.getTime() - 1))).toEqual([]);
    expect(await fire(fireAt)).toHaveLength(1);
  });
});

it('one schedule that cannot be kept does not stop the others', async () => {
  const odd = await add();
  await add({ cron: null, everySeconds: 3600, timeZone: 'UTC' });
  await district.sql(`UPDATE integration_schedules SET cron = '0 0 31 2 *' WHERE id = $1`, [odd.id]);
  expect(await fire(minutesLater(0))).toHaveLength(1);
});

it('a schedule that cannot be kept is one dead letter, however often it is tried', async () => {
  const odd = await add();
  await district.sql(`UPDATE integration_schedules SET cron = '0 0 31 2 *' WHERE id = $1`, [odd.id]);
  for (let tries = 1; tries <= 2; tries += 1) await fire(minutesLater(0));
  expect(await district.sql('SELECT kind, schedule_id, state, attempts FROM dead_letters')).toEqual([
    { kind: 'schedule', schedule_id: odd.id, state: 'open', attempts: 2 },
  ]);
});

describe('terms that cannot be kept are refused in one sentence, and nothing is stored:', () => {
  it.each<[string, Partial<ScheduleTerms>, RegExp]>([
    ['neither cron nor interval', { cron: null }, /either a cron expression or an interval/],
    ['both of them', { everySeconds: 600 }, /not both/],
    ['an unknown time zone', { timeZone: 'Mars/Base' }, /no time zone Mars\/Base/],
    ['a cron of nonsense', { cron: 'at two of every day' }, /cron expression "at two of every day" is wrong/],
    ['a cron with seconds', { cron: '* * * * * *' }, /five fields/],
    ['a cron that never comes', { cron: '0 0 31 2 *' }, /never comes/],
    ['an interval of seconds', { cron: null, everySeconds: 5 }, /from one minute/],
    ['a jitter of days', { jitterSeconds: 999_999 }, /one day at most/],
    ['a blackout of nonsense', { blackouts: ['sometimes'] }, /"sometimes" is no blackout/],
  ])('%s', async (_name, terms, sentence) => {
    await expect(add(terms)).rejects.toMatchObject({ code: 'invalid_input', message: expect.stringMatching(sentence) });
    expect(await only()).toBeUndefined();
  });
});
