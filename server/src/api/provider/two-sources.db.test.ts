/**
 * Where several integrations feed a tenant, nobody has a role twice in what is handed on: to clients of the provider, whatever they ask
 * for, and in packages. What one integration says stays as it says it.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { addIntegration } from '../../store/integrations.js';
import { openExport } from '../../store/export-roster.js';
import { inventedId } from '../../store/testing/invented-hub.js';
import { providerUnderTest, type ProviderUnderTest, type SignedInClient } from './testing/provider-under-test.js';

interface Role {
  readonly from: number;
  readonly type: string;
  readonly role: string;
  readonly school: number;
  readonly begin?: string;
}

let provider: ProviderUnderTest;
let all: SignedInClient;
let one: SignedInClient;
/** By rank: the second is as high as the first, and younger. */
const ranks = [1, 1, 0];
const byRank = [2, 0, 1];
let integrations: string[];
/** The eighth has ended. */
const users = 7;

beforeAll(async () => {
  provider = await providerUnderTest('provider_two_sources', { schools: 3, users });
  const { worker, tenantId } = provider.database;
  integrations = [provider.integrationId];
  for (const name of ['second', 'best'])
    integrations.push(
      (await worker.withTenant(tenantId, (tx) => addIntegration(tx, { tenantId, name, kind: 'mock', settings: {} })))
        .id,
    );
  all = await provider.client();
  one = await provider.client({ schools: [inventedId('org', 1)] });
}, 30_000);
afterAll(() => provider.close());

const rank = (wanted: readonly number[]) =>
  provider.database.sql(
    'UPDATE integrations i SET rank = w.rank FROM unnest($1::uuid[], $2::integer[]) w(id, rank) WHERE i.id = w.id',
    [integrations, wanted],
  );
beforeEach(() => rank(ranks));

