/** The token source over real HTTP with a handed-in clock: one mint at a time, renewal before expiry, refusals as faults. */
import { afterEach, expect, it } from '@jest/globals';
import { answerJson, FakeSource, type Handler } from '../testing/fake-source.js';
import { callContext, LeapingClock, testPorts } from '../testing/ports.js';
import { TokenSource, type TokenSettings } from './token-source.js';
import { Transport } from './transport.js';

const secret = 's3cr3t:with/odd+characters';
const policy = { maxAttempts: 3, deadlineMs: 60_000, maxWaitMs: 30_000, baseDelayMs: 100, maxDelayMs: 1000 };
const bounds = { attemptTimeoutMs: 5000, maxBodyBytes: 10_000, gzip: false, maxSockets: 5 };
const granting =
  (life: unknown = 3600): Handler =>
  (_, response, number) =>
    answerJson(response, 200, { access_token: `token-${number}`, expires_in: life, token_type: 'Bearer' });

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function arranged(handler: Handler, over: Partial<TokenSettings> = {}) {
  const source = await FakeSource.start(handler);
  const clock = new LeapingClock();
  const ports = testPorts(clock);
  const transport = new Transport(bounds, ports);
  open.push(
    () => transport.close(),
    () => source.stop(),
  );
  const settings: TokenSettings = {
    tokenUrl: `${source.baseUrl}/exactly/this?path=1`,
    clientId: 'client',
    clientSecret: `  ${secret}\n`,
    clientAuthentication: 'form',
    scope: null,
    ...over,
  };
  return { source, clock, ports, tokens: new TokenSource(settings, policy, transport, ports) };
}

it('fifty callers at once are one request, and later ones use the same token', async () => {
  const { source, tokens } = await arranged(granting());
  const all = await Promise.all(Array.from({ length: 50 }, () => tokens.token(callContext())));
  expect(new Set(all.map((token) => token.value))).toEqual(new Set(['token-1']));
  expect((await tokens.token(callContext())).value).toBe('token-1');
  expect(source.requests).toHaveLength(1);
});

it('sends the trimmed secret as form fields to exactly the configured address', async () => {
  const { source, tokens } = await arranged(granting(), { scope: 'roster.readonly' });
  await tokens.token(callContext());
  const [request] = source.requests;
  expect(request?.url).toBe('/exactly/this?path=1');
  expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
    grant_type: 'client_credentials',
    client_id: 'client',
    client_secret: secret,
    scope: 'roster.readonly',
  });
  expect(request?.headers.authorization).toBeUndefined();
});

it('sends them as HTTP Basic, and nothing of them in the body, where that is configured', async () => {
  const { source, tokens } = await arranged(granting(), { clientAuthentication: 'basic' });
  await tokens.token(callContext());
  const [request] = source.requests;
  const pair = Buffer.from(request!.headers.authorization!.replace('Basic ', ''), 'base64').toString();
  expect(pair.split(':').map((part) => decodeURIComponent(part))).toEqual(['client', secret]);
  expect(request?.body).toBe('grant_type=client_credentials');
});

it('renews a minute before expiry, not sooner', async () => {
  const { clock, tokens } = await arranged(granting(3600));
  await tokens.token(callContext());
  clock.advance(3_539_000);
  expect((await tokens.token(callContext())).value).toBe('token-1');
  clock.advance(1000);
  expect((await tokens.token(callContext())).value).toBe('token-2');
});

it('uses a short-lived token for four fifths of its life instead of minting for every call', async () => {
  const { clock, tokens } = await arranged(granting('50'));
  await tokens.token(callContext());
  clock.advance(39_000);
  expect((await tokens.token(callContext())).value).toBe('token-1');
  clock.advance(1000);
  expect((await tokens.token(callContext())).value).toBe('token-2');
});

it.each([[null], ['soon'], [-5], [0]])('takes five minutes for a life given as %j', async (life) => {
  const { clock, tokens } = await arranged(granting(life));
  const token = await tokens.token(callContext());
  expect(token.expiresAt - clock.now()).toBe(300_000);
});

it('drops only the token that is still the present one', async () => {
  const { source, tokens } = await arranged(granting());
  await tokens.token(callContext());
  tokens.drop('token-1');
  await tokens.token(callContext());
  tokens.drop('token-1');
  expect((await tokens.token(callContext())).value).toBe('token-2');
  expect(source.requests).toHaveLength(2);
});

it.each([{ message: 'unknown route' }, []])(
  'a 400 that names no OAuth error, %j, is of a wrong address',
  async (body) => {
    const { tokens } = await arranged((_, response) => answerJson(response, 400, body));
    await expect(tokens.token(callContext())).rejects.toMatchObject({ code: 'source_bad_response' });
  },
);

it.each([400, 401, 403])('a refusal with %d is a fault at once, and the next call tries anew', async (status) => {
  const { source, tokens } = await arranged((_, response) => answerJson(response, status, { error: 'invalid_client' }));
  await expect(tokens.token(callContext())).rejects.toMatchObject({ name: 'Fault', code: 'source_unauthorised' });
  await expect(tokens.token(callContext())).rejects.toMatchObject({ code: 'source_unauthorised' });
  expect(source.requests).toHaveLength(2);
});

it('tries again after a server error', async () => {
  const { clock, tokens } = await arranged((request, response, number) =>
    number < 3 ? answerJson(response, 503, {}) : granting()(request, response, number),
  );
  expect((await tokens.token(callContext())).value).toBe('token-3');
  expect(clock.slept).toEqual([50, 100]);
});

it.each([
  ['no token', {}],
  ['a token that cannot travel in a header', { access_token: 'a\r\nX-Evil: 1' }],
  ['a token that is not a text', { access_token: 5 }],
])('an answer with %s is a fault after the attempts', async (_, body) => {
  const { source, tokens } = await arranged((_request, response) => answerJson(response, 200, body));
  await expect(tokens.token(callContext())).rejects.toMatchObject({ code: 'source_bad_response' });
  expect(source.requests).toHaveLength(3);
});

it('one caller’s abort does not end the mint of the others', async () => {
  const { tokens } = await arranged(granting());
  const controller = new AbortController();
  const one = tokens.token(callContext('one', controller.signal));
  const two = tokens.token(callContext('two'));
  controller.abort(new Error('enough'));
  await expect(one).rejects.toThrow('enough');
  expect((await two).value).toBe('token-1');
});

it('logs that it minted, and neither token nor secret', async () => {
  const { ports, tokens } = await arranged(granting());
  await tokens.token(callContext('run-1/token'));
  expect(ports.lines.map((line) => line.event)).toContain('token.minted');
  expect(JSON.stringify([ports.lines, ports.counted])).not.toMatch(/token-1|s3cr3t/);
});
