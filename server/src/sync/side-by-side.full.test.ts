/**
 * Sources side by side, against a model: whatever three sources of different ranks say of the same people in whatever order, join, leave
 * and come back, each field has the value of the highest-ranked source that supplies it, and an undone run leaves no trace.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '../store/testing/test-database.js';
import { hubOf, linksOf, SideBySideModel, type Person } from './testing/side-by-side-model.js';
import { SmallSource, type People } from './testing/small-source.js';

let database: TestDatabase;
let sources: SmallSource[];
beforeAll(async () => {
  database = await testDatabase('sync_side_by_side_model');
  sources = [
    await SmallSource.open(database, 'second', { rank: 5 }),
    await SmallSource.open(database, 'first', { rank: 2 }),
    // The same rank as the second's, but younger.
    await SmallSource.open(database, 'third', { rank: 5 }),
  ];
});
afterAll(async () => {
  for (const source of sources) source.close();
  await database.close();
});

/** Everywhere and always the same, for nothing that a source says of all its people would be believed. */
const constant: Person = { email: 'kai@example.org', phone: '7', middleName: 'Sol', givenName: 'Kai', grades: '11' };

/** Small numbers that look drawn and are the same every time. */
function draws(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function draw(next: (below: number) => number): People {
  const oneOf = (...values: string[]) => values[next(values.length)]!;
  const person = (name: string): Person => ({
    email: oneOf('', `${name}@one.example`, `${name}@two.example`),
    phone: oneOf('', '1', '2', '3'),
    middleName: oneOf('', 'Bo', 'Kim'),
    givenName: oneOf('Edda', 'Edith'),
    grades: oneOf('', '11', '12'),
  });
  const people = ['p1', 'p2', 'p3'].filter(() => next(4) > 0);
  return new Map([['kai', constant], ...people.map((name): [string, Person] => [name, person(name)])]);
}

const missing = async (source: SmallSource) =>
  (
    await database.sql(
      `SELECT FROM external_system_mappings l JOIN integrations i ON i.id = l.integration_id AND i.name = $1
    WHERE l.state = 'missing'`,
      [source.name],
    )
  ).length > 0;

/** Runs that find these people until nothing is left to do. The first of each kind that brings nobody new is undone, and done again. */
async function speak(source: SmallSource, people: People): Promise<void> {
  const undone = new Set<string>();
  for (;;) {
    const before = await hubOf(database);
    const { run, entities, holds } = await source.says(people);
    expect([run.state, holds]).toEqual(['completed', []]);
    const { created, linked, reactivated, updated, deactivated } = entities.users;
    const kind = [updated, reactivated, deactivated].map((rows) => rows > 0).join();
    const changed = updated + reactivated + deactivated;
    if (changed > 0 && created + linked === 0 && !undone.has(kind)) {
      undone.add(kind);
      expect((await source.undo(run.id)).entities.users).toMatchObject({ applied: changed, stale: 0 });
      expect([kind, await hubOf(database)]).toEqual([kind, before]);
      await database.sql('DELETE FROM declined_changes');
    } else if (changed + created + linked === 0 && !(await missing(source))) return;
  }
}

it.each([[11], [23]])(
  'each field is the highest-ranked supplier’s, and undone runs leave no trace (seed %i)',
  async (seed) => {
    await database.sql(`TRUNCATE orgs, users, user_roles, external_system_mappings, declined_changes, tombstones, tombstone_keys,
    runs, run_leases, run_entities, sync_pages, sync_changes, sync_chunks, holds, change_log, removal_counts CASCADE`);
    const [second, first, third] = sources as [SmallSource, SmallSource, SmallSource];
    const model = new SideBySideModel([first, second, third]);
    const next = draws(seed);
    for (let step = 0; step < 14; step += 1) {
      const source = sources[next(sources.length)]!;
      const people = draw(next);
      await speak(source, people);
      model.speak(source, people);
      expect([step, await hubOf(database)]).toEqual([step, model.expected()]);
      for (const each of sources)
        expect([step, each.name, await linksOf(database, each)]).toEqual([step, each.name, model.saidBy(each)]);
    }
  },
);
