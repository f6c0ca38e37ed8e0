/**
 * Integrations with marked records are woken by their strategy, once, never over a person's word; so are real-time ones that have to
 * be read in full again. What a webhook asks for comes before what a schedule asked for.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { SyncStrategy } from '@rollcall/core';
import { insertMarks, type MarkTrigger } from '../store/dirty-records.js';
import { waitingRuns } from '../store/waiting-runs.js';
import { requestRecords } from '../sync/request-records.js';
import { setStrategy } from '../sync/set-strategy.js';
import { wakeIntegrations } from '../sync/wake-integrations.js';
import { attemptRun } from './attempt-run.js';
import { quietLog, QueuedDistrict } from './testing/queued-district.js';

let district: QueuedDistrict;
beforeAll(async () => {
  district = await QueuedDistrict.open('jobs_wake');
});
afterAll(() => district.close());
beforeEach(async () => {
  await district.sql('DELETE FROM dirty_records');
  await district.reset();
  await district.sql('UPDATE integrations SET paused_at = NULL, paused_reason = NULL, paused_by = NULL');
  await strategy('full');
});

const of = () => ({ tenantId: district.database.tenantId, integrationId: district.integrationId });
const strategy = (name: SyncStrategy) =>
  setStrategy(district.database.app, { ...of(), integration: district.integrationId, strategy: name, actor: 'test' });
const mark = (trigger: MarkTrigger) =>
  district.database.app.withTenant(of().tenantId, (tx) =>
    insertMarks(tx, of(), [{ entity: 'users', externalId: 'a' }], { trigger, source: null }),
  );
const wake = () => wakeIntegrations(district.database.worker);
/** A run that is over, some hours ago. */
async function ended(state: string, mode: string, hoursAgo: number) {
  const run = await district.run();
  const past = `now() - make_interval(hours => $4)`;
  await district.sql(`UPDATE runs SET state = $2, mode = $3, finished_at = ${past} WHERE id = $1`, [
    ...[run.runId, state, mode, hoursAgo],
  ]);
}

describe('marked records', () => {
  it.each<[SyncStrategy, MarkTrigger, boolean]>([
    ['real-time', 'webhook', true],
    ['incremental', 'webhook', false],
    ['full', 'webhook', false],
    ['full', 'manual', true],
    ['incremental', 'api', true],
  ])('of strategy %s that came by %s wake it: %p', async (name, trigger, woken) => {
    await strategy(name);
    await mark(trigger);
    const runs = await wake();
    expect(runs).toHaveLength(woken ? 1 : 0);
    if (woken) expect(await district.find(runs[0]!)).toMatchObject({ mode: 'records', state: 'queued', trigger });
  });

  it('lead to one run though many look at the same moment', async () => {
    await strategy('real-time');
    await mark('webhook');
    expect((await Promise.all(Array.from({ length: 10 }, wake))).flat()).toHaveLength(1);
    expect(await wake()).toEqual([]);
  });

  it('keep a word of a person that a webhook repeats', async () => {
    await mark('manual');
    await mark('webhook');
    expect(await wake()).toHaveLength(1);
  });

  it.each(['queued', 'paused', 'needs_attention'])('do not disturb a run that is %s', async (state) => {
    await strategy('real-time');
    const run = await district.run();
    await district.sql('UPDATE runs SET state = $2 WHERE id = $1', [run.runId, state]);
    await mark('webhook');
    expect(await wake()).toEqual([]);
    expect((await district.find(run)).state).toBe(state);
  });

  it('wait while the integration is paused, and wake it afterwards', async () => {
    await strategy('real-time');
    await mark('webhook');
    await district.sql(`UPDATE integrations SET paused_at = now(), paused_reason = 'exams', paused_by = 'test'`);
    expect(await wake()).toEqual([]);
    await district.sql('UPDATE integrations SET paused_at = NULL, paused_reason = NULL, paused_by = NULL');
    expect(await wake()).toHaveLength(1);
  });

  it.each(['failed', 'cancelled'])('wait for a while after a run that was %s', async (state) => {
    await strategy('real-time');
    await mark('webhook');
    await ended(state, 'records', 0);
    expect(await wake()).toEqual([]);
    await district.sql(`UPDATE runs SET finished_at = now() - interval '6 minutes'`);
    expect(await wake()).toHaveLength(1);
  });

  it('that came too late for a run are asked for when it is over, with a ring', async () => {
    await strategy('real-time');
    const run = await district.run();
    const rung: unknown[] = [];
    const work = async () => {
      await mark('webhook');
      await district.sql(`UPDATE runs SET state = 'completed', finished_at = now() WHERE id = $1`, [run.runId]);
      return district.find(run);
    };
    const parts = { db: district.database.worker, log: quietLog, work, ring: async (next: unknown) => rung.push(next) };
    expect(await attemptRun(parts, run, new AbortController().signal)).toBe('over');
    const [next] = await district.sql<{ id: string }>(
      `SELECT id FROM runs WHERE mode = 'records' AND state = 'queued'`,
    );
    expect(rung).toEqual([{ tenantId: run.tenantId, runId: next!.id }]);
  });
});

