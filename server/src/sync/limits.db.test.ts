/** Limits as people set them: the most specific rule decides, seasons count on their days, and every run can say which limit decided. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@rollcall/core';
import { setLimit, type WantedRule } from './limits/change-limits.js';
import { addToCalendar } from './limits/change-calendar.js';
import { explainLimits, type Explained } from './limits/explain-limits.js';
import { District } from './testing/district.js';

let district: District;
let opened = 0;
beforeEach(async () => {
  opened += 1;
  district = await District.open(`sync_limits_${opened}`, 120, opened);
  expect((await district.sync()).run.state).toBe('completed');
});
afterEach(() => district.close());

const asked = () => ({ tenantId: district.database.tenantId, reason: 'as agreed', actor: 'an administrator' });
const open: WantedRule = {
  ...{ integration: null, school: null, entity: null, operation: null, season: null },
  ...{ share: 0.001, rows: 1 },
};
const set = (rule: Partial<WantedRule>) => setLimit(district.database.app, { ...asked(), rule: { ...open, ...rule } });
const explain = (report: RunReport): Promise<Explained[]> =>
  district.database.app.withTenant(district.database.tenantId, (tx) =>
    explainLimits(tx, { tenantId: district.database.tenantId, runId: report.run.id }, { limit: 1000, offset: 0 }),
  );
const end = (count: number) => district.control('tobedeleted', { entity: 'users', count });
const schoolOfSome = async (): Promise<string> => {
  const [row] = await district.sql<{ id: string }>(
    `SELECT school_id AS id FROM users WHERE active GROUP BY 1 ORDER BY count(*) DESC LIMIT 1`,
  );
  return row!.id;
};

describe('a rule', () => {
  it('that is stricter than the default holds what the default lets go, and the reason names its limit', async () => {
    await set({ entity: 'users', operation: 'deactivate' });
    await end(3);
    const report = await district.sync();
    expect(report.entities.users).toMatchObject({ held: 3, deactivated: 0 });
    for (const hold of report.holds) expect(hold.reason).toMatch(/the limit is 0\.1 % and 1 rows$/);
  });

  it('that is looser than the default lets go what the default holds', async () => {
    await set({ entity: 'users', share: 0.9, rows: 100_000 });
    await end(40);
    const report = await district.sync();
    expect(report.entities.users).toMatchObject({ held: 0, deactivated: 40 });
  });

  it('of a school decides there before one of the entity, and nowhere else', async () => {
    const school = await schoolOfSome();
    await set({ entity: 'users' });
    await set({ school, share: 0.9, rows: 100_000 });
    await end(30);
    const report = await district.sync();
    const judged = (await explain(report)).filter((j) => j.entity === 'users' && j.operation === 'deactivate');
    for (const j of judged.filter(({ scopeKind }) => scopeKind === 'school'))
      expect([j.scopeId, j.verdict]).toEqual([j.scopeId, j.scopeId === school ? 'passed' : 'held']);
    expect(judged.some((j) => j.scopeId === school)).toBe(true);
  });

  it('never lets the whole of a scope go', async () => {
    await set({ share: 1, rows: 2_000_000 });
    await district.control('lose-school', {});
    const report = await district.sync();
    expect(report.run.state).toBe('completed_with_holds');
    expect(report.holds.find((hold) => hold.entity === 'users')!.reason).toMatch(/all \d+ rows of the scope/);
    expect(await district.sql('SELECT FROM users WHERE NOT active')).toEqual([]);
  });

  it('that is set while a run is under way concerns the next one', async () => {
    await end(3);
    let stopped = false;
    const failpoint = (name: string) => {
      if (name !== 'plan.written' || stopped) return;
      stopped = true;
      throw new Error('stopped before the plan');
    };
    await expect(district.sync({ failpoint })).rejects.toThrow('stopped');
    await set({ entity: 'users' });
    const [run] = await district.sql<{ id: string }>('SELECT id FROM runs ORDER BY id DESC LIMIT 1');
    expect((await district.work(run!.id)).entities.users).toMatchObject({ held: 0, deactivated: 3 });
  });
});

describe('a season', () => {
  const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
  const season = (from: number, to: number) =>
    addToCalendar(district.database.app, {
      ...asked(),
      entry: {
        ...{ name: 'Start of spring', kind: 'term_start', startsOn: day(from), endsOn: day(to) },
        ...{ integration: null, school: null, timeZone: 'America/Chicago' },
      },
    });

  it('has its own limits on its days', async () => {
    await season(-2, 2);
    await set({ entity: 'users', season: 'term_start', share: 0.9, rows: 100_000 });
    await end(40);
    const report = await district.sync();
    expect(report.entities.users).toMatchObject({ held: 0, deactivated: 40 });
    expect((await explain(report)).find((j) => j.entity === 'users')).toMatchObject({ season: 'term_start' });
  });

  it('that is over, or has no limits of its own, leaves the normal ones', async () => {
    await season(-20, -10);
    await set({ entity: 'users', season: 'term_start', share: 0.9, rows: 100_000 });
    await season(-2, 2);
    await district.sql('UPDATE limit_rules SET season = $1', ['break']);
    await end(40);
    expect((await district.sync()).entities.users.held).toBeGreaterThan(0);
  });
});

describe('limits explain', () => {
  it('says for the first load that it was exempt, school by school', async () => {
    const [run] = await district.sql<{ id: string }>('SELECT id FROM runs ORDER BY id LIMIT 1');
    const judged = await explain({ run } as unknown as RunReport);
    expect(judged.length).toBeGreaterThan(6);
    for (const j of judged) expect(j).toMatchObject({ operation: 'create', verdict: 'exempt', ruleId: null });
  });

  it('says rows, size, share, limit and where it comes from, for what was held and for what went', async () => {
    const rule = await set({ entity: 'users', operation: 'deactivate' });
    await end(3);
    await district.control('edit', { share: 0.02, entity: 'classes' });
    const judged = await explain(await district.sync());
    const held = judged.filter((j) => j.verdict === 'held');
    expect(judged.slice(0, held.length)).toEqual(held);
    for (const j of held) {
      expect(j).toMatchObject({ entity: 'users', ruleId: rule.id, limitShare: 0.001, limitRows: 1, drained: 0 });
      expect(j.share).toBe(j.rows / j.active!);
      expect(j.from).toContain('an administrator: as agreed');
    }
    const passed = judged.find((j) => j.entity === 'classes' && j.scopeKind === 'school')!;
    expect(passed).toMatchObject({ verdict: 'passed', active: null, share: null, from: 'the default for classes' });
    expect(passed.why).toMatch(/^\d+ rows; below the limit of 50 % and 100 rows$/);
  });

  it('keeps what was judged when the rule is gone, and says nothing where nothing was asked', async () => {
    const rule = await set({ entity: 'users', operation: 'deactivate' });
    await end(3);
    const report = await district.sync();
    await set({ entity: 'users', operation: 'deactivate', share: 0.9 });
    expect((await explain(report))[0]).toMatchObject({ ruleId: rule.id, limitShare: 0.001 });
    await district.control('reset', {});
    expect(await explain(await district.sync())).toEqual([]);
  });
});
