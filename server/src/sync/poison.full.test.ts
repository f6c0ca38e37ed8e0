/** One record that the database refuses never stops the others, at whatever step it shows; when it is right again, it passes. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { defaultLimits } from '@rollcall/core';
import { District } from './testing/district.js';

let district: District;
let healthy: string;
let student: string;
let parentOrg: string;
let roots: object[];

beforeAll(async () => {
  district = await District.open('sync_poison', 120);
  expect((await district.sync()).run.state).toBe('completed');
  healthy = await district.contents();
  const [row] = await district.sql<{ id: string }>(
    `SELECT m.external_id AS id FROM external_system_mappings m JOIN enrollments e ON e.user_id = m.local_id
     WHERE m.entity = 'users' AND e.active LIMIT 1`,
  );
  student = row!.id;
  const [org] = await district.sql<{ id: string }>(
    `SELECT m.external_id AS id FROM external_system_mappings m JOIN orgs o ON o.parent_id = m.local_id LIMIT 1`,
  );
  parentOrg = org!.id;
  roots = await district.sql(`SELECT count(*)::int AS rows FROM orgs WHERE parent_id IS NULL`);
});
afterAll(() => district.close());
beforeEach(async () => {
  for (const table of ['users', 'enrollments', 'sync_changes', 'external_system_mappings'])
    await district.sql(`ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS refused`);
  await district.wipe();
});

const off = { share: 2, rows: 1_000_000 };
const unlimited = Object.fromEntries(
  Object.entries(defaultLimits).map(([entity, limits]) => [entity, { ...limits, update: off }]),
) as typeof defaultLimits;

/** A rule of the table itself, which PostgreSQL keeps: SQLSTATE 23514. */
const refuse = (table: string, rule: string) =>
  district.sql(`ALTER TABLE ${table} ADD CONSTRAINT refused CHECK (${rule})`);
const allow = (table: string) => district.sql(`ALTER TABLE ${table} DROP CONSTRAINT refused`);

const passes = async () => {
  const report = await district.sync();
  expect(report.run.state).toBe('completed');
  expect(report.rejects).toEqual([]);
};
const people = async () => {
  const rows = await district.sql<{ table: string; rows: number }>(
    `SELECT 'users' AS table, count(*)::int AS rows FROM users UNION ALL SELECT 'enrollments', count(*)::int FROM enrollments
     UNION ALL SELECT 'dangling', count(*)::int FROM enrollments e WHERE NOT EXISTS (SELECT FROM users u WHERE u.id = e.user_id)`,
  );
  return Object.fromEntries(rows.map((row) => [row.table, row.rows]));
};

describe('a record that cannot be applied', () => {
  it('is rejected with its reason, what refers to it waits, and everything else is there', async () => {
    await refuse('users', `external_id <> '${student}'`);
    const report = await district.sync({ policy: { chunkRows: 50 } });
    expect(report.run.state).toBe('completed_with_rejects');
    expect(report.rejects).toEqual([
      {
        ...{ entity: 'users', externalId: student, code: 'value_refused', field: null },
        message: 'the database refuses a value of the record',
      },
    ]);
    const { users, enrollments } = report.entities;
    expect(users).toMatchObject({ rejected: 1, created: users.distinct - 1 });
    expect(enrollments.blocked).toBeGreaterThan(0);
    expect(await people()).toMatchObject({ users: users.distinct - 1, dangling: 0 });
    await allow('users');
    await passes();
    expect(await district.contents()).toBe(healthy);
  });

  it('does not have the rejects of what refers to it counted twice when that is planned anew', async () => {
    await refuse('users', `external_id <> '${student}'`);
    await district.control('bad-records', { entity: 'enrollments', kind: 'dangling-reference', count: 2 });
    const report = await district.sync({ policy: { chunkRows: 50 } });
    expect([report.run.state, report.entities.enrollments.rejected]).toEqual(['completed_with_rejects', 2]);
    await district.control('bad-records', {}, 'DELETE');
    await allow('users');
    await passes();
    expect(await district.contents()).toBe(healthy);
  });

  it('is found among many, and so are others, while chunks are applied side by side', async () => {
    await refuse('enrollments', `abs(hashtext(external_id)) % 97 <> 1`);
    const report = await district.sync({ policy: { chunkRows: 100 } });
    const { enrollments } = report.entities;
    expect(enrollments.rejected).toBeGreaterThan(1);
    expect(enrollments.created).toBe(enrollments.distinct - enrollments.rejected - enrollments.ignored);
    await allow('enrollments');
    await passes();
    expect(await district.contents()).toBe(healthy);
  });

  it('leaves no reference of its own kind that leads nowhere', async () => {
    await refuse('external_system_mappings', `external_id <> '${parentOrg}'`);
    const report = await district.sync({ policy: { chunkRows: 2, writers: 1 } });
    expect(report.run.state).toBe('completed_with_rejects');
    const lost = await district.sql(
      `SELECT FROM orgs o WHERE parent_id IS NOT NULL AND NOT EXISTS (SELECT FROM orgs p WHERE p.id = o.parent_id)`,
    );
    expect(lost).toEqual([]);
    await allow('external_system_mappings');
    await passes();
    const links = `SELECT count(*)::int AS rows FROM orgs WHERE parent_id IS NULL`;
    expect(await district.sql(links)).toEqual(roots);
  });

  it('keeps the values that it had when it was to be changed', async () => {
    await district.sync();
    await district.sql(`ALTER TABLE users ADD COLUMN frozen text`);
    await district.sql(
      `UPDATE users SET frozen = given_name || family_name || coalesce(email, '') WHERE external_id = $1`,
      [student],
    );
    await refuse('users', `frozen IS NULL OR frozen = given_name || family_name || coalesce(email, '')`);
    await district.control('edit', { share: 1, entity: 'users' });
    const report = await district.sync({ policy: { limits: unlimited } });
    expect(report.rejects.map((reject) => reject.externalId)).toEqual([student]);
    expect(report.entities.users.updated).toBeGreaterThan(50);
    expect(await district.sql('SELECT FROM users WHERE frozen <> given_name || family_name || email')).toEqual([]);
    await allow('users');
    await district.sql(`ALTER TABLE users DROP COLUMN frozen`);
    await district.control('reset', {});
  });

  it('is no excuse for a table that refuses everything: then the run itself has failed to go on', async () => {
    await refuse('enrollments', `role = 'never'`);
    await expect(district.sync()).rejects.toMatchObject({ code: '23514' });
    await district.sql('DELETE FROM enrollments');
    await allow('enrollments');
  });
});

