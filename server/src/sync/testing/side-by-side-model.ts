/** For tests: what a hub must hold of people whom several sources speak of, worked out from what was said, and what it does hold. */
import type { TestDatabase } from '../../store/testing/test-database.js';
import type { People, SmallSource } from './small-source.js';

const columns = { email: 'email', phone: 'phone', middleName: 'middle_name', givenName: 'given_name' } as const;
export const spokenOf = ['email', 'phone', 'middleName', 'givenName', 'grades'] as const;
export type Person = Readonly<Record<(typeof spokenOf)[number], string>>;

export class SideBySideModel {
  readonly #hub = new Map<string, Record<string, string>>();
  readonly #said: ReadonlyMap<SmallSource, Map<string, Person>>;

  /** The highest-ranked first. */
  constructor(private readonly ranked: readonly SmallSource[]) {
    this.#said = new Map(ranked.map((source) => [source, new Map()]));
  }

  saidBy(source: SmallSource): ReadonlyMap<string, Person> {
    return this.#said.get(source)!;
  }

  /** Who is not named leaves the source. */
  speak(source: SmallSource, people: People): void {
    const said = this.#said.get(source)!;
    for (const [name, person] of people as ReadonlyMap<string, Person>) {
      const before = said.get(name);
      said.set(name, person);
      const hub = this.#hub.get(name) ?? {};
      const alone = this.sourcesOf(name).length === 1;
      for (const field of spokenOf)
        hub[field] = this.#supplied(name, field) ?? (alone || before?.[field] ? '' : hub[field]!);
      this.#hub.set(name, hub);
    }
    for (const name of [...said.keys()]) {
      if (people.has(name)) continue;
      said.delete(name);
      const hub = this.#hub.get(name)!;
      // What nobody else supplies stays as it was.
      for (const field of spokenOf) hub[field] = this.#supplied(name, field) ?? hub[field]!;
    }
  }

  /** As `hubOf` reads it. */
  expected(): Record<string, unknown> {
    const rows = [...this.#hub].filter(([name]) => this.sourcesOf(name).length > 0);
    return Object.fromEntries(
      rows.map(([name, person]) => {
        const sources = this.sourcesOf(name);
        const rolesFrom = sources.map((source) => source.name).toSorted();
        return [name, { ...person, shownAs: sources[0]!.idOf(name), rolesFrom: rolesFrom.join() }];
      }),
    );
  }

  sourcesOf(name: string): SmallSource[] {
    return this.ranked.filter((source) => this.saidBy(source).has(name));
  }

  #supplied(name: string, field: keyof Person): string | null {
    return (
      this.sourcesOf(name)
        .map((source) => this.saidBy(source).get(name)![field])
        .find((value) => value !== '') ?? null
    );
  }
}

const listed = Object.entries(columns)
  .map(([name, column]) => `coalesce(u.${column}, '') AS "${name}"`)
  .join(', ');

/** Active people by username, with the id they are shown by and whose roles they have. */
export async function hubOf(database: TestDatabase): Promise<Record<string, unknown>> {
  const rows = await database.sql<{ username: string }>(
    `SELECT u.username, ${listed}, array_to_string(u.grades, ',') AS grades, u.external_id AS "shownAs",
       (SELECT string_agg(i.name, ',' ORDER BY i.name) FROM user_roles r JOIN integrations i ON i.id = r.integration_id
        WHERE r.user_id = u.id) AS "rolesFrom" FROM users u WHERE u.active ORDER BY u.username`,
  );
  return Object.fromEntries(rows.map(({ username, ...row }) => [username, row]));
}

/** What the links of a source say of people, by username: in the hub's words, or in their own where they differ. */
export async function linksOf(database: TestDatabase, source: SmallSource): Promise<Map<string, Person>> {
  const pairs = Object.entries(columns).map(([name, column]) => `'${name}', u.${column}`);
  const rows = await database.sql<{ username: string; said: Record<string, unknown> }>(
    `SELECT u.username, jsonb_build_object('grades', u.grades, ${pairs.join(', ')}) || coalesce(l.base_diff, '{}') AS said
     FROM external_system_mappings l JOIN integrations i ON i.id = l.integration_id JOIN users u ON u.id = l.local_id
     WHERE i.name = $1 AND l.entity = 'users' AND l.state IN ('active', 'missing') ORDER BY u.username`,
    [source.name],
  );
  const text = (value: unknown) => (Array.isArray(value) ? value.join() : ((value as string | null) ?? ''));
  return new Map(
    rows.map(({ username, said }) => [
      username,
      Object.fromEntries(spokenOf.map((field) => [field, text(said[field])])) as unknown as Person,
    ]),
  );
}
