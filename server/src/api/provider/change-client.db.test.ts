/** What a client may see is changed from its next request on: also for tokens that are out and passes that are under way. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { changeClient, type WantedChange } from '../../provider/change-client.js';
import { shownClients } from '../../provider/change-clients.js';
import { inventedId } from '../../store/testing/invented-hub.js';
import { providerUnderTest, type ProviderUnderTest, type SignedInClient } from './testing/provider-under-test.js';

let provider: ProviderUnderTest;
let client: SignedInClient;
const size = { schools: 3, users: 60 };

beforeAll(async () => {
  provider = await providerUnderTest('provider_change_client', size);
  client = await provider.client({ name: 'reading' });
});
afterAll(() => provider.close());

const change = (wanted: Omit<WantedChange, 'tenantId' | 'actor' | 'client'>, of = 'reading') =>
  changeClient(provider.database.app, {
    tenantId: provider.database.tenantId,
    actor: 'Ada Quill',
    client: of,
    ...wanted,
  });
const named = async (name: string) =>
  (await shownClients(provider.database.app, provider.database.tenantId)).find((one) => one.name === name);
const audited = () =>
  provider.database.sql<{ actor: string; details: Record<string, unknown> }>(
    `SELECT actor, details FROM integration_audit_logs WHERE action = 'client.changed' ORDER BY id`,
  );

test('a pass that is under way goes on with the schools that the client has now', async () => {
  const pageOf = async (offset: number) => {
    const { body, headers } = await client.get('/users', { limit: 5, offset });
    const schools = (body.users as { primaryOrg: { sourcedId: string } }[]).map(
      ({ primaryOrg }) => primaryOrg.sourcedId,
    );
    return { total: Number(headers.get('x-total-count')), schools: [...new Set(schools)].toSorted() };
  };
  expect(await pageOf(0)).toEqual({ total: 60, schools: [1, 2, 3].map((n) => inventedId('org', n)) });
  await change({ schools: ['School 2'] });
  expect(await pageOf(5)).toEqual({ total: 20, schools: [inventedId('org', 2)] });
  expect((await client.get(`/schools/${inventedId('org', 1)}`)).status).toBe(404);
  await change({ schools: null });
  expect((await pageOf(5)).total).toBe(60);
});

test('a field that is withheld now is gone from answers and questions, and comes back', async () => {
  const ask = async () => {
    const { body } = await client.get('/users', { limit: 1 });
    const { status } = await client.get('/users', { filter: "email~'school'", limit: 1 });
    return ['email' in (body.users as object[])[0]!, status];
  };
  expect(await ask()).toEqual([true, 200]);
  await change({ withheld: ['users.email'] });
  expect(await ask()).toEqual([false, 400]);
  await change({ withheld: [] });
  expect(await ask()).toEqual([true, 200]);
});

test('a scope that is taken closes tokens that had it; one that is given needs a new token', async () => {
  const demographics = async ({ get }: SignedInClient) => (await get('/demographics')).status;
  const status = async () => [(await client.get('/orgs')).status, await demographics(client)];
  expect(await status()).toEqual([200, 200]);
  await change({ scopes: ['roster.readonly'] });
  expect(await status()).toEqual([200, 403]);
  const later = await provider.client({ name: 'later', scopes: ['roster.readonly'] });
  await change({ scopes: ['roster.readonly', 'roster-demographics.readonly'] }, 'later');
  expect(await demographics(later)).toBe(403);
  const form = { grant_type: 'client_credentials', client_id: later.clientId, client_secret: later.secret };
  expect((await provider.askToken(form)).body.scope).toContain('roster-demographics.readonly');
});

test('each change is audited with who made it and what has changed, and one that changes nothing is not', async () => {
  const before = (await audited()).length;
  await change({ name: 'Reading program', schools: ['School 1', inventedId('org', 3)] });
  await change({ schools: ['School 3', 'School 1'] }, 'Reading program');
  const [entry, ...more] = (await audited()).slice(before);
  expect([entry, more]).toEqual([
    {
      actor: 'Ada Quill',
      details: expect.objectContaining({
        changed: ['name', 'schools'],
        schools: 2,
        schoolsBefore: 'all',
        schoolsAdded: 0,
      }),
    },
    [],
  ]);
  expect([await named('reading'), await named('Reading program')]).toEqual([
    undefined,
    expect.objectContaining({ schools: [inventedId('org', 1), inventedId('org', 3)], withheld: [] }),
  ]);
});

test.each<[Parameters<typeof change>[0], string, RegExp]>([
  [{}, 'invalid_input', /Say what is to change/],
  [{ name: ' ' }, 'invalid_input', /needs a name/],
  [{ name: 'taken' }, 'invalid_input', /already a client named taken/],
  [{ scopes: [] }, 'invalid_input', /one of the scopes/],
  [{ schools: [] }, 'invalid_input', /Name from 1/],
  [{ schools: ['Nowhere'] }, 'not_found', /no school named Nowhere/],
  [{ withheld: ['users.roles'] }, 'invalid_input', /cannot be withheld/],
])('%p is refused with %s and changes nothing', async (wanted, code, message) => {
  if (!(await named('taken'))) await provider.client({ name: 'taken' });
  if (!(await named('stays'))) await provider.client({ name: 'stays' });
  const [before, trail] = [await named('stays'), await audited()];
  await expect(change(wanted, 'stays')).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  expect([await named('stays'), await audited()]).toEqual([before, trail]);
});