describe('what a webhook marks', () => {
  const records = [{ entity: 'users', externalId: 'a' }] as const;
  const request = () =>
    requestRecords(district.database.app, {
      ...{ tenantId: of().tenantId, integration: district.integrationId, records },
      ...{ trigger: 'webhook', actor: 'webhook', source: 'receipt-1' },
    });

  it('asks for a run at once where the strategy is real-time, and it comes before an older one of a schedule', async () => {
    await strategy('real-time');
    const { run } = await request();
    const other = await addOther();
    await district.sql(`UPDATE runs SET requested_at = now() - interval '5 minutes' WHERE id = $1`, [other]);
    expect((await waitingRuns(district.database.worker)).map(({ runId }) => runId)).toEqual([run!.runId, other]);
  });

  it('only waits elsewhere, while paused, and beside a run that is under way', async () => {
    expect(await request()).toMatchObject({ marked: 1, run: null });
    await strategy('real-time');
    await district.sql(`UPDATE integrations SET paused_at = now(), paused_reason = 'exams', paused_by = 'test'`);
    expect(await request()).toMatchObject({ marked: 1, run: null });
    await district.sql('UPDATE integrations SET paused_at = NULL, paused_reason = NULL, paused_by = NULL');
    await district.run();
    expect(await request()).toMatchObject({ marked: 1, run: null });
    expect(await district.sql('SELECT marks, source FROM dirty_records')).toEqual([{ marks: 3, source: 'receipt-1' }]);
  });

  /** A scheduled run of another integration. */
  async function addOther(): Promise<string> {
    const { addIntegration } = await import('../store/integrations.js');
    const { createRun } = await import('../store/runs.js');
    const { tenantId } = of();
    return district.database.app.withTenant(tenantId, async (tx) => {
      const { id } = await addIntegration(tx, { tenantId, name: 'other', kind: 'mock', settings: {} });
      return createRun(tx, { tenantId, integrationId: id, mode: 'full', trigger: 'schedule' });
    });
  }
});

describe('a real-time integration without any mark', () => {
  it('is read again when its last read is long ago, and not before', async () => {
    await strategy('real-time');
    expect(await wake()).toEqual([]); // the first read is a person's to ask for
    await ended('completed', 'full', 23);
    expect(await wake()).toEqual([]);
    await district.sql(`UPDATE runs SET finished_at = now() - interval '25 hours'`);
    const [run] = await wake();
    expect(await district.find(run!)).toMatchObject({ mode: 'incremental', trigger: 'schedule' });
  });

  it('is left alone where it has another strategy', async () => {
    await strategy('incremental');
    await ended('completed', 'full', 99);
    expect(await wake()).toEqual([]);
  });
});
