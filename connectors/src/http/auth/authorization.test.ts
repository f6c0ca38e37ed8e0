/** Every way of signing in, over real HTTP: what goes out, and what happens on a 401. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { answerJson, FakeSource, type Handler } from '../../testing/fake-source.js';
import { callContext, LeapingClock, testPorts } from '../../testing/ports.js';
import { BaseApiClient } from '../base-api-client.js';
import { TokenSource } from '../token-source.js';
import { Transport } from '../transport.js';
import type { RequestAuthorization } from './authorization.js';
import { signOAuth1 } from './oauth1.js';
import { hmac, hmacText, oauth1 } from './signed-requests.js';
import { apiKey, basic } from './static-credentials.js';

const policy = {
  maxAttempts: 4,
  deadlineMs: 60_000,
  maxWaitMs: 30_000,
  baseDelayMs: 100,
  maxDelayMs: 1000,
  maxInFlight: 64,
};
const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function arranged(handler: Handler) {
  const source = await FakeSource.start(handler);
  const clock = new LeapingClock();
  const ports = testPorts(clock);
  const settings = { attemptTimeoutMs: 5000, maxBodyBytes: 100_000, gzip: false, maxSockets: 64 };
  const transport = new Transport(settings, ports);
  open.push(
    () => transport.close(),
    () => source.stop(),
  );
  const clientWith = (authorization: RequestAuthorization | TokenSource) =>
    new BaseApiClient(transport, authorization, policy, ports);
  const get = (authorization: RequestAuthorization | TokenSource, client = clientWith(authorization)) =>
    client.getJson(
      { operation: 'users.list', url: `${source.baseUrl}/users/`, query: { limit: 3 }, complaint: () => null },
      callContext(),
    );
  return { source, clock, ports, transport, clientWith, get };
}

it('fifty 401s at once cost one token request, and every call gets its answer', async () => {
  let minted = 0;
  const { source, ports, transport, clientWith, get } = await arranged((request, response) => {
    if (request.url === '/token')
      return answerJson(response, 200, { access_token: `t${(minted += 1)}`, expires_in: 3600 });
    answerJson(response, request.headers.authorization === 'Bearer t2' ? 200 : 401, {});
  });
  const tokens = new TokenSource(
    {
      tokenUrl: `${source.baseUrl}/token`,
      clientId: 'c',
      clientSecret: 's',
      clientAuthentication: 'form',
      scope: null,
    },
    policy,
    transport,
    ports,
  );
  await tokens.token(callContext());
  const client = clientWith(tokens);
  const answers = await Promise.all(Array.from({ length: 50 }, () => get(tokens, client)));
  expect(answers.every(({ attempts }) => attempts === 2)).toBe(true);
  expect(minted).toBe(2);
});

describe('credentials that stay the same', () => {
  it.each<[string, RequestAuthorization, string, string]>([
    ['an API key', apiKey({ key: 'k-1' }), 'x-api-key', 'k-1'],
    [
      'an API key of a header and prefix',
      apiKey({ key: 'k', header: 'Authorization', prefix: 'ApiKey ' }),
      'authorization',
      'ApiKey k',
    ],
    [
      'name and password',
      basic({ user: 'anna', password: 'p:ä' }),
      'authorization',
      `Basic ${Buffer.from('anna:p:ä').toString('base64')}`,
    ],
  ])('%s goes out with each request, and a 401 is final', async (_, authorization, header, expected) => {
    const { source, get } = await arranged((_request, response, number) =>
      answerJson(response, number === 1 ? 200 : 401, {}),
    );
    await get(authorization);
    await expect(get(authorization)).rejects.toMatchObject({ code: 'source_unauthorised' });
    expect(source.requests.map(({ headers }) => headers[header])).toEqual([expected, expected]);
  });
});

describe('signatures', () => {
  it('an HMAC signs method, address, time, nonce and body, and is new for each attempt', async () => {
    const { source, clock, get } = await arranged((_, response, number) =>
      answerJson(response, number === 1 ? 500 : 200, {}),
    );
    await get(hmac({ keyId: 'id', secret: 'hmac-secret' }, clock));
    const [first, second] = source.requests.map(({ headers }) => headers);
    for (const headers of [first!, second!]) {
      const [time, nonce] = [headers['x-timestamp'] as string, headers['x-nonce'] as string];
      const text = hmacText('GET', `${source.baseUrl}/users/?limit=3`, time, nonce, '');
      expect(headers['x-signature']).toBe(`v1,${createHmac('sha256', 'hmac-secret').update(text).digest('base64')}`);
      expect(headers['x-key-id']).toBe('id');
    }
    expect(first!['x-nonce']).not.toBe(second!['x-nonce']);
  });

  it('OAuth 1.0a signs the address as it goes out, at our clock’s second', async () => {
    const { source, clock, get } = await arranged((_, response) => answerJson(response, 200, {}));
    const consumer = { consumerKey: 'key', consumerSecret: 'secret' };
    await get(oauth1(consumer, clock, () => 'nonce'));
    expect(source.requests[0]!.headers.authorization).toBe(
      signOAuth1({ method: 'GET', url: `${source.baseUrl}/users/?limit=3` }, consumer, {
        nonce: 'nonce',
        timestamp: Math.floor(clock.now() / 1000),
      }),
    );
  });
});
