/**
 * How an integration is read when nobody says otherwise, and what a changed configuration means: the next run reads everything, and
 * nobody is taken away by it without a person's word.
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunMode, SyncStrategy } from '@rollcall/core';
import { changeSettings, findIntegration } from '../store/integrations.js';
import { findRun } from '../store/runs.js';
import { approveHold } from './decide-hold.js';
import { requestRecords } from './request-records.js';
import { requestRun } from './request-run.js';
import { setStrategy } from './set-strategy.js';
import { District } from './testing/district.js';

let district: District;
let opened = 0;
beforeEach(async () => {
  opened += 1;
  district = await District.open(`sync_strategies_${opened}`, 120, opened);
  expect((await district.sync()).run.state).toBe('completed');
});
afterEach(() => district.close());

const tenantId = () => district.database.tenantId;
const wanted = () => ({ tenantId: tenantId(), integration: 'district', trigger: 'manual', actor: 'test' }) as const;
const set = (strategy: SyncStrategy, fullEverySeconds?: number | null) =>
  setStrategy(district.database.app, { ...wanted(), strategy, fullEverySeconds });

async function run(mode?: RunMode) {
  const { runId } = await requestRun(district.database.app, { ...wanted(), mode });
  return district.work(runId);
}

/** As a person who gives the integration another filter, say. */
const changeConfiguration = () =>
  district.database.app.withTenant(tenantId(), async (tx) =>
    changeSettings(tx, await findIntegration(tx, tenantId(), 'district'), { changed: new Date().toISOString() }),
  );

const readInFull = async (runId: string) =>
  (
    await district.sql<{ full_because: string | null; since: Date | null }>(
      `SELECT full_because, since FROM run_entities WHERE run_id = $1 AND entity = 'users'`,
      [runId],
    )
  )[0]!;

describe('a run that is asked for without a mode', () => {
  it.each([
    ['full', 'full'],
    ['incremental', 'incremental'],
    ['real-time', 'incremental'],
  ] as const)('of strategy %s is %s, and a mode of its own goes before that', async (strategy, mode) => {
    await set(strategy);
    expect((await run()).run).toMatchObject({ mode, state: 'completed' });
    for (const other of ['full', 'incremental', 'plan'] as const) expect((await run(other)).run.mode).toBe(other);
  });
});

describe('setting the strategy', () => {
  it('makes a new version of the configuration with the same settings, once, and leaves a trail', async () => {
    const first = await set('incremental', 7200);
    const again = await set('incremental');
    expect(first).toMatchObject({ strategy: 'incremental', fullEverySeconds: 7200, configurationVersion: 2 });
    expect(again.configurationVersion).toBe(2);
    expect(again.settings).toEqual(district.integration.settings);
    await changeConfiguration();
    const kept = await set('incremental');
    expect(kept).toMatchObject({ strategy: 'incremental', fullEverySeconds: 7200, configurationVersion: 3 });
    expect(await set('incremental', null)).toMatchObject({ fullEverySeconds: null });
    const trail = await district.sql(
      `SELECT actor, details FROM integration_audit_logs WHERE action = 'integration.strategy-set' ORDER BY id LIMIT 1`,
    );
    expect(trail).toEqual([
      { actor: 'test', details: { strategy: 'incremental', fullEverySeconds: 7200, before: 'full' } },
    ]);
  });

  it('from two sides at once gives two versions or one, never an error', async () => {
    await Promise.all([set('incremental'), set('real-time'), set('incremental', 7200)]);
    const { configurationVersion } = await set('full', null);
    const [{ count }] = (await district.sql<{ count: number }>(
      'SELECT count(*)::int AS count FROM integration_configurations',
    )) as [{ count: number }];
    expect(count).toBe(configurationVersion);
  });

  it.each([0, 3599, 2_592_001, 1.5, Number.NaN])('with %p seconds between full reads is refused', async (seconds) => {
    await expect(set('incremental', seconds)).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(set('fast' as SyncStrategy)).rejects.toMatchObject({ code: 'invalid_input' });
    expect((await set('full')).configurationVersion).toBe(1);
  });

  it('costs no full read: what is read has not changed', async () => {
    await set('incremental');
    expect(await readInFull((await run()).run.id)).toMatchObject({ full_because: null, since: expect.any(Date) });
  });

  it('with a time between full reads makes an incremental run read everything after it', async () => {
    await set('incremental', 3600);
    await district.sql(`UPDATE sync_watermarks SET read_in_full_at = now() - interval '59 minutes'`);
    expect(await readInFull((await run()).run.id)).toMatchObject({ full_because: null });
    await district.sql(`UPDATE sync_watermarks SET read_in_full_at = now() - interval '61 minutes'`);
    expect(await readInFull((await run()).run.id)).toMatchObject({ full_because: 'the last full read is long ago' });
  });
});

