/**
 * What is not shared with a client reaches it through nothing: neither through a record or a reference of any of the 41 reads, nor
 * through what a filter finds, a sort orders or a total counts, because each answer follows from the client's own records alone.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inventedId, type InventedKind } from '../../store/testing/invented-hub.js';
import { plantOddities, type OddHub } from '../../store/testing/odd-hub.js';
import { operations, type Operation } from '../../provider/operations.js';
import { wireShapes } from '../../provider/testing/wire-shapes.js';
import { matches, sorted, valueOf, type Row } from './testing/own-answer.js';
import { providerUnderTest, type ProviderUnderTest, type SignedInClient } from './testing/provider-under-test.js';

let provider: ProviderUnderTest;
let all: SignedInClient;
let one: SignedInClient;
let odd: OddHub;
/** By collection, every row that the client of school 1 may see. */
const allowed = new Map<string, Set<string>>();
const outsiders: string[] = [];

const school = inventedId('org', 1);
const top = ['orgs', 'academicSessions', 'courses', 'classes', 'users', 'enrollments'];
const rowsOf = async (client: SignedInClient, name: string) =>
  (await client.get(`/${name}`, { limit: 10_000 })).body[name] as Row[];
const idsOf = (rows: readonly Row[]) => rows.map((row) => String(row.sourcedId));

beforeAll(async () => {
  const size = { schools: 3, users: 240 };
  provider = await providerUnderTest('provider_sharing', size);
  const { tenantId } = provider.database;
  const hub = { tenantId, integrationId: provider.integrationId, ...size };
  odd = await plantOddities((text, params) => provider.database.sql(text, params), hub);
  all = await provider.client();
  one = await provider.client({ schools: [school], withheld: ['users.phone', 'classes.location'] });
  await learnWhatIsAllowed();
});
afterAll(() => provider.close());

/** From what a client of all sees, by the rule itself. */
async function learnWhatIsAllowed(): Promise<void> {
  const rows = new Map(await Promise.all(top.map(async (name) => [name, await rowsOf(all, name)] as const)));
  const keep = (name: string, rule: (row: Row) => boolean) =>
    allowed.set(name, new Set(idsOf(rows.get(name)!.filter(rule))));
  keep('orgs', (row) => row.sourcedId === school || row.type === 'district');
  keep('academicSessions', () => true);
  keep('classes', (row) => valueOf(row, 'school.sourcedId') === school);
  keep('enrollments', (row) => allowed.get('classes')!.has(valueOf(row, 'class.sourcedId')!));
  const courses = new Set(
    rows
      .get('classes')!
      .filter((row) => allowed.get('classes')!.has(String(row.sourcedId)))
      .map((row) => valueOf(row, 'course.sourcedId')),
  );
  keep(
    'courses',
    (row) => courses.has(String(row.sourcedId)) || allowed.get('orgs')!.has(valueOf(row, 'org.sourcedId') ?? ''),
  );
  const enrolled = new Set(
    rows
      .get('enrollments')!
      .filter((row) => allowed.get('enrollments')!.has(String(row.sourcedId)))
      .map((row) => valueOf(row, 'user.sourcedId')),
  );
  const hasRole = (row: Row) => (row.roles as Row[]).some((role) => valueOf(role, 'org.sourcedId') === school);
  keep('users', (row) => hasRole(row) || enrolled.has(String(row.sourcedId)));
  const outside = rows.get('users')!.filter((row) => !allowed.get('users')!.has(String(row.sourcedId)));
  outsiders.push(
    ...outside.map((row) => String(row.email)),
    'leaver@school.invalid',
    ...rows
      .get('users')!
      .flatMap((row) => row.phone ?? [])
      .map(String),
  );
}

const collectionOf: Readonly<Record<string, string>> = {
  ...{ org: 'orgs', academicSession: 'academicSessions', course: 'courses', class: 'classes', user: 'users' },
};

/** Every record and reference in an answer must be of what is allowed. */
function leaksIn(operation: Operation, body: Record<string, unknown>): string[] {
  const text = JSON.stringify(body);
  const leaks = outsiders.filter((word) => text.includes(`"${word}"`));
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { sourcedId, type, href } = value as Row;
    if (href !== undefined && !allowed.get(collectionOf[String(type)]!)!.has(String(sourcedId)))
      leaks.push(`${String(type)} ${String(sourcedId)}`);
    for (const part of Object.values(value)) look(part);
  };
  look(body[operation.envelope]);
  const records = [body[operation.envelope]].flat() as Row[];
  leaks.push(
    ...idsOf(
      records.filter((row) => row && 'sourcedId' in row && !allowed.get(operation.entity!)!.has(String(row.sourcedId))),
    ),
  );
  return leaks;
}

