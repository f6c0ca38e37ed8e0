/** A district's roster from the sandbox into the hub: what a full run promises when nothing is wrong. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { entityNames, type RunReport } from '@rollcall/core';
import { District } from './testing/district.js';

let district: District;
beforeAll(async () => {
  district = await District.open('sync_full_run');
});
afterAll(() => district.close());

const changes = (report: RunReport) =>
  entityNames.map((name) => report.entities[name]).map((c) => c.created + c.updated + c.reactivated + c.deactivated);

describe('a full run', () => {
  it("brings in exactly the source's active records, and the sums hold", async () => {
    const report = await district.sync();
    const totals = await district.control<Record<string, { rows: number; active: number }>>('totals');
    expect(report.run.state).toBe('completed');
    for (const name of entityNames) {
      const counts = report.entities[name];
      expect({ name, read: counts.read, created: counts.created, complete: counts.complete }).toEqual({
        name,
        read: totals[name]!.rows,
        created: totals[name]!.active,
        complete: true,
      });
    }
  });

  it('writes no roster row, link or log row when nothing changed', async () => {
    const written = () =>
      district.sql(`SELECT (SELECT count(*) FROM change_log) AS log, (SELECT md5(string_agg(ctid::text || xmin::text, '' ORDER BY ctid)) FROM external_system_mappings) AS links,
        (SELECT md5(string_agg(ctid::text || xmin::text, '' ORDER BY ctid)) FROM users) AS users, (SELECT md5(string_agg(ctid::text || xmin::text, '' ORDER BY ctid)) FROM enrollments) AS enrollments`);
    const there = await written();
    const report = await district.sync();
    expect(report.run.state).toBe('completed');
    expect(changes(report)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(await written()).toEqual(there);
  });

  it('updates only the fields that changed, and says so before and after', async () => {
    const edited = await district.control<{ edited: Record<string, number> }>('edit', { share: 0.02, entity: 'users' });
    const report = await district.sync();
    expect(report.entities.users.updated).toBe(edited.edited.users);
    expect(report.entities.users.unchanged).toBe(report.entities.users.read - edited.edited.users!);
    const rows = await district.sql<{ before: object; after: object }>(
      `SELECT before, after FROM sync_changes WHERE run_id = $1 AND entity = 'users'`,
      [report.run.id],
    );
    expect(rows).toHaveLength(edited.edited.users!);
    for (const { before, after } of rows) {
      expect(Object.keys(after)).toEqual(Object.keys(before));
      expect(before).not.toEqual(after);
    }
  });

  it('a dry run plans the same and changes nothing', async () => {
    await district.control('edit', { share: 0.02, entity: 'classes' });
    const before = await district.contents();
    const plan = await district.sync({ mode: 'plan' });
    expect(plan.run.state).toBe('completed');
    expect(plan.entities.classes.planned).toBeGreaterThan(0);
    expect(plan.entities.classes.applied).toBe(0);
    expect(await district.contents()).toBe(before);
    const run = await district.sync();
    expect(run.entities.classes.updated).toBe(plan.entities.classes.planned);
    const digests = await district.sql<{ plan_digest: string | null }>(
      'SELECT plan_digest FROM runs WHERE id = ANY ($1)',
      [[plan.run.id, run.run.id]],
    );
    expect(digests[0]!.plan_digest).toMatch(/^[0-9a-f]{64}$/);
    expect(digests[1]).toEqual(digests[0]);
  });

  it('leaves one audit row per chunk with the digest of its rows, and one message in the outbox', async () => {
    const chunks = await district.sql<{ digest: string }>(
      'SELECT digest FROM sync_chunks WHERE applied_at IS NOT NULL ORDER BY digest',
    );
    const audit = await district.sql<{ digest: string }>(
      `SELECT details->>'digest' AS digest FROM integration_audit_logs WHERE action = 'chunk.applied' ORDER BY 1`,
    );
    const outbox = await district.sql('SELECT FROM outbox');
    expect(audit).toEqual(chunks);
    expect(outbox).toHaveLength(chunks.length);
  });

  it('drops its stage when no hold needs it', async () => {
    expect(await district.sql(`SELECT tablename FROM pg_tables WHERE schemaname = 'stage'`)).toEqual([]);
  });
});