describe('after the configuration has changed', () => {
  it('the next run reads everything, whatever the strategy', async () => {
    await set('real-time');
    await changeConfiguration();
    const report = await run();
    expect(await readInFull(report.run.id)).toMatchObject({ full_because: 'the configuration has changed' });
    expect(report.entities.users.complete).toBe(true);
    expect(await readInFull((await run()).run.id)).toMatchObject({ full_because: null });
  });

  it('marked records are read by a full run, and by runs of their own from then on', async () => {
    const [link] = await district.sql<{ id: string }>(
      `SELECT external_id AS id FROM external_system_mappings WHERE entity = 'users' LIMIT 1`,
    );
    const records = [{ entity: 'users', externalId: link!.id }] as const;
    await changeConfiguration();
    const first = await requestRecords(district.database.app, { ...wanted(), records });
    expect(first.mode).toBe('full');
    expect((await district.work(first.run!.runId)).run).toMatchObject({ mode: 'full', state: 'completed' });
    expect(await district.sql('SELECT FROM dirty_records')).toEqual([]);
    const second = await requestRecords(district.database.app, { ...wanted(), records });
    expect(second.mode).toBe('records');
  });

  it('who is not there any more waits for a person, however few they are, and ordinary changes go on', async () => {
    await district.control('leavers', { count: 2 });
    await district.control('tobedeleted', { entity: 'classes', count: 1 });
    const { edited } = await district.control<{ edited: Record<string, number> }>('edit', {
      share: 0.05,
      entity: 'courses',
    });
    await changeConfiguration();
    const report = await run();
    expect(report.run.state).toBe('completed_with_holds');
    expect(report.entities.users).toMatchObject({ deactivated: 0, held: report.entities.users.missing });
    expect(report.entities.users.held).toBeGreaterThanOrEqual(2);
    expect(report.entities.classes).toMatchObject({ deactivated: 0, held: 1 });
    expect(report.entities.courses.updated).toBe(edited.courses);
    for (const hold of report.holds) expect(hold.reason).toMatch(/the configuration has changed/);
    const next = await run();
    expect(next.entities.classes).toMatchObject({ deactivated: 0, held: 1 });
    const hold = next.holds.find(({ entity }) => entity === 'classes')!;
    const { app } = district.database;
    const [{ digest }] = (await district.sql<{ digest: string }>('SELECT digest FROM holds WHERE id = $1', [
      hold.id,
    ])) as [{ digest: string }];
    const approval = {
      tenantId: tenantId(),
      holdId: hold.id,
      digest,
      rows: null,
      reason: 'it has ended',
      actor: 'test',
    };
    const { runId } = await approveHold(app, approval);
    expect((await district.work(runId)).entities.classes.deactivated).toBe(1);
  });

  it('and been read completely once, removals are judged as ever', async () => {
    await changeConfiguration();
    expect((await run()).run.state).toBe('completed');
    await district.control('tobedeleted', { entity: 'enrollments', count: 1 });
    expect((await run()).entities.enrollments).toMatchObject({ deactivated: 1, held: 0 });
  });

  it('a run under way keeps the configuration that it was asked for with', async () => {
    const { runId } = await requestRun(district.database.app, wanted());
    await changeConfiguration();
    const { configurationVersion } = await district.database.app.withTenant(tenantId(), (tx) =>
      findRun(tx, tenantId(), runId),
    );
    expect(configurationVersion).toBe(1);
    await district.control('tobedeleted', { entity: 'enrollments', count: 1 });
    expect((await district.work(runId)).entities.enrollments.deactivated).toBe(1);
  });
});
