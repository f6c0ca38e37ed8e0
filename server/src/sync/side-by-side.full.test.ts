/**
 * Sources side by side, against a model: whatever three sources of different ranks say of the same people in whatever order, join, leave
 * and come back, each field has the value of the highest-ranked source that supplies it, and an undone run leaves no trace.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '../store/testing/test-database.js';
import { requestUndo } from './request-undo.js';
import { SmallSource, type Said } from './testing/small-source.js';

const fields = ['email', 'phone', 'middleName', 'grades'] as const;
type Person = Readonly<Record<(typeof fields)[number] | 'givenName', string>>;
const columns = { email: 'email', phone: 'phone', middleName: 'middle_name', givenName: 'given_name' } as const;
const everybody = ['p1', 'p2', 'p3'];
/** Everywhere and always the same, for nothing that a source says of all its people would be believed. */
const constant: Person = { email: 'kai@example.org', phone: '7', middleName: 'Sol', grades: '11', givenName: 'Kai' };

let database: TestDatabase;
let sources: SmallSource[];
beforeAll(async () => {
  database = await testDatabase('sync_side_by_side');
  sources = [
    await SmallSource.open(database, 'second', { rank: 5 }),
    await SmallSource.open(database, 'first', { rank: 2 }),
    // The same rank, but younger.
    await SmallSource.open(database, 'third', { rank: 5 }),
  ];
});
afterAll(async () => {
  for (const source of sources) source.close();
  await database.close();
});

/** The places of the sources, the highest-ranked first. */
const ranked = [1, 0, 2];

/** What must be, worked out from what was said. */
class Model {
  readonly said = sources.map(() => new Map<string, Person>());
  readonly hub = new Map<string, Record<string, string>>();

  speak(at: number, people: ReadonlyMap<string, Person>): void {
    for (const [id, person] of people) {
      const before = this.said[at]!.get(id);
      this.said[at]!.set(id, person);
      const alone = this.said.every((each, place) => place === at || !each.has(id));
      const hub = this.hub.get(id) ?? {};
      for (const field of [...fields, 'givenName'] as const) {
        const supplied = this.supplied(id, field);
        if (supplied !== null) hub[field] = supplied;
        else if (alone || before?.[field]) hub[field] = '';
      }
      this.hub.set(id, hub);
    }
    for (const id of this.said[at]!.keys()) if (!people.has(id)) this.leave(at, id);
  }

  /** What nobody else supplies stays as it was. */
  private leave(at: number, id: string): void {
    this.said[at]!.delete(id);
    for (const field of [...fields, 'givenName'] as const) {
      const supplied = this.supplied(id, field);
      if (supplied !== null) this.hub.get(id)![field] = supplied;
    }
  }

  private supplied(id: string, field: keyof Person): string | null {
    const speaker = ranked.find((place) => this.said[place]!.get(id)?.[field]);
    return speaker === undefined ? null : this.said[speaker]!.get(id)![field];
  }
}

/** People who are somewhere, with the roles that each source gives. */
async function hub(): Promise<Record<string, unknown>> {
  const rows = await database.sql<{ id: string }>(
    `SELECT u.external_id AS id, ${Object.entries(columns)
      .map(([name, column]) => `coalesce(u.${column}, '') AS "${name}"`)
      .join(', ')},
       array_to_string(u.grades, ',') AS grades, (SELECT string_agg(i.name, ',' ORDER BY i.name) FROM user_roles r
         JOIN integrations i ON i.id = r.integration_id WHERE r.user_id = u.id) AS "rolesFrom"
     FROM users u WHERE u.active ORDER BY u.external_id`,
  );
  return Object.fromEntries(rows.map(({ id, ...row }) => [id, row]));
}

/** What each link says, whether in the hub's words or in its own. */
const links = () =>
  database.sql(
    `SELECT i.name, l.entity, l.external_id, l.state, l.base_checksum, h.fields || coalesce(l.base_diff, '{}') AS said FROM external_system_mappings l
     JOIN integrations i ON i.id = l.integration_id
     JOIN LATERAL (SELECT jsonb_build_object('email', u.email, 'phone', u.phone, 'middleName', u.middle_name, 'grades', u.grades,
       'givenName', u.given_name) AS fields FROM users u WHERE u.id = l.local_id) h ON true WHERE l.state IN ('active', 'missing') ORDER BY 1, 2, 3`,
  );