const kindOf: Readonly<Record<string, InventedKind>> = {
  ...{
    schools: 'org',
    orgs: 'org',
    classes: 'class',
    courses: 'course',
    enrollments: 'enrollment',
    demographics: 'user',
  },
  ...{
    users: 'user',
    students: 'user',
    teachers: 'user',
    terms: 'session',
    gradingPeriods: 'session',
    academicSessions: 'session',
  },
};
/** Any record of the hub, ours or not, for each hole of the address. */
const addressOf = ({ path }: Operation, at: readonly number[]): string => {
  let hole = 0;
  const parts = path.split('/');
  return parts
    .map((part, i) => (part.startsWith('{') ? inventedId(kindOf[parts[i - 1]!]!, at[hole++]!) : part))
    .join('/');
};

const scalars: Readonly<Record<string, readonly string[]>> = {
  orgs: ['sourcedId', 'status', 'dateLastModified', 'name', 'type', 'identifier', 'parent.sourcedId'],
  academicSessions: ['sourcedId', 'title', 'startDate', 'type', 'parent.sourcedId', 'schoolYear'],
  courses: ['sourcedId', 'dateLastModified', 'title', 'courseCode', 'org.sourcedId', 'schoolYear.sourcedId'],
  classes: ['sourcedId', 'title', 'classCode', 'classType', 'course.sourcedId', 'school.sourcedId', 'dateLastModified'],
  users: [
    'sourcedId',
    'status',
    'email',
    'givenName',
    'familyName',
    'identifier',
    'primaryOrg.sourcedId',
    'dateLastModified',
    'enabledUser',
  ],
  enrollments: [
    'sourcedId',
    'status',
    'role',
    'user.sourcedId',
    'class.sourcedId',
    'school.sourcedId',
    'dateLastModified',
    'primary',
  ],
};
const narrow = ['status', 'enabledUser', 'primary'];
const dates = ['startDate', 'dateLastModified'];
const predicatesOf = (field: string) =>
  narrow.includes(field)
    ? ['=', '!=']
    : dates.includes(field)
      ? ['=', '!=', '>', '>=', '<', '<=']
      : ['=', '!=', '>', '>=', '<', '<=', '~'];

const ways = fc.record({
  operation: fc.constantFrom(...operations.filter(({ entity }) => entity !== null)),
  at: fc.tuple(fc.nat(8), fc.nat(30)),
  fields: fc.array(fc.record({ nth: fc.nat(20), predicate: fc.nat(20), row: fc.nat(1000) }), { maxLength: 2 }),
  joiner: fc.constantFrom('AND', 'OR'),
  sort: fc.option(fc.nat(20), { nil: undefined }),
  descending: fc.boolean(),
  limit: fc.constantFrom(1, 7, 100, 10_000),
  offset: fc.constantFrom(0, 0, 3, 50),
});

