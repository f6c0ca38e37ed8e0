/**
 * The scene that the guard is for: one school loses 30 % of its users while another has ordinary changes. The ordinary changes are
 * applied, the loss waits under the school's name, half an approval applies half, and undoing it restores every value.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@rollcall/core';
import { findHold, heldRows, type Hold } from '../store/holds.js';
import { approveHold } from './decide-hold.js';
import { explainLimits } from './limits/explain-limits.js';
import { requestUndo } from './request-undo.js';
import { District } from './testing/district.js';

let district: District;
let school: { id: string; name: string; external: string };
let lost: readonly string[];
let edited: { users: number };
let report: RunReport;

beforeAll(async () => {
  district = await District.open('sync_partial_loss', 400, 3);
  await district.sync();
  const [largest] = await district.sql<typeof school>(
    `SELECT o.id, o.name, l.external_id AS external FROM orgs o JOIN users u ON u.school_id = o.id
     JOIN external_system_mappings l ON l.local_id = o.id WHERE o.type = 'school' GROUP BY 1, 2, 3 ORDER BY count(*) DESC LIMIT 1`,
  );
  school = largest!;
  const [size] = await district.sql<{ users: string }>('SELECT count(*) AS users FROM users WHERE school_id = $1', [
    school.id,
  ]);
  const count = Math.ceil(Number(size!.users) * 0.3);
  ({ sourcedIds: lost } = await district.control<{ sourcedIds: string[] }>('leavers', {
    count,
    school: school.external,
  }));
  expect(lost).toHaveLength(count);
  ({ edited } = await district.control<{ edited: { users: number } }>('edit', { share: 0.05, entity: 'users' }));
  report = await district.sync();
});
afterAll(() => district.close());

const tenantId = () => district.database.tenantId;
const inactive = () => district.sql<{ id: string }>('SELECT id FROM users WHERE NOT active ORDER BY 1');
const holdOf = async (): Promise<Hold> => {
  const { id } = report.holds.find((hold) => hold.entity === 'users')!;
  return district.database.worker.withTenant(tenantId(), (tx) => findHold(tx, tenantId(), id));
};
/** Every value of every user and role; only times are left out. */
const values = async (): Promise<string[]> =>
  (
    await district.sql<{ row: string }>(
      `SELECT (to_jsonb(u) - '{updated_at,last_sync_at,sync_status}'::text[])::text || coalesce((SELECT string_agg(r::text, ',' ORDER BY r.position)
         FROM user_roles r WHERE r.user_id = u.id), '') AS row FROM users u ORDER BY u.id`,
    )
  ).map(({ row }) => row);

let before: string[];
let half: string[];
let approval: RunReport;

describe('a school that loses 30 % of its users', () => {
  it('has its loss held, whole, with a reason that names the school', async () => {
    expect(report.run.state).toBe('completed_with_holds');
    const hold = await holdOf();
    expect(hold).toMatchObject({ operation: 'deactivate', scopeKind: 'school', scope: school.name, rows: lost.length });
    expect(hold.reason).toMatch(
      new RegExp(`^${school.name}: ${lost.length} of \\d+ rows; the limit is 5 % and 25 rows$`),
    );
    expect(report.holds.filter(({ entity }) => entity === 'users')).toHaveLength(1);
    expect(await inactive()).toEqual([]);
  });

  it('keeps no ordinary change waiting, in its own school or another', async () => {
    expect(report.entities.users).toMatchObject({ updated: edited.users, held: lost.length });
    const [elsewhere] = await district.sql<{ rows: string }>(
      `SELECT count(*) AS rows FROM sync_changes WHERE run_id = $1 AND entity = 'users' AND operation = 'update' AND school_id <> $2`,
      [report.run.id, school.id],
    );
    expect(Number(elsewhere!.rows)).toBeGreaterThan(0);
  });

  it('is explained: rows, size, share, limit, and where the limit comes from', async () => {
    const judged = await district.database.app.withTenant(tenantId(), (tx) =>
      explainLimits(tx, { tenantId: tenantId(), runId: report.run.id }, { limit: 1000, offset: 0 }),
    );
    const [held] = judged.filter((j) => j.entity === 'users' && j.operation === 'deactivate' && j.verdict === 'held');
    expect(held).toMatchObject({ scope: school.name, rows: lost.length, limitShare: 0.05, limitRows: 25 });
    expect(held!.share).toBeCloseTo(0.3, 1);
    expect(held!.from).toBe('the default for users');
    expect(judged.some((j) => j.entity === 'users' && j.operation === 'update' && j.verdict === 'passed')).toBe(true);
  });

  it('loses half of them when half the hold is approved', async () => {
    before = await values();
    const hold = await holdOf();
    const rows = await district.database.worker.withTenant(tenantId(), (tx) =>
      heldRows(tx, { tenantId: tenantId(), ...hold }, { limit: 1000, offset: 0 }),
    );
    half = rows.slice(0, Math.floor(rows.length / 2)).map((row) => row.localId);
    const decision = { tenantId: tenantId(), holdId: hold.id, digest: hold.digest, rows: half };
    const { runId } = await approveHold(district.database.worker, {
      ...decision,
      reason: 'they moved',
      actor: 'a principal',
    });
    approval = await district.work(runId);
    expect(approval.entities.users).toMatchObject({ deactivated: half.length, applied: half.length });
    expect((await inactive()).map(({ id }) => id)).toEqual(half.toSorted());
    expect(await holdOf()).toMatchObject({ state: 'open', rows: lost.length - half.length });
  });

  it('has every value back when the approval is undone', async () => {
    const wanted = { tenantId: tenantId(), rows: null, reason: 'a mistake', actor: 'a principal' };
    const { runId } = await requestUndo(district.database.worker, { ...wanted, runId: approval.run.id });
    const undone = await district.work(runId);
    expect(undone.entities.users).toMatchObject({ reactivated: half.length, stale: 0 });
    expect(await values()).toEqual(before);
    expect(await district.sql(`SELECT FROM tombstones WHERE entity = 'users'`)).toEqual([]);
  });
});
