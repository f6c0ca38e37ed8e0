/** A person's permission: taken up once, renewed by one at a time, and never burnt by two that renew together. */
import { afterEach, expect, it } from '@jest/globals';
import { hash } from 'node:crypto';
import type { StoredGrant, TokenStore } from '../../ports.js';
import { answerJson, FakeSource } from '../../testing/fake-source.js';
import { callContext, LeapingClock, testPorts } from '../../testing/ports.js';
import { Transport } from '../transport.js';
import { DelegatedTokenSource } from './delegated-token.js';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** One grant for all who hold the lock in turn. */
class SharedStore implements TokenStore {
  stored: StoredGrant | null = null;
  #last: Promise<unknown> = Promise.resolve();

  exclusively<T>(
    work: (stored: StoredGrant | null, save: (grant: StoredGrant) => Promise<void>) => Promise<T>,
  ): Promise<T> {
    const next = this.#last.then(() => work(this.stored, async (grant) => void (this.stored = grant)));
    this.#last = next.catch(() => undefined);
    return next;
  }
}

/** A source whose refresh tokens can be used once; an old one revokes everything. */
async function arranged() {
  let round = 0;
  let revoked = false;
  const forms: URLSearchParams[] = [];
  const source = await FakeSource.start((_, response) => {
    const form = new URLSearchParams(source.requests.at(-1)!.body);
    forms.push(form);
    const isCode = form.get('grant_type') === 'authorization_code';
    if (!isCode && form.get('refresh_token') !== `r${round}`) revoked = true;
    if (revoked) return answerJson(response, 400, { error: 'invalid_grant' });
    round += 1;
    answerJson(response, 200, { access_token: `t${round}`, expires_in: 3600, refresh_token: `r${round}` });
  });
  const clock = new LeapingClock();
  const ports = testPorts(clock);
  const transport = new Transport({ attemptTimeoutMs: 5000, maxBodyBytes: 10_000, gzip: false, maxSockets: 8 }, ports);
  open.push(
    () => transport.close(),
    () => source.stop(),
  );
  const store = new SharedStore();
  const settings = {
    authorizeUrl: 'https://sis.example.org/authorize?tenant=7',
    tokenUrl: `${source.baseUrl}/token`,
    redirectUrl: 'https://rollcall.example.org/back',
    clientId: 'client',
    clientSecret: 'secret-canary',
    clientAuthentication: 'form' as const,
    scope: 'roster.read',
  };
  const policy = { maxAttempts: 3, deadlineMs: 60_000, maxWaitMs: 1000, baseDelayMs: 10, maxDelayMs: 10 };
  const process = () => new DelegatedTokenSource(settings, store, policy, transport, ports);
  return { clock, ports, store, forms, process, revoke: () => void (revoked = true) };
}

it('sends a person away with a challenge, and takes up the code with its answer', async () => {
  const { forms, process } = await arranged();
  const tokens = process();
  const invitation = tokens.invite();
  const url = new URL(invitation.url);
  expect(Object.fromEntries(url.searchParams)).toEqual({
    tenant: '7',
    response_type: 'code',
    client_id: 'client',
    redirect_uri: 'https://rollcall.example.org/back',
    state: invitation.state,
    code_challenge: hash('sha256', invitation.verifier, 'base64url'),
    code_challenge_method: 'S256',
    scope: 'roster.read',
  });
  await tokens.accept('code-1', invitation.state, invitation, 'sign-in');
  expect(forms[0]!.get('code_verifier')).toBe(invitation.verifier);
  expect(forms[0]!.get('redirect_uri')).toBe('https://rollcall.example.org/back');
  expect((await tokens.token(callContext())).value).toBe('t1');
});

it('a state that is not ours is refused, and nothing is sent', async () => {
  const { forms, process } = await arranged();
  const tokens = process();
  await expect(tokens.accept('code', 'other', tokens.invite(), 'x')).rejects.toMatchObject({ code: 'invalid_input' });
  expect(forms).toHaveLength(0);
});

it('many callers in several processes renew once, and the refresh token is never used twice', async () => {
  const { clock, forms, process } = await arranged();
  const processes = [process(), process(), process()];
  const invitation = processes[0]!.invite();
  await processes[0]!.accept('code', invitation.state, invitation, 'x');
  for (let hour = 0; hour < 3; hour += 1) {
    clock.advance(3_590_000);
    const asked = processes.flatMap((tokens) => Array.from({ length: 20 }, () => tokens.token(callContext())));
    expect(new Set((await Promise.all(asked)).map(({ value }) => value))).toEqual(new Set([`t${hour + 2}`]));
  }
  expect(forms).toHaveLength(4);
});

it('a token that the source refused is renewed, by the next only if nobody has', async () => {
  const { forms, process } = await arranged();
  const [one, two] = [process(), process()];
  const invitation = one.invite();
  await one.accept('code', invitation.state, invitation, 'x');
  expect((await two.token(callContext())).value).toBe('t1');
  one.drop('t1');
  two.drop('t1');
  expect((await one.token(callContext())).value).toBe('t2');
  expect((await two.token(callContext())).value).toBe('t2');
  expect(forms).toHaveLength(2);
});

it('a permission that was taken back is asked for once, then left alone for a while, and said in words', async () => {
  const { clock, ports, forms, process, revoke } = await arranged();
  const tokens = process();
  await expect(tokens.token(callContext())).rejects.toMatchObject({ publicText: /Nobody has let Rollcall/ });
  const invitation = tokens.invite();
  await tokens.accept('code', invitation.state, invitation, 'x');
  revoke();
  tokens.drop('t1');
  for (let call = 0; call < 5; call += 1)
    await expect(tokens.token(callContext())).rejects.toMatchObject({ code: 'source_unauthorised' });
  expect(forms).toHaveLength(2);
  clock.advance(30_000);
  await expect(tokens.token(callContext())).rejects.toMatchObject({ code: 'source_unauthorised' });
  expect(forms).toHaveLength(3);
  expect(JSON.stringify(ports.lines)).not.toMatch(/canary|t1|r1/);
});
