/** Who gets in: a client by its secret, to what its scopes allow, until its token, its secret or the client itself ends. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { LocalRateLimiter } from '@rollcall/connectors';
import { addClient, revokeClient, rotateClient, shownClients } from '../../provider/change-clients.js';
import { operations, scopeBase } from '../../provider/operations.js';
import { SignInBound } from '../../provider/sign-in-bound.js';
import { issueToken } from '../../provider/sign-in.js';
import { getAs, providerUnderTest, type ProviderUnderTest } from './testing/provider-under-test.js';

let provider: ProviderUnderTest;
let tenantId: string;
/** Stands still until a test moves it. */
let now = 0;
const signInBound = new SignInBound(new LocalRateLimiter({ now: () => now, sleep: async () => undefined }));

beforeAll(async () => {
  provider = await providerUnderTest('provider_sign_in', { schools: 1, users: 20 }, { signInBound });
  ({ tenantId } = provider.database);
});
afterAll(() => provider.close());

const grant = { grant_type: 'client_credentials' };
const asked = (client: string) => ({ tenantId, actor: 'test', client });

test('a client signs in by header and by form, and is told the scopes that it got', async () => {
  const { clientId, secret } = await provider.client({ scopes: ['roster-core.readonly'] });
  const basic = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;
  const byHeader = await provider.askToken(grant, { authorization: basic });
  const byForm = await provider.askToken({
    ...grant,
    client_id: clientId,
    client_secret: secret,
    scope: `${scopeBase}roster-core.readonly`,
  });
  for (const { status, body } of [byHeader, byForm]) {
    expect([status, body]).toMatchObject([
      200,
      { token_type: 'Bearer', expires_in: 3600, scope: `${scopeBase}roster-core.readonly` },
    ]);
    expect((await getAs(provider.url, String(body.access_token), '/users')).status).toBe(200);
  }
  expect(byHeader.headers.get('cache-control')).toBe('no-store');
});

test('a wrong secret, an unknown client, a wish for more and a broken request get no token', async () => {
  const { clientId, secret } = await provider.client({ scopes: ['roster-core.readonly'] });
  const good = { ...grant, client_id: clientId, client_secret: secret };
  const refused: [form: Record<string, string>, headers: Record<string, string>, status: number, error: string][] = [
    [{ ...good, client_secret: 'wrong' }, {}, 401, 'invalid_client'],
    [
      { ...good, client_id: clientId.slice(0, -2) + (clientId.endsWith('AA') ? 'BA' : 'AA') },
      {},
      401,
      'invalid_client',
    ],
    [{ ...good, client_id: 'nobody' }, {}, 401, 'invalid_client'],
    [grant, {}, 401, 'invalid_client'],
    [{ ...good, scope: `${scopeBase}roster-demographics.readonly` }, {}, 400, 'invalid_scope'],
    [{ ...good, grant_type: 'password' }, {}, 400, 'unsupported_grant_type'],
    [good, { authorization: `Basic ${Buffer.from('a:b').toString('base64')}` }, 400, 'invalid_request'],
  ];
  for (const [form, headers, status, error] of refused) {
    const answer = await provider.askToken(form, headers);
    expect([answer.status, answer.body.error]).toEqual([status, error]);
  }
});

async function guess(clientId: string, times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) await signInBound.take({ address: '127.0.0.1', clientId, secret: `wrong ${n}` });
}

test('after too many wrong secrets a client’s guesses wait; its own secret, other addresses and other clients do not', async () => {
  now += 3_600_000;
  const { clientId, secret: old } = await provider.client({ name: 'guessed' });
  const ask = (secret: string) => provider.askToken({ ...grant, client_id: clientId, client_secret: secret });
  // The sign-in of a new client is an attempt like any other, and these are as good as those that reach the proof.
  await guess(clientId, 17);
  expect([(await ask('wrong 1')).status, (await ask('wrong 2')).status]).toEqual([401, 401]);
  const held = await ask('wrong');
  expect([held.status, held.headers.get('retry-after'), held.body.error]).toEqual([
    429,
    '6',
    'temporarily_unavailable',
  ]);
  expect((await ask(old)).status).toBe(200);
  const { secret: fresh } = await rotateClient(provider.database.app, { ...asked('guessed'), overlapSeconds: 0 });
  const form = new URLSearchParams({ ...grant, client_id: clientId, client_secret: fresh });
  const elsewhere = { authorization: undefined, form, address: '192.0.2.7' };
  expect((await issueToken(provider.database.app, signInBound, elsewhere)).status).toBe(200);
  expect((await provider.client()).token).toEqual(expect.any(String));
  expect((await ask(old)).status).toBe(401);
  expect((await ask(old)).status).toBe(429);
});

