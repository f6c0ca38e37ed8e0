/** Servers that sign requests or do not page at all, and what the settings refuse. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { EntityName } from '@rollcall/core';
import type { IRosterProvider } from '../contracts.js';
import { callContext, LeapingClock, testPorts } from '../testing/ports.js';
import { SandboxProcess } from '../testing/sandbox-process.js';
import { oneRosterConfigSchema, scopeOf, type OneRosterSettings } from './config.js';
import { oneRosterOf } from './testing/sandboxes.js';

let sandbox: SandboxProcess;
const open: IRosterProvider[] = [];
beforeAll(async () => {
  sandbox = await SandboxProcess.start(['--students', '80', '--seed', '5', '--platform', 'oneroster-1.1']);
});
afterAll(() => sandbox.stop());
afterEach(async () => {
  await Promise.all(open.splice(0).map((provider) => provider.stop()));
  await sandbox.control('reset', {});
});

async function started(over: Partial<OneRosterSettings> = {}) {
  // Signatures carry the time, so the clock has to be the real one.
  const ports = testPorts('signIn' in over ? undefined : new LeapingClock());
  const provider = oneRosterOf(sandbox, 'oneroster-1.1', { maxAttempts: 2, ...over }, ports);
  await provider.start();
  open.push(provider);
  const read = (offset = 0, limit = 1000, entity: EntityName = 'users') =>
    provider.readPage(entity, { offset, limit }, callContext());
  return { provider, read, ports };
}

describe('OAuth 1.0a', () => {
  it.each(['HMAC-SHA1', 'HMAC-SHA256'] as const)('signs every request anew with %s', async (signatureMethod) => {
    const { read, provider } = await started({ signIn: 'oauth1', tokenUrl: null, signatureMethod });
    const page = await read(0, 20);
    expect([page.rowCount, (await read(20, 20)).rowCount]).toEqual([20, 20]);
    const id = page.records[0]!.sourcedId;
    expect(await provider.readOne('users', id, callContext())).toMatchObject({ found: true });
    expect(await provider.test()).toMatchObject({ ok: true });
  });

  it('a wrong secret is a refusal, and the secret is never logged', async () => {
    const { read, ports } = await started({ signIn: 'oauth1', tokenUrl: null, clientSecret: 'secret-canary' });
    await expect(read()).rejects.toMatchObject({ code: 'source_unauthorised' });
    expect(JSON.stringify(ports.lines)).not.toContain('secret-canary');
  });
});

describe('a server that does not page', () => {
  it.each([{ absent: true }, { delta: 0 }])('gives each row once, whatever it says of totals: %j', async (total) => {
    const { read } = await started();
    const whole = await read();
    for (const fault of ['ignore-limit', 'ignore-offset']) await sandbox.control('faults', { fault });
    await sandbox.control('faults', { fault: 'wrong-total', ...total });
    for (const limit of [10, whole.rowCount, 5000]) {
      const page = await read(0, limit);
      expect([page.rowCount, page.keysDigest]).toEqual([whole.rowCount, whole.keysDigest]);
      expect((await read(whole.rowCount, limit)).rowCount).toBe(0);
    }
  });

  it('is not mistaken for one that repeats a page', async () => {
    const { read } = await started();
    await sandbox.control('faults', { fault: 'ignore-offset' });
    expect((await read(20, 20)).rowCount).toBe(20);
  });
});

describe('the settings', () => {
  const least = { baseUrl: 'https://oneroster.example.org/ims/oneroster/v1p1', clientId: 'id', clientSecret: 'secret' };
  const tokenUrl = 'https://oneroster.example.org/token';
  it.each([
    ['no token address for OAuth 2', {}, false],
    ['no token address for OAuth 1.0a', { signIn: 'oauth1' }, true],
    ['an address without TLS', { tokenUrl, baseUrl: 'http://oneroster.example.org' }, false],
    ['a roster without organisations', { tokenUrl, notOffered: ['orgs'] }, false],
    ['an unknown collection', { tokenUrl, notOffered: ['lineItems'] }, false],
    ['what is needed', { tokenUrl }, true],
  ])('%s', (_, over, valid) => {
    expect(oneRosterConfigSchema.safeParse({ ...least, ...over }).success).toBe(valid);
  });

  it.each([
    [{}, 'v1p1/scope/roster-core.readonly'],
    [{ version: '1.2' }, 'v1p2/scope/roster-core.readonly'],
    [{ baseUrl: 'https://x.example.org/api' }, 'v1p2/scope/roster-core.readonly'],
    [{ scope: 'a b' }, 'a b'],
    [{ scope: '' }, null],
  ])('%j asks for %s', (over, scope) => {
    const asked = scopeOf(oneRosterConfigSchema.parse({ ...least, tokenUrl, ...over }));
    expect(scope === null ? asked : asked?.endsWith(scope)).toBe(scope === null ? null : true);
  });
});
