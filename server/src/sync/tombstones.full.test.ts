/** A deactivated record leaves a stone without a word of who it was; whoever comes back under another id is recognised and asked about. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findHold, heldRows, listHolds } from '../store/holds.js';
import { approveHold, declineHold } from './decide-hold.js';
import { setMatchSettings } from './matching/set-match-settings.js';
import { District } from './testing/district.js';
import { MatchingDistrict } from './testing/matching-district.js';

let district: District;
let opened = 0;
beforeEach(async () => {
  opened += 1;
  district = await District.open(`sync_tombstones_${opened}`, 120, opened);
  await district.sync();
});
afterEach(() => district.close());

const tenantId = () => district.database.tenantId;
const stones = () =>
  district.sql<{ entity: string; external_id: string; reason: string }>(
    'SELECT entity, external_id, reason FROM tombstones',
  );
const keys = () => district.sql('SELECT digest FROM tombstone_keys');

/** A record that its source ended comes back, and we have known it under another id so far. */
async function rename(entity: string): Promise<void> {
  const { sourcedIds } = await district.control<{ sourcedIds: string[] }>('tobedeleted', { entity, count: 1 });
  await district.sync();
  await district.sql('SET session_replication_role = replica');
  for (const table of ['tombstone_keys', 'tombstones', 'external_system_mappings'])
    await district.sql(`UPDATE ${table} SET external_id = 'formerly' WHERE entity = $1 AND external_id = $2`, [
      ...[entity, sourcedIds[0]],
    ]);
  await district.sql('SET session_replication_role = origin');
  await district.control('reset', {});
}

describe('a tombstone', () => {
  it('stands for every record that was deactivated, and goes when the record comes back', async () => {
    await district.control('tobedeleted', { entity: 'users', count: 2 });
    await district.control('tobedeleted', { entity: 'classes', count: 1 });
    await district.sync();
    const found = await stones();
    expect(found.map(({ entity, reason }) => [entity, reason]).toSorted()).toEqual([
      ['classes', 'ended'],
      ['users', 'ended'],
      ['users', 'ended'],
    ]);
    expect((await keys()).length).toBeGreaterThanOrEqual(3);
    await district.control('reset', {});
    await district.sync();
    expect(await stones()).toEqual([]);
    expect(await keys()).toEqual([]);
  });

  it('stands for one that went missing, too', async () => {
    await district.control('leavers', { count: 1 });
    await district.sync();
    await district.sync();
    const found = await stones();
    expect(found.length).toBeGreaterThan(0);
    for (const stone of found) expect(stone).toMatchObject({ entity: 'enrollments', reason: 'absent' });
  });

  it('says nothing of the person, and nothing that another tenant could compare', async () => {
    const [row] = await district.sql<{ email: string; external_id: string }>(
      `SELECT email, external_id FROM users WHERE email IS NOT NULL AND active LIMIT 1`,
    );
    await district.control('tobedeleted', { entity: 'users', count: 2 });
    await district.sync();
    const text = JSON.stringify([await keys(), await stones()]);
    expect(text).not.toContain(row!.email);
    const [salt] = await district.sql<{ bytes: number }>('SELECT length(salt) AS bytes FROM natural_key_salts');
    expect(salt!.bytes).toBe(32);
  });
});

it('a record that comes back under another id is joined with who it was, and its tombstone goes until that is undone', async () => {
  await rename('users');
  const { run, entities, holds } = await district.sync();
  expect([entities.users.linked, entities.users.created, holds]).toEqual([1, 0, []]);
  expect(await stones()).toEqual([]);
  const [back] =
    await district.sql(`SELECT active, sync_status FROM users u JOIN external_system_mappings l ON l.local_id = u.id
    WHERE l.external_id = u.external_id AND u.id IN (SELECT local_id FROM sync_changes WHERE operation = 'link')`);
  expect(back).toEqual({ active: true, sync_status: 'synced' });
  await new MatchingDistrict(district).undo(run.id);
  expect((await stones()).map(({ external_id }) => external_id)).toEqual(['formerly']);
  expect((await keys()).length).toBeGreaterThan(0);
});

describe('where records are not matched, one that comes back under another id', () => {
  beforeEach(() =>
    setMatchSettings(district.database.worker, {
      ...{ tenantId: tenantId(), integration: 'district', settings: { on: false }, reason: 'tried', actor: 'test' },
    }),
  );

  it('is recognised and held instead of created, and so is what needs it', async () => {
    await rename('users');
    const report = await district.sync();
    const hold = report.holds.find((one) => one.operation === 'relink')!;
    expect(hold).toMatchObject({ entity: 'users', rows: 1 });
    expect(hold.reason).toMatch(/^re-link\? 1 new users have natural keys/);
    expect(report.entities.users).toMatchObject({ held: 1, created: 0 });
    const [row] = await district.sql<{ reason: string }>(`SELECT reason FROM sync_changes WHERE state = 'held'`);
    expect(row!.reason).toContain('formerly');
    const again = await district.sync();
    expect(again.holds.map(({ id }) => id)).toEqual([hold.id]);
  });

  it('is created when a person approves', async () => {
    await rename('users');
    const seen = async () => {
      const [hold] = await district.database.worker.withTenant(tenantId(), (tx) =>
        listHolds(tx, tenantId(), { state: 'open' }),
      );
      return {
        tenantId: tenantId(),
        holdId: hold!.id,
        digest: hold!.digest,
        rows: null,
        reason: 'seen',
        actor: 'test',
      };
    };
    await district.sync();
    const decision = await seen();
    const rows = await district.database.worker.withTenant(tenantId(), async (tx) =>
      heldRows(
        tx,
        { tenantId: tenantId(), ...(await findHold(tx, tenantId(), decision.holdId)) },
        { limit: 10, offset: 0 },
      ),
    );
    expect(rows).toMatchObject([{ operation: 'create' }]);
    const { runId } = await approveHold(district.database.worker, decision);
    expect((await district.work(runId)).entities.users).toMatchObject({ created: 1 });
    const next = await district.sync();
    expect(next.entities.users).toMatchObject({ held: 0, created: 0 });
  });

  it('is left out when a person declines, as long as the source sends the same', async () => {
    await rename('users');
    const { holds } = await district.sync();
    const hold = await district.database.worker.withTenant(tenantId(), (tx) => findHold(tx, tenantId(), holds[0]!.id));
    const decision = { tenantId: tenantId(), holdId: hold.id, digest: hold.digest, rows: null };
    await declineHold(district.database.worker, { ...decision, reason: 'not the same', actor: 'test' });
    expect((await district.sync()).entities.users).toMatchObject({ held: 0, created: 0, declined: 1 });
  });

  it('is only noted where it is an enrollment', async () => {
    await rename('enrollments');
    const report = await district.sync();
    expect(report.entities.enrollments).toMatchObject({ held: 0, created: 1 });
    const [row] = await district.sql<{ reason: string }>(
      `SELECT reason FROM sync_changes WHERE run_id = $1 AND operation = 'create'`,
      [report.run.id],
    );
    expect(row!.reason).toMatch(/^re-link\?/);
  });
});
