/** Incremental runs read only what changed, lose nothing, take nothing away, and read in full whenever in doubt. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { District } from './testing/district.js';

let district: District;
let opened = 0;
beforeEach(async () => {
  opened += 1;
  district = await District.open(`sync_incremental_${opened}`, 120, opened);
  expect((await district.sync()).run.state).toBe('completed');
});
afterEach(() => district.close());

const incremental = () => district.sync({ mode: 'incremental' });
const reasons = async (runId: string) =>
  Object.fromEntries(
    (
      await district.sql<{ entity: string; full_because: string | null }>(
        'SELECT entity, full_because FROM run_entities WHERE run_id = $1',
        [runId],
      )
    ).map((row) => [row.entity, row.full_because]),
  );
const hub = async () =>
  JSON.stringify(
    (JSON.parse(await district.contents()) as { part: string }[]).filter(
      (p) => !['change_log', 'external_system_mappings'].includes(p.part),
    ),
  );
/** As if the last read had been some hours ago: the sandbox's records are older than the watermark's overlap. */
const later = () => district.sql(`UPDATE sync_watermarks SET watermark = provider_time - interval '1 second'`);

describe('an incremental run', () => {
  it('reads what the filter returns, no more, and brings the hub to the state of a full run', async () => {
    await later();
    const edited = await district.control<{ edited: Record<string, number> }>('edit', { share: 0.05, entity: 'users' });
    const report = await incremental();
    expect(report.run).toMatchObject({ state: 'completed', mode: 'incremental', reason: null });
    expect(report.entities.users.updated).toBe(edited.edited.users);
    expect(report.entities.users.read).toBeLessThan(60);
    const after = await hub();
    const full = await district.sync();
    expect(full.entities.users).toMatchObject({ updated: 0, created: 0, missing: 0 });
    expect(await hub()).toBe(after);
  });

  it('brings new records with their enrollments, and ended ones, without any full read', async () => {
    await later();
    await district.control('joiners', { count: 3 });
    await district.control('tobedeleted', { entity: 'users', count: 1 });
    const report = await incremental();
    expect(await reasons(report.run.id)).toMatchObject({ users: null, enrollments: null });
    expect(report.entities.users.created).toBeGreaterThanOrEqual(3);
    expect(report.entities.users.deactivated).toBe(1);
    expect(report.entities.enrollments.created).toBeGreaterThan(0);
  });

  it('takes nobody away who is not named in it', async () => {
    await later();
    await district.control('leavers', { count: 3 });
    const report = await incremental();
    expect(report.entities.users).toMatchObject({ complete: false, missing: 0, absent: 0 });
    expect(await district.sql(`SELECT FROM external_system_mappings WHERE state <> 'active'`)).toEqual([]);
  });

  it('finds a change that carries the very time of the watermark', async () => {
    const [mark] = await district.sql<{ watermark: Date }>(
      `SELECT watermark FROM sync_watermarks WHERE entity = 'users'`,
    );
    expect(mark!.watermark.getTime()).toBeLessThan(Date.now() - 4 * 60_000);
    await district.control('edit', { share: 0.05, entity: 'users' });
    expect((await incremental()).entities.users.updated).toBeGreaterThan(0);
  });
});

describe('in doubt an incremental run reads in full', () => {
  const doubts: [string, string, () => Promise<unknown>][] = [
    ['there is no watermark', 'there is no watermark yet', () => district.sql('DELETE FROM sync_watermarks')],
    [
      'the configuration changed',
      'the configuration has changed',
      () => district.sql('UPDATE sync_watermarks SET configuration_version = 99'),
    ],
    [
      'the projection changed',
      'what is compared of a record has changed',
      () => district.sql('UPDATE sync_watermarks SET projection_version = 99'),
    ],
    [
      'the last full read is long ago',
      'the last full read is long ago',
      () => district.sql(`UPDATE sync_watermarks SET read_in_full_at = now() - interval '2 days'`),
    ],
    [
      'the source refuses the filter',
      'the source refuses the filter',
      async () => {
        await later();
        await district.control('faults', { collection: 'users', fault: 'error', status: 400, times: 1 });
      },
    ],
  ];

  it.each(doubts)('when %s', async (_, reason, doubt) => {
    await doubt();
    await district.control('edit', { share: 0.05, entity: 'users' });
    const report = await incremental();
    expect((await reasons(report.run.id)).users).toBe(reason);
    expect(report.entities.users).toMatchObject({ complete: true });
    expect(report.entities.users.updated).toBeGreaterThan(0);
  });

  it('when a hold is open', async () => {
    await district.control('lose-school', {});
    await district.sync();
    const report = await incremental();
    expect((await reasons(report.run.id)).users).toBe('a hold is open');
    expect(report.run.state).toBe('completed_with_holds');
  });
});