describe('a record that cannot be', () => {
  it('planned is rejected, and everything else is there', async () => {
    await refuse('sync_changes', `external_id <> '${student}'`);
    const report = await district.sync();
    expect(report.rejects.map(({ externalId, code }) => [externalId, code])).toContainEqual([student, 'value_refused']);
    expect(report.entities.users).toMatchObject({ rejected: 1, created: report.entities.users.distinct - 1 });
    await allow('sync_changes');
    await passes();
  });

  it('staged is rejected, and the rest of its page is there', async () => {
    await district.sql(`CREATE FUNCTION refuse_staged() RETURNS event_trigger LANGUAGE plpgsql AS $$
      DECLARE t record; BEGIN
        FOR t IN SELECT object_identity AS name FROM pg_event_trigger_ddl_commands() WHERE object_identity LIKE 'stage.%users_full' LOOP
          EXECUTE format('ALTER TABLE %s ADD CHECK (external_id <> %L)', t.name, '${student}');
        END LOOP; END $$`);
    await district.sql(
      `CREATE EVENT TRIGGER refuse_staged ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION refuse_staged()`,
    );
    const report = await district.sync({ pageSize: 40 });
    expect(report.entities.users).toMatchObject({ rejected: 1, complete: true });
    expect(report.entities.users.created).toBe(report.entities.users.distinct - 1);
    await district.sql('DROP EVENT TRIGGER refuse_staged');
    await passes();
  });
});

describe('a record that the database refuses run after run', () => {
  it('is counted, is a dead letter from the third run on, and passes when it is taken', async () => {
    await refuse('users', `external_id <> '${student}'`);
    for (let run = 1; run <= 3; run += 1) await district.sync();
    expect(
      await district.sql(`SELECT times FROM rejected_records WHERE state = 'open' AND external_id = $1`, [student]),
    ).toEqual([{ times: 3 }]);
    const letters = `SELECT external_id, code, error_class, state FROM dead_letters WHERE entity = 'users'`;
    const letter = { external_id: student, code: 'value_refused', error_class: 'poison' };
    expect(await district.sql(letters)).toEqual([{ ...letter, state: 'open' }]);
    await allow('users');
    await passes();
    expect(await district.sql(letters)).toEqual([{ ...letter, state: 'passed' }]);
  });
});

describe('when too much of an entity is kept out', () => {
  it('nothing of it is removed: absence proves nothing, and what the source ends by name waits for a person', async () => {
    await district.sync();
    await district.control('tobedeleted', { entity: 'users', count: 2 });
    await district.control('leavers', { count: 3 });
    await district.control('bad-records', { entity: 'users', kind: 'missing-name', count: 30 });
    const report = await district.sync();
    expect(report.run).toMatchObject({
      state: 'completed_with_holds',
      reason: expect.stringMatching(/too many rejects: users \(\d+ of \d+ records were kept out; the limit is 5 %/),
    });
    expect(report.entities.users).toMatchObject({ complete: false, deactivated: 0 });
    expect(report.holds.reduce((rows, hold) => rows + hold.rows, 0)).toBe(2);
    for (const hold of report.holds)
      expect(hold).toMatchObject({
        entity: 'users',
        operation: 'deactivate',
        reason: expect.stringMatching(/kept out/),
      });
    await district.control('reset', {});
  });
});
