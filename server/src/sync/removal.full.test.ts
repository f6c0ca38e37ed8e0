/** Removal needs proof, takes its time, and is never more than a deactivation: whatever a feed does, no class is emptied by it. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@rollcall/core';
import { District } from './testing/district.js';

let district: District;
let opened = 0;
beforeEach(async () => {
  opened += 1;
  district = await District.open(`sync_removal_${opened}`, 120, opened);
  expect((await district.sync()).run.state).toBe('completed');
});
afterEach(() => district.close());

const inactive = async (): Promise<number> => {
  const [row] = await district.sql<{ count: number }>(
    ['orgs', 'academic_sessions', 'courses', 'users', 'classes', 'enrollments']
      .map((table) => `(SELECT count(*) FROM ${table} WHERE NOT active)`)
      .join(' + ')
      .replace(/^/, 'SELECT ')
      .concat(' AS count'),
  );
  return Number(row!.count);
};

const oneDayLater = () =>
  district.sql(`UPDATE external_system_mappings SET missing_since = missing_since - interval '25 hours'`);

describe('a lost school', () => {
  it('is held school by school with a reason that names it, and nobody is deactivated, however often it is read', async () => {
    const lost = await district.control<{ rows: Record<string, number> }>('lose-school', {});
    const reports: RunReport[] = [];
    for (let run = 0; run < 3; run += 1) {
      reports.push(await district.sync());
      await oneDayLater();
    }
    for (const report of reports) {
      expect(report.run.state).toBe('completed_with_holds');
      expect(report.entities.users.held).toBe(lost.rows.users);
      const hold = report.holds.find((h) => h.entity === 'users')!;
      expect(hold).toMatchObject({ operation: 'deactivate', rows: lost.rows.users });
      expect(hold.reason).toContain(hold.scope);
    }
    expect(
      new Set(
        reports.map((report) =>
          report.holds
            .map((h) => h.id)
            .sort()
            .join(),
        ),
      ).size,
    ).toBe(1);
    expect(await inactive()).toBe(0);
  });

  it('does not keep the ordinary changes of the other schools waiting', async () => {
    await district.control('lose-school', {});
    const edited = await district.control<{ edited: Record<string, number> }>('edit', {
      share: 0.05,
      entity: 'classes',
    });
    const report = await district.sync();
    expect(edited.edited.classes).toBeGreaterThan(0);
    expect(report.entities.classes.updated).toBe(edited.edited.classes);
  });

  it('closes its holds when the school comes back', async () => {
    await district.control('lose-school', {});
    await district.sync();
    await district.control('restore-school', {});
    const report = await district.sync();
    expect(report.run.state).toBe('completed');
    expect(await district.sql(`SELECT FROM holds WHERE state = 'open'`)).toEqual([]);
    expect(await district.sql(`SELECT FROM external_system_mappings WHERE state <> 'active'`)).toEqual([]);
  });
});

describe('an emptied collection', () => {
  it.each(['orgs', 'users', 'classes', 'enrollments'])(
    'of %s proves nothing: the read counts as incomplete',
    async (entity) => {
      await district.control('empty', { entity });
      const before = await district.contents();
      for (let run = 0; run < 3; run += 1) {
        const report = await district.sync();
        expect(report.entities[entity as 'users']).toMatchObject({ complete: false, read: 0, deactivated: 0 });
        expect(report.run.reason).toContain(entity);
        await oneDayLater();
      }
      expect(await district.contents()).toBe(before);
    },
  );
});

describe('a few leavers', () => {
  const leave = () => district.control<Record<string, unknown>>('leavers', { count: 3 });

  it('are missing at first, and deactivated only after two complete runs and a day', async () => {
    await leave();
    const first = await district.sync();
    expect(first.entities.users.missing).toBeGreaterThanOrEqual(3);
    expect(await inactive()).toBe(0);
    const second = await district.sync();
    expect(second.entities.users.deactivated).toBe(0);
    expect(second.entities.enrollments.deactivated).toBe(second.entities.enrollments.missing);
    await oneDayLater();
    const third = await district.sync();
    expect(third.entities.users.deactivated).toBe(first.entities.users.missing);
    const fourth = await district.sync();
    expect(fourth.entities.users).toMatchObject({ deactivated: 0, missing: 0 });
  });

  it('stay as they are while the reads are incomplete', async () => {
    await leave();
    await district.sync();
    await oneDayLater();
    await district.control('faults', { collection: 'users', fault: 'wrong-total', delta: 5 });
    const report = await district.sync();
    expect(report.entities.users).toMatchObject({ complete: false, deactivated: 0 });
    expect(await district.sql(`SELECT FROM users WHERE NOT active`)).toEqual([]);
  });

  it('who return in time are as if they had never left', async () => {
    const before = await district.contents();
    await leave();
    await district.sync();
    await district.control('reset', {});
    const report = await district.sync();
    expect(report.entities.users).toMatchObject({ missing: 0, created: 0, updated: 0 });
    expect(await district.contents()).toBe(before);
  });
});

describe('records that their source has ended', () => {
  it('are deactivated without grace when they are few', async () => {
    await district.control('tobedeleted', { entity: 'users', count: 2 });
    const report = await district.sync();
    expect(report.entities.users).toMatchObject({ deactivated: 2, absent: 0 });
    const again = await district.sync();
    expect(again.entities.users).toMatchObject({ deactivated: 0, planned: 0 });
  });

  it('are reactivated with their local id when the source revives them', async () => {
    const ids = () => district.sql('SELECT external_id, local_id FROM external_system_mappings ORDER BY 1');
    const before = await ids();
    await district.control('tobedeleted', { entity: 'users', count: 2 });
    await district.sync();
    await district.control('reset', {});
    const report = await district.sync();
    expect(report.entities.users).toMatchObject({ reactivated: 2, created: 0 });
    expect(await ids()).toEqual(before);
    expect(await inactive()).toBe(0);
  });

  it('are not held because of rows that an incomplete read did not show', async () => {
    await district.control('leavers', { share: 0.6 });
    await district.control('tobedeleted', { entity: 'users', count: 1 });
    await district.control('faults', { collection: 'users', fault: 'wrong-total', delta: 5 });
    const report = await district.sync();
    expect(report.entities.users).toMatchObject({ complete: false, held: 0, deactivated: 1 });
  });

  it('wait for a person when they are many', async () => {
    await district.control('tobedeleted', { entity: 'users', count: 200 });
    const report = await district.sync();
    expect(report.run.state).toBe('completed_with_holds');
    expect(report.entities.users.held).toBeGreaterThan(100);
  });
});

describe('a record that turns invalid', () => {
  it.each(['missing-name', 'bad-role', 'nul', 'huge-field', 'dangling-reference'])(
    'by %s for three runs is rejected with its reason and stays active',
    async (kind) => {
      const bad = await district.control<{ sourcedIds: string[] }>('bad-records', { entity: 'users', kind, count: 2 });
      for (let run = 1; run <= 3; run += 1) {
        const report = await district.sync();
        expect(report.run.state).toBe('completed_with_rejects');
        expect(report.entities.users).toMatchObject({ rejected: 2, missing: 0, deactivated: 0 });
        expect(report.rejects.map((reject) => reject.externalId).sort()).toEqual([...bad.sourcedIds].sort());
        await oneDayLater();
      }
      expect(await inactive()).toBe(0);
      await district.control('bad-records', {}, 'DELETE');
      expect((await district.sync()).rejects).toEqual([]);
      expect(await district.sql(`SELECT FROM rejected_records WHERE state = 'open'`)).toEqual([]);
    },
  );

  it('so far that its key cannot be read makes the read incomplete, and nothing is removed', async () => {
    await district.control('leavers', { count: 3 });
    await district.control('bad-records', { entity: 'users', kind: 'unreadable-key', count: 1 });
    for (let run = 0; run < 3; run += 1) {
      const report = await district.sync();
      expect(report.entities.users).toMatchObject({ complete: false, rejected: 1, deactivated: 0 });
      await oneDayLater();
    }
    expect(await district.sql(`SELECT FROM users WHERE NOT active`)).toEqual([]);
  });

  it('by a cycle of references is kept out, and the others go on', async () => {
    const bad = await district.control<{ sourcedIds: string[] }>('bad-records', {
      entity: 'users',
      kind: 'cycle',
      count: 2,
    });
    const report = await district.sync();
    expect(report.rejects.map((r) => r.code)).toEqual(bad.sourcedIds.map(() => 'reference_cycle'));
    expect(report.entities.users.unchanged).toBe(report.entities.users.read - report.entities.users.rejected);
  });
});
