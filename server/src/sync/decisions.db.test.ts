/** Holds are decided by people: whole or in part, once, about what they saw; and any run can be taken back. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findHold, heldRows, listHolds, type Hold } from '../store/holds.js';
import { approveHold, declineHold } from './decide-hold.js';
import { requestRun } from './request-run.js';
import { requestUndo } from './request-undo.js';
import { District } from './testing/district.js';

let district: District;
let opened = 0;
beforeEach(async () => {
  opened += 1;
  district = await District.open(`sync_decisions_${opened}`, 120, opened);
  expect((await district.sync()).run.state).toBe('completed');
});
afterEach(() => district.close());

const tenant = () => district.database.tenantId;
const openHold = async (entity: Hold['entity']): Promise<Hold> => {
  const holds = await district.database.worker.withTenant(tenant(), (tx) =>
    listHolds(tx, tenant(), { entity, state: 'open' }),
  );
  expect(holds).toHaveLength(1);
  return holds[0]!;
};
const decision = (hold: Hold, rows: readonly string[] | null = null) => ({
  tenantId: tenant(),
  holdId: hold.id,
  digest: hold.digest,
  rows,
  reason: 'the school has closed',
  actor: 'an administrator',
});
const approve = async (hold: Hold, rows: readonly string[] | null = null) => {
  const { runId } = await approveHold(district.database.worker, decision(hold, rows));
  return district.work(runId);
};
const idsOf = async (hold: Hold): Promise<string[]> => {
  const rows = await district.database.worker.withTenant(tenant(), (tx) =>
    heldRows(tx, { tenantId: tenant(), ...hold }, { limit: 10_000, offset: 0 }),
  );
  return rows.map((row) => row.localId);
};
const inactive = async (table: string): Promise<number> =>
  Number((await district.sql<{ count: string }>(`SELECT count(*) FROM ${table} WHERE NOT active`))[0]!.count);
const undo = async (runId: string, rows: readonly string[] | null = null) => {
  const wanted = { tenantId: tenant(), runId, rows, reason: 'it was a mistake', actor: 'an administrator' };
  return district.work((await requestUndo(district.database.worker, wanted)).runId);
};

describe('approving a hold', () => {
  beforeEach(async () => {
    await district.control('lose-school', {});
    expect((await district.sync()).run.state).toBe('completed_with_holds');
  });

  it('applies it whole, closes it, and the next run finds nothing to do there', async () => {
    const hold = await openHold('users');
    const report = await approve(hold);
    expect(report.run).toMatchObject({ state: 'completed', mode: 'apply' });
    expect(report.entities.users).toMatchObject({ deactivated: hold.rows, applied: hold.rows });
    expect(await inactive('users')).toBe(hold.rows);
    const next = await district.sync();
    expect(next.entities.users).toMatchObject({ held: 0, missing: 0, planned: 0 });
  });

  it('of half its rows applies half and leaves the other half with a new digest', async () => {
    const hold = await openHold('users');
    const ids = await idsOf(hold);
    const half = ids.slice(0, Math.floor(ids.length / 2));
    const report = await approve(hold, half);
    expect(report.entities.users.deactivated).toBe(half.length);
    const rest = await openHold('users');
    expect(rest).toMatchObject({ id: hold.id, rows: hold.rows - half.length });
    expect(rest.digest).not.toBe(hold.digest);
    expect(new Set(await idsOf(rest))).toEqual(new Set(ids.slice(half.length)));
  });

  it('is refused when the hold has moved since the person saw it', async () => {
    const seen = await openHold('users');
    await approve(seen, (await idsOf(seen)).slice(0, 2));
    await expect(approveHold(district.database.worker, decision(seen))).rejects.toMatchObject({
      code: 'stale_decision',
    });
    await expect(declineHold(district.database.worker, decision(seen))).rejects.toMatchObject({
      code: 'stale_decision',
    });
    expect(await inactive('users')).toBe(2);
  });

  it('twice at the same time takes effect once', async () => {
    const hold = await openHold('classes');
    const both = await Promise.allSettled([1, 2].map(() => approveHold(district.database.worker, decision(hold))));
    const runs = both.flatMap((result) => (result.status === 'fulfilled' ? [result.value.runId] : []));
    expect(runs).toHaveLength(1);
    await district.work(runs[0]!);
    expect(await inactive('classes')).toBe(hold.rows);
    await expect(approveHold(district.database.worker, decision(hold))).rejects.toMatchObject({
      code: 'stale_decision',
    });
  });

  it('needs a reason and rows that are in the hold', async () => {
    const hold = await openHold('users');
    const { worker } = district.database;
    await expect(approveHold(worker, { ...decision(hold), reason: ' ' })).rejects.toMatchObject({
      code: 'invalid_input',
    });
    const other = (await idsOf(await openHold('classes')))[0]!;
    await expect(approveHold(worker, decision(hold, [other]))).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

describe('declining a hold', () => {
  it('keeps the records active while the source goes on as it was, and forgets it when the source changes its mind', async () => {
    await district.control('lose-school', {});
    await district.sync();
    const hold = await openHold('users');
    await declineHold(district.database.worker, decision(hold));
    const next = await district.sync();
    expect(next.entities.users).toMatchObject({ missing: hold.rows, held: 0, absent: 0 });
    expect(await inactive('users')).toBe(0);
    await district.control('restore-school', {});
    await district.sync();
    await district.control('lose-school', {});
    expect((await district.sync()).entities.users.held).toBe(hold.rows);
  });

  it('of records that their source has ended counts them as declined', async () => {
    await district.control('tobedeleted', { entity: 'users', count: 200 });
    await district.sync();
    const holds = await district.database.worker.withTenant(tenant(), (tx) =>
      listHolds(tx, tenant(), { entity: 'users', state: 'open' }),
    );
    for (const hold of holds) await declineHold(district.database.worker, decision(hold));
    const declined = holds.reduce((sum, hold) => sum + hold.rows, 0);
    const next = await district.sync();
    expect(next.entities.users).toMatchObject({ declined, held: 0 });
    expect(next.run.state).toBe('completed');
  });
});

describe('held creates', () => {
  it('are released with everything that waited for them', async () => {
    const joiners = await district.control<Record<string, number>>('joiners', { count: 400 });
    const report = await district.sync();
    expect(joiners).toBeDefined();
    expect(report.run.state).toBe('completed_with_holds');
    expect(report.entities.users.held).toBeGreaterThan(100);
    expect(report.entities.enrollments.blocked + report.entities.enrollments.held).toBeGreaterThan(0);
    for (const entity of ['users', 'enrollments'] as const)
      for (const { id } of await district.database.worker.withTenant(tenant(), (tx) =>
        listHolds(tx, tenant(), { entity, state: 'open' }),
      ))
        await approve(await district.database.worker.withTenant(tenant(), (tx) => findHold(tx, tenant(), id)));
    const next = await district.sync();
    expect(next.entities.users).toMatchObject({ created: 0, held: 0, blocked: 0 });
    expect(next.entities.enrollments).toMatchObject({ held: 0, blocked: 0 });
    const totals = await district.control<Record<string, { active: number }>>('totals');
    expect(
      Number((await district.sql<{ count: string }>('SELECT count(*) FROM enrollments WHERE active'))[0]!.count),
    ).toBe(totals.enrollments!.active);
  });
});

const hub = async () =>
  JSON.stringify(
    (JSON.parse(await district.contents()) as { part: string }[]).filter(
      (p) => !['change_log', 'external_system_mappings'].includes(p.part),
    ),
  );

describe('undoing a run', () => {
  it('of updates gives every value, role and base back, and the source does not bring them again', async () => {
    const before = await hub();
    await district.control('edit', { share: 0.1 });
    await district.control('move', { count: 5 });
    const run = await district.sync();
    expect(await hub()).not.toBe(before);
    const report = await undo(run.run.id);
    expect(report.run).toMatchObject({ state: 'completed', mode: 'undo' });
    expect(report.entities.users.updated).toBe(run.entities.users.updated);
    expect(await hub()).toBe(before);
    expect(
      (await district.sql<{ state: string }>('SELECT state FROM runs WHERE id = $1', [run.run.id]))[0]!.state,
    ).toBe('rolled_back');
    const next = await district.sync();
    expect(next.entities.users).toMatchObject({ updated: 0, declined: run.entities.users.updated });
    expect(await hub()).toBe(before);
  });

  it('of a first load leaves nobody active, and the next run brings nobody back', async () => {
    const [first] = await district.sql<{ id: string }>('SELECT id FROM runs ORDER BY id LIMIT 1');
    const report = await undo(first!.id);
    expect(report.run.state).toBe('completed');
    for (const table of ['orgs', 'users', 'classes', 'enrollments'])
      expect(await district.sql(`SELECT FROM ${table} WHERE active`)).toEqual([]);
    const next = await district.sync();
    expect(next.entities.users).toMatchObject({ created: 0, reactivated: 0 });
    expect(next.entities.users.declined).toBe(next.entities.users.read);
  });

  it('shows rows that have changed since as stale and leaves them alone', async () => {
    await district.control('edit', { share: 0.1, entity: 'users' });
    const run = await district.sync();
    const [touched] = await district.sql<{ local_id: string }>(
      `SELECT local_id FROM sync_changes WHERE run_id = $1 AND entity = 'users' LIMIT 1`,
      [run.run.id],
    );
    await district.sql(`UPDATE users SET phone = '555-0100' WHERE id = $1`, [touched!.local_id]);
    const report = await undo(run.run.id);
    expect(report.entities.users).toMatchObject({ stale: 1, updated: run.entities.users.updated - 1 });
    expect(
      (await district.sql<{ state: string }>('SELECT state FROM runs WHERE id = $1', [run.run.id]))[0]!.state,
    ).toBe('partly_rolled_back');
  });

  it('of selected rows takes back those only', async () => {
    await district.control('edit', { share: 0.1, entity: 'users' });
    const run = await district.sync();
    const rows = await district.sql<{ local_id: string }>(
      `SELECT local_id FROM sync_changes WHERE run_id = $1 AND entity = 'users' ORDER BY 1 LIMIT 3`,
      [run.run.id],
    );
    const report = await undo(
      run.run.id,
      rows.map((row) => row.local_id),
    );
    expect(report.entities.users).toMatchObject({ updated: 3, stale: 0 });
  });

  it('of what it never did is refused in a sentence and changes nothing', async () => {
    const { worker } = district.database;
    const wanted = { tenantId: tenant(), rows: null, reason: 'it was a mistake', actor: 'an administrator' };
    const refused = (runId: string, change: object = {}) => requestUndo(worker, { ...wanted, ...change, runId });
    const before = await hub();
    const [first] = await district.sql<{ id: string }>('SELECT id FROM runs ORDER BY id LIMIT 1');
    const again = await district.sync();
    const plan = await district.sync({ mode: 'plan' });
    const invalid = { code: 'invalid_input' };
    await expect(refused(again.run.id)).rejects.toMatchObject({
      ...invalid,
      publicText: expect.stringContaining('changed nothing'),
    });
    await expect(refused(plan.run.id)).rejects.toMatchObject(invalid);
    await expect(refused(first!.id, { reason: '\t' })).rejects.toMatchObject(invalid);
    await expect(refused(first!.id, { rows: [] })).rejects.toMatchObject(invalid);
    await expect(refused(first!.id, { rows: [first!.id] })).rejects.toMatchObject(invalid);
    await expect(refused(tenant())).rejects.toMatchObject({ code: 'not_found' });
    expect(await district.sql(`SELECT FROM runs WHERE mode = 'undo'`)).toEqual([]);
    expect(await hub()).toBe(before);
  });

  it('waits its turn: not beside a run under way, but in place of one that waits for a person', async () => {
    const [first] = await district.sql<{ id: string }>('SELECT id FROM runs ORDER BY id LIMIT 1');
    const { worker } = district.database;
    const wanted = {
      tenantId: tenant(),
      integration: 'district',
      mode: 'full',
      trigger: 'manual',
      actor: 'test',
    } as const;
    const { runId } = await requestRun(worker, wanted);
    await expect(undo(first!.id)).rejects.toMatchObject({ code: 'busy', publicText: expect.stringContaining(runId) });
    await district.sql(`UPDATE runs SET state = 'needs_attention' WHERE id = $1`, [runId]);
    expect((await undo(first!.id)).run.state).toBe('completed');
    expect(await district.sql('SELECT state FROM runs WHERE id = $1', [runId])).toEqual([{ state: 'failed' }]);
  });

  it('twice at the same time is done once', async () => {
    const [first] = await district.sql<{ id: string }>('SELECT id FROM runs ORDER BY id LIMIT 1');
    const wanted = { tenantId: tenant(), runId: first!.id, rows: null, reason: 'a mistake', actor: 'an administrator' };
    const both = await Promise.allSettled([1, 2, 3].map(() => requestUndo(district.database.worker, wanted)));
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('of an undoing brings the changes back', async () => {
    await district.control('edit', { share: 0.1, entity: 'users' });
    const run = await district.sync();
    const after = await hub();
    const undone = await undo(run.run.id);
    await undo(undone.run.id);
    expect(await hub()).toBe(after);
  });
});
