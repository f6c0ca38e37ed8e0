/** The measure of the assistant: 5,000 people with new ids end as the same 5,000, with their history and every enrollment. */
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { District } from '../testing/district.js';
import { done, MatchingDistrict } from '../testing/matching-district.js';

let district: District;
let matching: MatchingDistrict;
beforeAll(async () => {
  district = await District.open('sync_rekey_5000', 2000, 5);
  matching = new MatchingDistrict(district);
});
afterAll(() => district.close());
beforeEach(() => matching.begin());

const nothing = { created: 0, updated: 0, deactivated: 0, linked: 0 };

it('5,000 new ids end with 0 created, 0 deactivated, 5,000 re-linked', async () => {
  const before = await matching.people();
  await matching.rekey(5000);
  const { entities, holds } = await district.sync();
  expect([done(entities.users), entities.users.held]).toEqual([nothing, 5000]);
  expect(holds.map(({ operation, rows }) => [operation, rows])).toEqual([['rekey', 5000]]);
  const approved = await matching.approve(holds[0]!.id);
  expect(done(approved.entities.users)).toEqual({ ...nothing, linked: 5000 });
  const after = await district.sync();
  expect([after.run.state, after.holds]).toEqual(['completed', []]);
  for (const entity of ['users', 'enrollments'] as const)
    expect(after.entities[entity]).toMatchObject({ ...nothing, missing: 0, held: 0, blocked: 0 });
  expect(await matching.people()).toEqual(before);
});

it('a read of changes alone cannot know who is gone: new ids wait all the same, and the next whole read asks about them', async () => {
  await matching.rekey(300);
  const { entities, holds } = await district.sync({ mode: 'incremental' });
  expect([done(entities.users), entities.users.held]).toEqual([nothing, 300]);
  expect(holds.map(({ operation, rows }) => [operation, rows])).toEqual([['rekey', 300]]);
  const next = await district.sync();
  expect(next.holds.map(({ id, rows }) => [id, rows])).toEqual([[holds[0]!.id, 300]]);
  expect(done((await matching.approve(holds[0]!.id)).entities.users)).toEqual({ ...nothing, linked: 300 });
});

it('a person who takes re-keyed records for new gets them as new', async () => {
  await matching.rekey(300);
  const { holds } = await district.sync();
  const rows = (await matching.rows(holds[0]!.id)).slice(0, 10).map(({ localId }) => localId);
  const made = await matching.approve(holds[0]!.id, { asNew: true }, rows);
  expect(done(made.entities.users)).toEqual({ ...nothing, created: 10 });
  expect(done((await matching.approve(holds[0]!.id)).entities.users)).toEqual({ ...nothing, linked: 290 });
});
