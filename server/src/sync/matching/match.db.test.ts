/** A new record that is one we have is joined with it where that is sure, asked about where it is not, and never by itself with two. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { District } from '../testing/district.js';
import { done, MatchingDistrict } from '../testing/matching-district.js';
import { setMatchSettings } from './set-match-settings.js';

let district: District;
let matching: MatchingDistrict;
beforeAll(async () => {
  district = await District.open('sync_match', 40);
  matching = new MatchingDistrict(district);
});
afterAll(() => district.close());
beforeEach(() => matching.begin());

const nothing = { created: 0, updated: 0, deactivated: 0, linked: 0 };
const unsure = `family_name = 'Elsewhere', email = 'somebody@else.example', username = 'else'`;
const settle = (settings: unknown) =>
  setMatchSettings(district.database.worker, {
    ...{ tenantId: district.database.tenantId, integration: 'district', settings, reason: 'tried', actor: 'test' },
  });

it('a second source of the same district makes nobody twice, changes no value, and gives its own roles', async () => {
  const before = await matching.people();
  const report = await matching.syncAs('second');
  for (const [entity, counts] of Object.entries(report.entities))
    expect([entity, counts.created, counts.linked]).toEqual([entity, 0, counts.staged - counts.ignored]);
  expect(await matching.people()).toEqual(before);
  const roles = await district.sql('SELECT integration_id, count(*) AS roles FROM user_roles GROUP BY 1');
  expect(roles.map((row) => row.roles)).toEqual([roles[0]!.roles, roles[0]!.roles]);
  expect((await matching.syncAs('second')).entities.users).toMatchObject({ ...nothing, missing: 0 });
  await matching.undo(report.run.id);
  expect(await matching.people()).toEqual(before);
  const left = await district.sql('SELECT DISTINCT state FROM external_system_mappings WHERE integration_id <> $1', [
    district.integration.id,
  ]);
  expect(left).toEqual([{ state: 'deactivated' }]);
  expect((await matching.syncAs('second')).entities.users).toMatchObject({ ...nothing, unchanged: 0 });
});

describe('a new record that may be one of ours', () => {
  it('waits, with what agrees; a person says that it is, and keeps the record, or that it is new', async () => {
    const pairs = await matching.rekey(2);
    await matching.disguise(
      pairs.map(({ from }) => from),
      unsure,
    );
    const report = await district.sync();
    const [hold] = report.holds;
    expect(hold).toMatchObject({ entity: 'users', operation: 'match', rows: 2 });
    expect(report.entities.users).toMatchObject({ created: 0, linked: 0, held: 2 });
    const rows = await matching.rows(hold!.id);
    const one = rows.find((row) => row.externalId === pairs[0]!.to)!;
    expect(one).toMatchObject({ operation: 'create', candidates: [{ formerly: pairs[0]!.from, score: 65 }] });
    const joined = await matching.approve(hold!.id, {}, [one.localId]);
    expect(done(joined.entities.users)).toEqual({ ...nothing, linked: 1 });
    const [person] = await district.sql<{ id: string; family_name: string }>(
      'SELECT id, family_name FROM users WHERE external_id = $1',
      [pairs[0]!.to],
    );
    expect(person!.id).toBe(one.candidates[0]!.localId);
    expect(person!.family_name).not.toBe('Elsewhere');
    const made = await matching.approve(hold!.id, { asNew: true });
    expect(done(made.entities.users)).toEqual({ ...nothing, created: 1 });
    expect((await district.sync()).holds).toEqual([]);
  });

  it('and may be several waits until a person names which', async () => {
    const [first, second] = await matching.rekey(2);
    await matching.disguise([first!.from], unsure);
    await matching.disguise(
      [second!.from],
      `${unsure}, (identifier, given_name) = (SELECT o.identifier, o.given_name FROM users o WHERE o.external_id = '${first!.from}')`,
    );
    const { holds } = await district.sync();
    const [row] = await matching.rows(holds[0]!.id);
    const ids = row!.candidates.map(({ localId }) => localId);
    expect([row!.externalId, ids.length]).toEqual([first!.to, 2]);
    await expect(matching.approve(holds[0]!.id)).rejects.toThrow(/may be several/);
    await expect(matching.approve(holds[0]!.id, { links: { [row!.localId]: row!.localId } })).rejects.toThrow(
      /candidates/,
    );
    const { entities } = await matching.approve(holds[0]!.id, { links: { [row!.localId]: ids[1]! } });
    expect(done(entities.users)).toEqual({ ...nothing, linked: 1 });
    const links = await district.sql('SELECT local_id FROM external_system_mappings WHERE external_id = $1', [
      first!.to,
    ]);
    expect(links).toEqual([{ local_id: ids[1] }]);
  });

  it('is new where nobody wants matching, and rules that make no sense are refused', async () => {
    await expect(settle({ askFrom: 90 })).rejects.toThrow(/askFrom: must not be above strongFrom/);
    await expect(settle({ rules: { users: [{ name: 'x', fields: ['shoe'], score: 90 }] } })).rejects.toThrow(
      /shoe is not one of/,
    );
    await settle({ on: false });
    await matching.rekey(2);
    expect((await district.sync()).entities.users).toMatchObject({ created: 2, linked: 0 });
  });
});

it('an id that names another person now is no update: it waits with what refers to it', async () => {
  const [row] = await district.sql<{ id: string; external_id: string }>(
    `SELECT u.id, u.external_id FROM users u WHERE EXISTS (SELECT FROM enrollments e WHERE e.user_id = u.id) LIMIT 1`,
  );
  await matching.disguise([row!.external_id], `given_name = 'Nils', identifier = '7', ${unsure}`);
  await matching.forget(`l.external_id = $1 OR l.local_id IN (SELECT e.id FROM enrollments e WHERE e.user_id = $2)`, [
    row!.external_id,
    row!.id,
  ]);
  const report = await district.sync();
  expect(report.holds.map(({ operation, rows }) => [operation, rows])).toEqual([['reuse', 1]]);
  expect(report.entities.users).toMatchObject({ ...nothing, held: 1 });
  expect(report.entities.enrollments.blocked).toBeGreaterThan(0);
  expect((await district.sync()).holds.map(({ id }) => id)).toEqual(report.holds.map(({ id }) => id));
  expect(done((await matching.approve(report.holds[0]!.id)).entities.users)).toEqual({ ...nothing, updated: 1 });
  expect((await district.sync()).entities.enrollments.blocked).toBe(0);
});
