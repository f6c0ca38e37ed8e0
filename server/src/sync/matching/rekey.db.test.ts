/** New ids en masse are recognised as the same people, wait as pairs, and on approval move the links: nobody is made or lost. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { District } from '../testing/district.js';
import { MarkedDistrict } from '../testing/marked-district.js';
import { done, MatchingDistrict } from '../testing/matching-district.js';

let district: District;
let matching: MatchingDistrict;
beforeAll(async () => {
  district = await District.open('sync_rekey', 60);
  matching = new MatchingDistrict(district);
});
afterAll(() => district.close());
beforeEach(() => matching.begin());

const nothing = { created: 0, updated: 0, deactivated: 0, linked: 0 };

describe('a source that gives its people new ids', () => {
  it('changes nothing until a person has seen the pairs; approved, nobody is made or lost, and undone, all is as it was', async () => {
    const before = await matching.people();
    const pairs = await matching.rekey(40);
    const first = await district.sync();
    expect(first.entities.users).toMatchObject({ ...nothing, held: 40 });
    expect(first.holds.map(({ entity, operation, rows }) => [entity, operation, rows])).toEqual([
      ['users', 'rekey', 40],
    ]);
    expect(await matching.people()).toEqual(before);
    const [hold] = first.holds;
    const rows = await matching.rows(hold!.id);
    expect(rows.map((row) => [row.formerly, row.externalId]).toSorted()).toEqual(
      pairs.map(({ from, to }) => [from, to]).toSorted(),
    );
    expect(rows[0]).toMatchObject({
      operation: 'link',
      agreement: { score: 90 },
      name: expect.stringMatching(/\w+ \w+/),
    });
    const linksBefore = await matching.links();
    const approved = await matching.approve(hold!.id);
    expect(done(approved.entities.users)).toEqual({ ...nothing, linked: 40 });
    expect(await matching.people()).toEqual(before);
    const undone = await matching.undo(approved.run.id);
    expect(done(undone.entities.users)).toEqual({ ...nothing, linked: 40 });
    expect(await matching.links()).toEqual(linksBefore);
    expect((await district.sync()).entities.users).toMatchObject({ created: 0, linked: 0, declined: 40 });
  });

  it('leaves nothing open once it is approved: the next run finds every reference where it was', async () => {
    const before = await matching.people();
    await matching.rekey(40);
    const { holds } = await district.sync();
    expect((await district.sync()).holds.map(({ id }) => id)).toEqual(holds.map(({ id }) => id));
    const [row] = await matching.rows(holds[0]!.id);
    const single = await new MarkedDistrict(district).read('users', [row!.externalId]);
    expect(single.entities.users).toMatchObject({ ...nothing, blocked: 1 });
    expect((await matching.holds()).map(({ id, rows }) => [id, rows])).toEqual([[holds[0]!.id, 40]]);
    await matching.approve(holds[0]!.id);
    const next = await district.sync();
    expect([next.run.state, next.holds]).toEqual(['completed', []]);
    for (const entity of ['users', 'enrollments'] as const)
      expect(next.entities[entity]).toMatchObject({ ...nothing, missing: 0, blocked: 0 });
    expect(await matching.people()).toEqual(before);
  });
});

it('a few new ids need nobody: who is surely the same is joined, with what refers to them, and shows the new id', async () => {
  const before = await matching.people();
  const pairs = await matching.rekey(3);
  await matching.rekey(2, 'classes');
  await matching.rekey(4, 'enrollments');
  const { entities } = await district.sync();
  expect([entities.users, entities.classes, entities.enrollments].map(done)).toEqual(
    [3, 2, 4].map((linked) => ({ ...nothing, linked })),
  );
  expect(await matching.people()).toEqual(before);
  const shown = await district.sql('SELECT FROM users WHERE external_id = ANY ($1)', [pairs.map(({ to }) => to)]);
  expect(shown).toHaveLength(3);
});
