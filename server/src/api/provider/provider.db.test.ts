/** Every read of the table answers in the standard's shape, with totals and links, and pages without loss while data changes. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerRead } from '../../provider/answer.js';
import { inventedId } from '../../store/testing/invented-hub.js';
import { discoveryNames } from '../../provider/discovery.js';
import { operations, providerPath, type Operation } from '../../provider/operations.js';
import { statusInfoShape, wireShapes } from '../../provider/testing/wire-shapes.js';
import { providerUnderTest, type ProviderUnderTest, type SignedInClient } from './testing/provider-under-test.js';

let provider: ProviderUnderTest;
let all: SignedInClient;

beforeAll(async () => {
  provider = await providerUnderTest('provider_reads', { schools: 3, users: 240 });
  all = await provider.client();
});
afterAll(() => provider.close());

const ids: Record<string, string> = {
  schoolSourcedId: inventedId('org', 1),
  classSourcedId: inventedId('class', 0),
  courseSourcedId: inventedId('course', 0),
  studentSourcedId: inventedId('user', 3),
  teacherSourcedId: inventedId('user', 0),
  userSourcedId: inventedId('user', 3),
  termSourcedId: inventedId('session', 1),
};
const singles: Record<string, string> = {
  orgs: inventedId('org', 0),
  schools: inventedId('org', 1),
  academicSessions: inventedId('session', 0),
  terms: inventedId('session', 1),
  gradingPeriods: inventedId('session', 3),
  courses: inventedId('course', 0),
  classes: inventedId('class', 0),
  users: inventedId('user', 1),
  students: inventedId('user', 3),
  teachers: inventedId('user', 0),
  enrollments: inventedId('enrollment', 0),
  demographics: inventedId('user', 3),
};
const addressOf = ({ path }: Operation): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? singles[path.split('/')[1]!]!);

test('there are 41 reads: 12 collections, 12 single records and 17 within others', () => {
  expect(operations.length).toBe(41);
  expect(operations.filter(({ kind }) => kind === 'single').length).toBe(12);
  expect(operations.filter(({ within }) => within.length > 0).length).toBe(17);
});

test.each(operations.map((operation) => [operation.id, operation] as const))('%s answers', async (_, operation) => {
  const { status, body, headers } = await all.get(
    addressOf(operation),
    operation.kind === 'single' ? {} : { limit: 5 },
  );
  expect([body, status]).toEqual([expect.anything(), operation.id === 'getDemographics' ? 404 : 200]);
  if (status !== 200) return;
  expect(Object.keys(body)).toEqual([operation.envelope]);
  if (operation.kind === 'single') return;
  const rows = body[operation.envelope] as unknown[];
  const total = Number(headers.get('x-total-count'));
  expect(rows.length).toBe(Math.min(5, total));
  if (operation.entity) expect(total).toBeGreaterThan(0);
});

test('every answer has the standard’s shape, strictly', async () => {
  for (const operation of operations.filter(({ id }) => id !== 'getDemographics')) {
    const { body } = await all.get(addressOf(operation), operation.kind === 'single' ? {} : { limit: 200 });
    const { error } = wireShapes[operation.envelope]!.safeParse(body[operation.envelope]);
    expect([operation.id, error?.issues ?? []]).toEqual([operation.id, []]);
  }
});

test('fields keeps to what is named, in collections and single records', async () => {
  const { body } = await all.get('/users', { fields: 'familyName,sourcedId,password', limit: 1 });
  expect(Object.keys((body.users as object[])[0]!)).toEqual(['sourcedId', 'familyName']);
  const single = await all.get(`/orgs/${inventedId('org', 1)}`, { fields: 'name' });
  expect(single.body).toEqual({ org: { name: 'School 1' } });
});

describe('paging', () => {
  const walk = async (
    client: SignedInClient,
    path: string,
    limit: number,
    between: () => Promise<void> = async () => {},
  ) => {
    const seen: string[] = [];
    for (let offset = 0; ; offset += limit) {
      const { body } = await client.get(path, { limit, offset });
      const rows = Object.values(body)[0] as { sourcedId: string }[];
      if (rows.length === 0) return seen;
      seen.push(...rows.map((row) => row.sourcedId));
      await between();
    }
  };

  test('loses and doubles nothing while records come, change and end; the next pass has them', async () => {
    const client = await provider.client();
    const { tenantId } = provider.database;
    const before = await walk(client, '/users', 10_000);
    let n = 0;
    const change = async () => {
      n += 1;
      await provider.database.app.withTenant(tenantId, async (tx) => {
        const id = inventedId('user', -1 + n).replace('0004-7', '0003-7');
        await tx.query(
          `INSERT INTO users (tenant_id, id, given_name, family_name) VALUES ($1, $2, 'New', 'Comer') ON CONFLICT DO NOTHING`,
          [tenantId, id],
        );
        await tx.query(
          `INSERT INTO user_roles (tenant_id, user_id, integration_id, position, role_type, role, org_id)
           VALUES ($1, $2, $3, 1, 'primary', 'aide', $4) ON CONFLICT DO NOTHING`,
          [tenantId, id, provider.integrationId, inventedId('org', 1)],
        );
        await tx.query('UPDATE users SET active = false, updated_at = now() WHERE tenant_id = $1 AND id = $2', [
          tenantId,
          inventedId('user', n),
        ]);
      });
    };
    expect(await walk(client, '/users', 50, change)).toEqual(before);
    expect((await walk(client, '/users', 50)).length).toBe(before.length + n);
  });

  test('links lead through all pages with the same question, and the total stays', async () => {
    const first = await all.get('/users', {
      limit: 100,
      filter: "status='active'",
      sort: 'familyName',
      orderBy: 'desc',
    });
    const linksOf = (link: string) =>
      Object.fromEntries([...link.matchAll(/<([^>]+)>; rel="(\w+)"/g)].map(([, url, rel]) => [rel!, new URL(url!)]));
    const links = linksOf(first.headers.get('link')!);
    expect(Object.keys(links)).toEqual(['first', 'next', 'last']);
    const next = await all.get('/users', Object.fromEntries(links.next!.searchParams));
    expect(next.headers.get('x-total-count')).toBe(first.headers.get('x-total-count'));
    expect(Object.keys(linksOf(next.headers.get('link')!))).toContain('prev');
    const names = [
      ...(first.body.users as { familyName: string }[]),
      ...(next.body.users as { familyName: string }[]),
    ].map((row) => row.familyName);
    expect(names).toEqual(names.toSorted().toReversed());
  });

  test('a page beyond the end is empty, and a limit beyond the most is a shorter page', async () => {
    const { body, status } = await all.get('/users', { offset: 2_000_000_000 });
    expect([status, body]).toEqual([200, { users: [] }]);
    expect((await all.get('/users', { limit: 2_000_000_000 })).status).toBe(200);
  });
});

const refused: [path: string, query: Record<string, string>, status: number, code: string][] = [
  ['/users', { limit: '0' }, 400, 'invaliddata'],
  ['/users', { limit: 'ten' }, 400, 'invaliddata'],
  ['/users', { offset: '-1' }, 400, 'invaliddata'],
  ['/users', { page: '2' }, 400, 'invaliddata'],
  ['/users', { orderBy: 'up' }, 400, 'invaliddata'],
  ['/users', { sort: 'shoeSize' }, 400, 'invaliddata'],
  ['/users', { sort: 'grades' }, 400, 'invaliddata'],
  ['/users', { fields: '' }, 400, 'invalid_selection_field'],
  ['/users', { fields: 'sourcedId,shoeSize' }, 400, 'invalid_selection_field'],
  ['/users', { filter: 'status=active' }, 400, 'invalid_filter_field'],
  ['/users', { filter: "shoeSize='1'" }, 400, 'invalid_filter_field'],
  ['/users', { filter: "__proto__='1'" }, 400, 'invalid_filter_field'],
  ['/users', { filter: "metadata='1'" }, 400, 'invalid_filter_field'],
  ['/users', { filter: "status='gone'" }, 400, 'invalid_filter_field'],
  ['/users', { filter: "enabledUser>'true'" }, 400, 'invalid_filter_field'],
  ['/users', { filter: "dateLastModified>'yesterday'" }, 400, 'invalid_filter_field'],
  ['/users', { filter: "givenName='a\0'" }, 400, 'invalid_filter_field'],
  [`/users/${inventedId('user', 1)}`, { limit: '1' }, 400, 'invaliddata'],
  ['/demographics', { filter: "shoeSize='1'" }, 400, 'invalid_filter_field'],
  ['/users/none', {}, 404, 'unknownobject'],
  [`/students/${inventedId('user', 0)}`, {}, 404, 'unknownobject'],
  ['/schools/none/classes', {}, 404, 'unknownobject'],
  [`/schools/${inventedId('org', 2)}/classes/${inventedId('class', 0)}/students`, {}, 404, 'unknownobject'],
  ['/lineItems', {}, 404, 'unknownobject'],
];

test.each(refused)('%s with %p is refused with %i %s', async (path, query, status, code) => {
  const answer = await all.get(path, query);
  expect([answer.status, statusInfoShape.safeParse(answer.body).error?.issues ?? []]).toEqual([status, []]);
  expect(JSON.stringify(answer.body)).toContain(`"${code}"`);
});

test('a question that takes too long is refused in OneRoster’s words, and holds up no other', async () => {
  const { app, tenantId } = provider.database;
  const ask = (path: string, longestMs?: number) => {
    const authorization = `Bearer ${all.token}`;
    return answerRead(app, { authorization, path, query: new URLSearchParams(), origin: 'http://here' }, longestMs);
  };
  await app.withTenant(tenantId, async (tx) => {
    await tx.query('LOCK TABLE courses IN ACCESS EXCLUSIVE MODE');
    const asked = ask('/courses', 300).catch((refusal: unknown) => refusal);
    expect(await Promise.race([asked, sleep(20_000, 'no end', { ref: false })])).toMatchObject({
      ...{ status: 503, codeMinor: 'server_busy', retryAfterSeconds: 60 },
      description: expect.stringContaining('takes too long'),
    });
    expect((await ask('/classes')).records).toBeGreaterThan(0);
  });
  expect((await ask('/courses')).records).toBeGreaterThan(0);
}, 60_000);

describe('filters', () => {
  const count = async (filter: string, path = '/users') =>
    Number((await all.get(path, { filter, limit: 1 })).headers.get('x-total-count'));

  test.each([
    ["roles.role='teacher'", 12],
    ["roles.role='teacher' OR roles.role='student'", 240],
    ["grades~'1'", 20],
    ["grades='1,2'", 0],
    ["userIds='x'", -1],
    ["metadata.a.b='x'", 0],
    [`roles.org.sourcedId='${inventedId('org', 1)}' AND roles.role='teacher'`, 4],
  ])('%s finds what it says', async (filter, found) => {
    if (found < 0) expect((await all.get('/users', { filter })).status).toBe(400);
    else if (filter.includes(' OR ')) expect(await count(filter)).toBeGreaterThanOrEqual(found);
    else expect(await count(filter)).toBe(found);
  });

  test('terms.sourcedId finds the classes of a term', async () => {
    expect(await count(`terms.sourcedId='${inventedId('session', 1)}'`, '/classes')).toBe(12);
  });
});

test('both discovery documents describe the 41 reads to anybody', async () => {
  for (const name of discoveryNames) {
    const answer = await fetch(`${provider.url}${providerPath}/discovery/${name}`);
    const document = (await answer.json()) as { paths: Record<string, { get: { operationId: string } }> };
    expect(Object.values(document.paths).map(({ get }) => get.operationId)).toEqual(operations.map(({ id }) => id));
  }
});

test('what is shown to whom is logged by count, and nothing of people with it', async () => {
  provider.logged.length = 0;
  await all.get('/users', { limit: 3 });
  expect(provider.logged).toEqual([
    {
      event: 'people.shown',
      fields: { route: 'getAllUsers', tenant: provider.database.tenantId, actor: expect.any(String), records: 3 },
    },
  ]);
});