test('a new secret that comes from where others guess waits for some seconds, no longer', async () => {
  now += 3_600_000;
  const { clientId } = await provider.client({ name: 'rotated' });
  const { secret } = await rotateClient(provider.database.app, { ...asked('rotated'), overlapSeconds: 0 });
  const ask = (given: string) => provider.askToken({ ...grant, client_id: clientId, client_secret: given });
  await guess(clientId, 20);
  const { status, headers } = await ask(secret);
  expect(status).toBe(429);
  now += Number(headers.get('retry-after')) * 1000;
  expect((await ask(secret)).status).toBe(200);
});

test.each([undefined, 'Bearer', 'Bearer x', `Bearer ${'A'.repeat(64)}`, 'Basic YTpi'])(
  '%p opens nothing',
  async (authorization) => {
    const headers = authorization === undefined ? {} : { authorization };
    const answer = await fetch(`${provider.url}/ims/oneroster/rostering/v1p2/users`, { headers });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  },
);

test('each read is open to the scopes of the table and closed to the others', async () => {
  const one = '019a0000-0001-7000-8000-000000000001';
  for (const scope of ['roster.readonly', 'roster-core.readonly', 'roster-demographics.readonly'] as const) {
    const { get } = await provider.client({ scopes: [scope] });
    for (const operation of operations) {
      const { status } = await get(operation.path.replaceAll(/\{\w+\}/g, one));
      expect([operation.id, scope, status === 403]).toEqual([operation.id, scope, !operation.scopes.includes(scope)]);
    }
  }
});

test('a rotated secret holds beside the new one for its overlap, and without one it ends at once', async () => {
  const { clientId, secret: first } = await addClient(provider.database.app, {
    ...{ tenantId, actor: 'test', name: 'rotating', scopes: ['roster.readonly'], schools: null, withheld: [] },
  });
  const opens = async (secret: string) =>
    (await provider.askToken({ ...grant, client_id: clientId, client_secret: secret })).status === 200;
  const { secret: second } = await rotateClient(provider.database.app, { ...asked('rotating'), overlapSeconds: 3600 });
  expect([await opens(first), await opens(second)]).toEqual([true, true]);
  const { secret: third } = await rotateClient(provider.database.app, { ...asked('rotating'), overlapSeconds: 0 });
  expect([await opens(first), await opens(second), await opens(third)]).toEqual([false, false, true]);
});

test('a revoked client is out at once, with its tokens, and stays on the list', async () => {
  const client = await provider.client({ name: 'ending' });
  expect((await client.get('/orgs')).status).toBe(200);
  await revokeClient(provider.database.app, asked('ending'));
  expect((await client.get('/orgs')).status).toBe(401);
  const form = { ...grant, client_id: client.clientId, client_secret: client.secret };
  expect((await provider.askToken(form)).status).toBe(401);
  expect((await shownClients(provider.database.app, tenantId)).find(({ name }) => name === 'ending')).toMatchObject({
    state: 'revoked',
  });
  await expect(rotateClient(provider.database.app, { ...asked('ending'), overlapSeconds: 0 })).rejects.toThrow(
    'was revoked',
  );
});

test('a token ends with its time', async () => {
  const client = await provider.client();
  await provider.database.sql(`UPDATE provider_tokens SET expires_at = now() - interval '1 second'`);
  expect((await client.get('/orgs')).status).toBe(401);
});

test('neither secrets nor tokens stand in the database, nor in the audit trail', async () => {
  const { secret, token } = await provider.client();
  const dump = JSON.stringify([
    ...(await provider.database.sql('SELECT * FROM provider_secrets')),
    ...(await provider.database.sql('SELECT *, encode(digest, $$base64$$) FROM provider_tokens')),
    ...(await provider.database.sql('SELECT * FROM integration_audit_logs')),
  ]);
  expect([dump.includes(secret), dump.includes(token)]).toEqual([false, false]);
});

test.each([
  [{ withheld: ['users.familyName'] }, 'cannot be withheld'],
  [{ withheld: ['users.shoeSize'] }, 'cannot be withheld'],
  [{ schools: [] }, 'Name from 1'],
  [{ schools: ['Nowhere'] }, 'no school named'],
  [{ scopes: [] }, 'needs one of the scopes'],
  [{ name: ' ' }, 'needs a name'],
  [{ name: 'rotating' }, 'already a client named'],
])('a client of %p is refused and not made', async (wanted, why) => {
  const before = await shownClients(provider.database.app, tenantId);
  await expect(provider.client(wanted)).rejects.toThrow(why);
  expect(await shownClients(provider.database.app, tenantId)).toEqual(before);
});
