/**
 * What a subject has in its tables at the end: counts and contents, which must be the product's. So neither the floor nor a
 * peer can be fast by doing less than it says.
 */
export interface EndState {
  readonly [what: string]: string;
}

const contents: Readonly<Record<string, string>> = {
  orgs: 'name, type, identifier',
  academic_sessions: 'title, type, start_date, end_date, school_year',
  courses: 'title, course_code, grades, subjects',
  users: 'given_name, family_name, username, email, enabled_user, grades, user_ids',
  classes: 'title, class_code, class_type, location, periods',
  enrollments: 'role, is_primary, begin_date, end_date',
};

/** One row a fact, as (what, value); `trails` for subjects that keep links, roles and a change log. */
export function endStateSql(schema: 'public' | 'plain', trails: boolean): string {
  const facts = Object.entries(contents).flatMap(([table, columns]) => [
    fact(table, `count(*)`, `${schema}.${table}`),
    fact(`${table} contents`, `coalesce(sum(hashtextextended(row(${columns})::text, 0)), 0)`, `${schema}.${table}`),
  ]);
  const people = `${schema}.enrollments e JOIN ${schema}.users u ON (u.tenant_id, u.id) = (e.tenant_id, e.user_id)
    JOIN ${schema}.classes c ON (c.tenant_id, c.id) = (e.tenant_id, e.class_id)
    JOIN ${schema}.courses k ON (k.tenant_id, k.id) = (c.tenant_id, c.course_id)
    JOIN ${schema}.orgs o ON (o.tenant_id, o.id) = (u.tenant_id, u.school_id)`;
  facts.push(
    fact(
      'enrollments in place',
      `coalesce(sum(hashtextextended(u.username || c.class_code || k.title || o.name, 0)), 0)`,
      people,
    ),
  );
  facts.push(fact('agents', 'coalesce(sum(cardinality(agent_ids)), 0)', `${schema}.users`));
  if (trails)
    for (const table of ['external_system_mappings', 'change_log', 'user_roles'])
      facts.push(fact(table, 'count(*)', `${schema}.${table}`));
  return facts.join('\nUNION ALL ');
}

const fact = (what: string, value: string, from: string): string =>
  `SELECT '${what}' AS what, (${value})::text AS value FROM ${from}`;

/** What differs, in words; empty when nothing does. */
export function differences(expected: EndState, found: EndState): string[] {
  return Object.keys(found)
    .filter((what) => expected[what] !== found[what])
    .map((what) => `${what}: ${found[what]} instead of ${expected[what]}`);
}