describe('a client of one school', () => {
  test('gets from every read, with any filter, sort and page, what its own records make up, and nothing else', async () => {
    const foreign = new Map(await Promise.all(top.map(async (name) => [name, await rowsOf(all, name)] as const)));
    await fc.assert(
      fc.asyncProperty(ways, async (way) => {
        const { operation, at, joiner, descending, limit, offset } = way;
        const address = addressOf(operation, at);
        const whole = await one.get(address, operation.kind === 'single' ? {} : { limit: 10_000 });
        if (whole.status === 404) return;
        expect([whole.status, leaksIn(operation, whole.body)]).toEqual([200, []]);
        expect(wireShapes[operation.envelope]!.safeParse(whole.body[operation.envelope]).error?.issues ?? []).toEqual(
          [],
        );
        if (operation.kind === 'single') return;
        const own = whole.body[operation.envelope] as Row[];
        const names = scalars[operation.entity!]!;
        // Values of all the hub's records are tried, so that a filter could find what it must not.
        const conditions = way.fields.flatMap(({ nth, predicate, row }) => {
          const field = names[nth % names.length]!;
          const from = foreign.get(operation.entity!)!;
          const value = valueOf(from[row % from.length]!, field);
          const may = predicatesOf(field);
          return value === null ? [] : [{ field, predicate: may[predicate % may.length]!, value }];
        });
        const sort = way.sort === undefined ? undefined : names[way.sort % names.length];
        const filter = conditions
          .map((c) => `${c.field}${c.predicate}'${c.value.replaceAll("'", "''")}'`)
          .join(` ${joiner} `);
        const query = {
          ...(filter && { filter }),
          ...(sort && { sort, orderBy: descending ? 'desc' : 'asc' }),
          limit,
          offset,
        };
        const { body, headers, status } = await one.get(address, query);
        const meant = own.filter(
          (row) =>
            conditions.length === 0 ||
            (joiner === 'AND' ? conditions.every((c) => matches(row, c)) : conditions.some((c) => matches(row, c))),
        );
        const page = sorted(meant, sort, sort !== undefined && descending).slice(offset, offset + limit);
        expect([status, query, Number(headers.get('x-total-count'))]).toEqual([200, query, meant.length]);
        expect(idsOf(body[operation.envelope] as Row[])).toEqual(idsOf(page));
        expect(leaksIn(operation, body)).toEqual([]);
      }),
      { numRuns: 80 },
    );
  });

  test('sees exactly the records of its school, and those that they need', async () => {
    for (const name of top) expect([name, new Set(idsOf(await rowsOf(one, name)))]).toEqual([name, allowed.get(name)]);
    expect(allowed.get('users')!.size).toBeLessThan(100);
  });

  test('finds nothing of another school, whose addresses are as unknown as those of none', async () => {
    const other = inventedId('org', 2);
    const paths = [
      `/schools/${other}`,
      `/schools/${other}/students`,
      `/users/${inventedId('user', 1)}`,
      `/classes/${inventedId('class', 1)}/students`,
    ];
    for (const path of [...paths, `/users/${inventedId('user', 999_999)}`, '/users/x', '/orgs/%00'])
      expect([path, (await one.get(path)).status]).toEqual([path, 404]);
  });

  test('is shown a visitor by what they are enrolled as, and a leaver as tobedeleted with nothing but a name', async () => {
    const { user: visitor } = (await one.get(`/users/${odd.visitor}`)).body as { user: Row };
    expect(visitor).toMatchObject({
      status: 'active',
      email: 'visitor@school.invalid',
      roles: [{ roleType: 'secondary', role: 'student', org: { sourcedId: school } }],
    });
    expect(visitor.primaryOrg).toBeUndefined();
    const { user: leaver } = (await one.get(`/users/${odd.leaver}`)).body as { user: Row };
    expect(Object.keys(leaver)).toEqual([
      'sourcedId',
      'status',
      'dateLastModified',
      'enabledUser',
      'givenName',
      'familyName',
      'roles',
    ]);
    expect(leaver.status).toBe('tobedeleted');
  });

  test('may neither filter by nor sort by what is withheld; selecting it gives nothing', async () => {
    expect((await one.get('/users', { filter: "phone='555-014'" })).status).toBe(400);
    expect((await one.get('/users', { sort: 'phone' })).status).toBe(400);
    const { body } = await one.get('/users', { fields: 'sourcedId,phone', limit: 200 });
    expect(new Set((body.users as Row[]).flatMap((row) => Object.keys(row)))).toEqual(new Set(['sourcedId']));
  });
});

test('a client of all sees everything that OneRoster can tell, in words that it knows', async () => {
  const users = await rowsOf(all, 'users');
  expect(idsOf(users)).toContain(odd.leaver);
  expect(idsOf(users)).not.toContain(odd.nobody);
  expect(idsOf(await rowsOf(all, 'classes'))).not.toContain(odd.bareClass);
  expect(idsOf(await rowsOf(all, 'enrollments'))).not.toContain(odd.bareEnrollment);
  const child = users.find((row) => row.sourcedId === odd.child)!;
  expect((child.roles as Row[]).map((role) => role.role)).toEqual(['student', 'ext:administrator']);
  const visitor = users.find((row) => row.sourcedId === odd.visitor)!;
  expect(visitor).toMatchObject({
    givenName: 'Zoë "Z"',
    familyName: "O'Brien\\王",
    metadata: { 'a"b': null, deep: { list: [1, null, "O'Hara"] } },
  });
});