/** Nobody has any other role then. */
async function give(roles: readonly (readonly Role[])[]): Promise<void> {
  await provider.database.sql('DELETE FROM user_roles');
  for (const [n, its] of roles.entries())
    for (const [at, { from, type, role, school, begin = null }] of its.entries())
      await provider.database.sql(
        `INSERT INTO user_roles (tenant_id, user_id, integration_id, position, role_type, role, org_id, begin_date) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [
          provider.database.tenantId,
          inventedId('user', n),
          integrations[from],
          at,
          type,
          role,
          inventedId('org', school),
          begin,
        ],
      );
}

interface Shown {
  readonly sourcedId: string;
  readonly roles: { roleType: string; role: string; org: { sourcedId: string }; beginDate?: string }[];
}
const told = (roles: Shown['roles']) =>
  roles.map(({ roleType, role, org, beginDate }) => [roleType, role, org.sourcedId.at(-1), beginDate ?? ''].join(' '));

async function shownBy(client: SignedInClient, filter?: string): Promise<Map<string, string[]>> {
  const { body } = await client.get('/users', { limit: 100, ...(filter && { filter }) });
  return new Map((body.users as Shown[]).map((user) => [user.sourcedId, told(user.roles)]));
}

async function linesOf(file: 'users' | 'roles'): Promise<string[]> {
  const { app, tenantId } = provider.database;
  const rows = await app.withTenant(tenantId, async (tx) => text((await openExport(tx, { tenantId })).rowsOf(file)), {
    snapshot: true,
  });
  return rows.split('\n').filter(Boolean);
}

async function packed(): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const line of await linesOf('roles')) {
    const [, , , user, type, role, begin, , org] = line.split(',');
    found.set(user!, [...(found.get(user!) ?? []), [type, role, org!.at(-1), begin].join(' ')]);
  }
  return found;
}

const shared = { role: 'student', school: 1 };
const cases: [what: string, roles: Role[], told: string[]][] = [
  [
    'the same from two is told once, as the older of equal rank says it',
    [
      { from: 0, type: 'primary', ...shared, begin: '2026-08-01' },
      { from: 1, type: 'primary', ...shared },
    ],
    ['primary student 1 2026-08-01'],
  ],
  [
    'the same from two is told once, as the higher-ranked says it',
    [
      { from: 0, type: 'primary', ...shared, begin: '2026-08-01' },
      { from: 2, type: 'secondary', ...shared },
    ],
    ['secondary student 1 '],
  ],
  [
    'of two primary roles in an organisation the lower-ranked one’s becomes secondary',
    [
      { from: 0, type: 'primary', ...shared },
      { from: 2, type: 'primary', role: 'aide', school: 1 },
    ],
    ['primary aide 1 ', 'secondary student 1 '],
  ],
  [
    'a primary role that is not told takes nothing from another',
    [
      { from: 2, type: 'secondary', ...shared },
      { from: 0, type: 'primary', ...shared },
      { from: 1, type: 'primary', role: 'aide', school: 1 },
    ],
    ['secondary student 1 ', 'primary aide 1 '],
  ],
  [
    'each organisation has a primary role of its own',
    [
      { from: 0, type: 'primary', ...shared },
      { from: 1, type: 'primary', role: 'student', school: 2 },
    ],
    ['primary student 1 ', 'primary student 2 '],
  ],
  [
    'what one integration says stays as it says it',
    [
      { from: 0, type: 'primary', ...shared, begin: '2025-08-01' },
      { from: 0, type: 'primary', ...shared, begin: '2026-08-01' },
      { from: 1, type: 'primary', ...shared },
    ],
    ['primary student 1 2025-08-01', 'primary student 1 2026-08-01'],
  ],
];

describe('a person’s roles', () => {
  test.each(cases)('%s', async (_, roles, expected) => {
    await give([roles]);
    const id = inventedId('user', 0);
    const { body } = await all.get(`/users/${id}`);
    expect(told((body.user as Shown).roles)).toEqual(expected);
    expect((await packed()).get(id)).toEqual(expected.toSorted());
  });

  test('whatever is given, both say the same, filters find what is told, and a client of one school sees its part of it', async () => {
    const role = fc.record({
      from: fc.nat(2),
      type: fc.constantFrom('primary', 'secondary'),
      role: fc.constantFrom('student', 'aide', 'teacher'),
      school: fc.integer({ min: 1, max: 2 }),
    });
    const everybody = fc.array(fc.array(role, { minLength: 1, maxLength: 6 }), { minLength: users, maxLength: users });
    await fc.assert(
      fc.asyncProperty(everybody, async (given) => {
        await give(given);
        const expected = new Map(given.map((roles, n) => [inventedId('user', n), handedOn(roles)]));
        const shown = await shownBy(all);
        expect(shown).toEqual(expected);
        const unique = (roles: readonly string[]) => [...new Set(roles)].toSorted();
        expect(await packed()).toEqual(new Map([...expected].map(([id, roles]) => [id, unique(roles)])));
        const primary = [...expected].filter(([, roles]) => roles.some((words) => words.startsWith('primary')));
        expect(await shownBy(all, "roles.roleType='primary'")).toEqual(new Map(primary));
        for (const [id, roles] of await shownBy(one))
          if (expected.get(id)!.some((words) => words.endsWith('1 ')))
            expect(roles).toEqual(expected.get(id)!.filter((words) => words.endsWith('1 ')));
      }),
      { numRuns: 5 },
    );
  });
});

/** The rule, told once more, row by row. */
function handedOn(roles: readonly Role[]): string[] {
  const place = ({ from }: Role) => byRank.indexOf(from);
  const first = (of: readonly Role[]) => of.filter((role) => place(role) === Math.min(...of.map(place)));
  const like = (a: Role, b: Role) => a.school === b.school && a.role === b.role;
  const left = roles.filter((role) => first(roles.filter((other) => like(role, other))).includes(role));
  const isPrimary = (role: Role) =>
    first(left.filter(({ school, type }) => school === role.school && type === 'primary')).includes(role);
  return left
    .toSorted((a, b) => place(a) - place(b))
    .map((role) => [isPrimary(role) ? 'primary' : 'secondary', role.role, role.school, ''].join(' '));
}

test('a new rank is told at once, also where a client was paging through the answer to a filter', async () => {
  const primary: Role = { from: 0, type: 'primary', ...shared };
  await give([[primary, { from: 2, type: 'secondary', ...shared }], [primary], [primary]]);
  const total = async () =>
    (await all.get('/users', { filter: "roles.roleType='primary'", limit: 1 })).headers.get('x-total-count');
  expect([await total(), await total()]).toEqual(['2', '2']);
  await rank([0, 2, 1]);
  expect(await total()).toBe('3');
});

test('in a package the school of a person without one is that of the highest-ranked integration’s primary role', async () => {
  const id = inventedId('user', 0);
  await give([
    [
      { from: 0, type: 'primary', ...shared },
      { from: 2, type: 'primary', role: 'student', school: 2 },
    ],
  ]);
  await provider.database.sql('UPDATE users SET school_id = NULL WHERE id = $1', [id]);
  const line = (await linesOf('users')).find((found) => found.startsWith(id));
  expect([line?.includes(inventedId('org', 1)), line?.includes(inventedId('org', 2))]).toEqual([false, true]);
});