const packageOf = (people: ReadonlyMap<string, Person>): Said => ({
  orgs: [{ sourcedId: 'school', name: 'Lindholm School', type: 'school', identifier: 'S1' }],
  users: [...people].map(([sourcedId, person]) => ({
    ...{ sourcedId, enabledUser: 'true', username: sourcedId, familyName: 'Ahlgren', primaryOrgSourcedId: 'school' },
    ...person,
  })),
  roles: [...people.keys()].map((id) => ({
    ...{ sourcedId: `r-${id}`, userSourcedId: id, roleType: 'primary', role: 'student', orgSourcedId: 'school' },
  })),
});

/** Small numbers that look drawn and are the same every time. */
function draws(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function draw(next: (below: number) => number): Map<string, Person> {
  const value = (field: string, values: readonly string[]) =>
    [field, ['', ...values][next(values.length + 1)]!] as const;
  const people = everybody.filter(() => next(4) > 0);
  return new Map<string, Person>([
    ['p0', constant],
    ...people.map((id): [string, Person] => [
      id,
      Object.fromEntries([
        value('email', [`${id}@one.example`, `${id}@two.example`]),
        value('phone', ['1', '2', '3']),
        value('middleName', ['Bo', 'Kim']),
        value('grades', ['11', '12']),
        ['givenName', ['Edda', 'Edith'][next(2)]!] as const,
      ]) as unknown as Person,
    ]),
  ]);
}

it.each([[11], [23]])(
  "each field is the highest-ranked supplier's, and undone runs leave no trace (seed %i)",
  async (seed) => {
    await database.sql(`TRUNCATE orgs, users, user_roles, external_system_mappings, declined_changes, tombstones, tombstone_keys, runs, run_leases, run_entities,
    sync_pages, sync_changes, sync_chunks, holds, change_log, removal_counts CASCADE`);
    const model = new Model();
    const next = draws(seed);
    for (let step = 0; step < 22; step += 1) {
      const at = next(sources.length);
      const people = draw(next);
      const before = { hub: await hub(), links: await links() };
      const first = await sources[at]!.says(packageOf(people));
      expect([step, first.run.state, first.holds]).toEqual([step, 'completed', []]);
      const { created, linked, reactivated, updated } = first.entities.users;
      if (updated > 0 && created + linked + reactivated === 0) {
        const undo = { tenantId: database.tenantId, runId: first.run.id, rows: null, reason: 'tried', actor: 'test' };
        const undone = await sources[at]!.work((await requestUndo(database.worker, undo)).runId);
        expect([step, undone.run.state, undone.entities.users.stale]).toEqual([step, 'completed', 0]);
        expect([step, await hub()]).toEqual([step, before.hub]);
        await database.sql('DELETE FROM declined_changes');
      }
      // Who is missing twice is gone.
      const missing = [...model.said[at]!.keys()].some((id) => !people.has(id));
      for (let again = missing ? 2 : first.entities.users.updated > 0 ? 1 : 0; again > 0; again -= 1)
        await sources[at]!.says(packageOf(people));
      model.speak(at, people);
      const expected = Object.fromEntries(
        [...model.hub]
          .filter(([id]) => model.said.some((said) => said.has(id)))
          .map(([id, person]) => [
            id,
            {
              ...person,
              rolesFrom: sources
                .filter((_, place) => model.said[place]!.has(id))
                .map(({ name }) => name)
                .toSorted()
                .join(),
            },
          ]),
      );
      expect([step, await hub()]).toEqual([step, expected]);
      for (const link of (await links()) as {
        name: string;
        entity: string;
        external_id: string;
        said: Record<string, unknown>;
      }[]) {
        if (link.entity !== 'users') continue;
        const person = model.said[sources.findIndex(({ name }) => name === link.name)]!.get(link.external_id)!;
        const said = { ...link.said, grades: (link.said.grades as string[]).join() };
        expect([
          step,
          link.name,
          link.external_id,
          Object.fromEntries(Object.entries(said).map(([k, v]) => [k, v ?? ''])),
        ]).toEqual([...[step, link.name, link.external_id, person]]);
      }
    }
  },
);
