/**
 * Every fault and every kind of bad record of the sandbox against the provider, over real HTTP, each with its promised outcome: the
 * page after a repeat, a fault with its code, or a reject with its code. None ends in an unexpectedly empty page.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { EntityName } from '@rollcall/core';
import type { RosterPage } from '../contracts.js';
import { callContext, LeapingClock, testPorts } from '../testing/ports.js';
import { SandboxProcess, sandboxClient } from '../testing/sandbox-process.js';
import { timebackConfigSchema, type TimeBackSettings } from './config.js';
import { timebackPresets } from './presets.js';
import { TimeBackRosterProvider } from './provider.js';

let sandbox: SandboxProcess;
const open: TimeBackRosterProvider[] = [];
beforeAll(async () => {
  sandbox = await SandboxProcess.start(['--students', '60', '--seed', '1']);
});
afterAll(() => sandbox.stop());
afterEach(async () => {
  await Promise.all(open.splice(0).map((provider) => provider.stop()));
  await sandbox.control('reset', {});
});

async function started(over: Partial<TimeBackSettings> = {}) {
  const settings = { ...timebackPresets.sandbox(sandbox.baseUrl), ...sandboxClient, attemptTimeoutMs: 10_000, ...over };
  const clock = new LeapingClock();
  const ports = testPorts(clock);
  const provider = new TimeBackRosterProvider('sandbox', timebackConfigSchema.parse(settings), ports);
  await provider.start();
  open.push(provider);
  const read = (entity: EntityName, offset = 0, limit = 20) =>
    provider.readPage(entity, { offset, limit }, callContext());
  return { provider, read, clock, ports };
}

const switchOn = (fault: Record<string, unknown>) => sandbox.control('faults', { collection: 'users', ...fault });
const keys = (page: RosterPage) => page.records.map((record) => record.sourcedId);

describe('a fault that passes leaves the page as it was', () => {
  it.each<[string, Record<string, unknown>, waits: number]>([
    ['a short delay', { fault: 'delay', ms: 100 }, 0],
    ['status 500', { fault: 'error', status: 500, times: 2 }, 2],
    ['status 502', { fault: 'error', status: 502, times: 1 }, 1],
    ['status 503', { fault: 'error', status: 503, times: 1 }, 1],
    ['status 504', { fault: 'error', status: 504, times: 1 }, 1],
    ['429 with seconds', { fault: 'rate-limit', retryAfter: 3, times: 1 }, 1],
    ['429 without Retry-After', { fault: 'rate-limit', times: 1 }, 1],
    ['JSON cut in the middle', { fault: 'truncate', times: 1 }, 1],
    ['a web page with 200', { fault: 'html', times: 1 }, 1],
    ['a reset within the body', { fault: 'close', times: 1 }, 1],
    ['an empty body', { fault: 'empty-body', times: 1 }, 1],
    ['a misspelt list key', { fault: 'wrong-key', times: 1 }, 1],
    ['tokens that die after one use', { fault: 'token-expiry', uses: 1 }, 0],
  ])('%s', async (_, fault, waits) => {
    const { read, clock } = await started();
    const before = await read('users');
    await switchOn(fault);
    const after = await read('users');
    expect({ ...after, providerTime: null }).toEqual({ ...before, providerTime: null });
    expect(clock.slept).toHaveLength(waits);
  });

  it('a delay over the attempt’s time', async () => {
    const { read, clock } = await started({ attemptTimeoutMs: 1000 });
    await switchOn({ fault: 'delay', ms: 2500, times: 1 });
    expect(await read('users')).toMatchObject({ rowCount: 20 });
    expect(clock.slept).not.toEqual([]);
  });

  it('429 waits at least as long as the source asks', async () => {
    const { read, clock } = await started();
    await switchOn({ fault: 'rate-limit', retryAfter: 9, times: 1 });
    await read('users');
    expect(clock.slept).toEqual([9000]);
  });
});

describe('a fault that lasts is a fault with its code, never an empty page', () => {
  it.each<[string, Record<string, unknown>, string, Partial<TimeBackSettings>]>([
    ['delays over the attempt’s time', { fault: 'delay', ms: 3000 }, 'source_unreachable', { attemptTimeoutMs: 50 }],
    ['status 500', { fault: 'error', status: 500 }, 'source_unreachable', {}],
    ['status 400', { fault: 'error', status: 400 }, 'source_bad_response', {}],
    ['status 401', { fault: 'error', status: 401 }, 'source_unauthorised', {}],
    ['status 403', { fault: 'error', status: 403 }, 'source_unauthorised', {}],
    ['status 404', { fault: 'error', status: 404 }, 'source_bad_response', {}],
    ['429', { fault: 'rate-limit' }, 'source_rate_limited', {}],
    ['429 with an absurd wait', { fault: 'rate-limit', retryAfter: 86_400 }, 'source_rate_limited', {}],
    ['JSON cut in the middle', { fault: 'truncate' }, 'source_bad_response', {}],
    ['a web page with 200', { fault: 'html' }, 'source_bad_response', {}],
    ['resets within the body', { fault: 'close' }, 'source_unreachable', {}],
    ['an empty body', { fault: 'empty-body' }, 'source_bad_response', {}],
    ['a misspelt list key', { fault: 'wrong-key' }, 'source_bad_response', {}],
    ['tokens that are never taken', { fault: 'token-expiry', uses: 0 }, 'source_unauthorised', {}],
    ['an answer over the limit', { fault: 'delay', ms: 0 }, 'source_bad_response', { maxBodyBytes: 1024 }],
  ])('%s', async (_, fault, code, over) => {
    const { read } = await started({ maxAttempts: 3, ...over });
    await switchOn(fault);
    await expect(read('users')).rejects.toMatchObject({ name: 'Fault', code });
  });

  it('an error past the end of a list', async () => {
    const { read } = await started();
    await switchOn({ fault: 'error-past-end', status: 404 });
    expect((await read('users')).rowCount).toBe(20);
    await expect(read('users', 100_000)).rejects.toMatchObject({ code: 'source_bad_response' });
  });

  it('a wrong secret', async () => {
    const { read } = await started({ clientSecret: 'of another tenant' });
    await expect(read('users')).rejects.toMatchObject({ code: 'source_unauthorised' });
  });

  it('a token address that nobody listens on', async () => {
    const { read } = await started({ tokenUrl: 'http://127.0.0.1:9/oauth2/token', maxAttempts: 2 });
    await expect(read('users')).rejects.toMatchObject({ code: 'source_unreachable' });
  });
});

describe('what only the engine can judge is passed on as it is', () => {
  it('a clamped limit is the stride to go on with, and paging by it gives every row once', async () => {
    const { read } = await started();
    const whole = await read('users', 0, 1000);
    await switchOn({ fault: 'clamp', limit: 7 });
    const pages = [await read('users', 0, 50)];
    expect(pages[0]).toMatchObject({ rowCount: 7, effectiveLimit: 7 });
    while (pages.at(-1)!.rowCount > 0) pages.push(await read('users', pages.length * 7, 50));
    expect(pages.flatMap(keys)).toEqual(keys(whole));
  });

  it('a wrong total is announced as given, a missing one as none', async () => {
    const { read } = await started();
    const { announcedTotal } = await read('users');
    await switchOn({ fault: 'wrong-total', delta: 5 });
    expect((await read('users')).announcedTotal).toBe(announcedTotal! + 5);
    await sandbox.control('faults', undefined, 'DELETE');
    await switchOn({ fault: 'wrong-total', absent: true });
    expect((await read('users')).announcedTotal).toBeNull();
  });

  it('duplicate rows are all counted', async () => {
    const { read } = await started();
    await switchOn({ fault: 'duplicate-rows', count: 3 });
    const page = await read('users');
    expect(page.records).toHaveLength(page.rowCount);
    expect(new Set(keys(page)).size).toBeLessThan(page.rowCount);
  });

  it('the same page for every offset is known by its keys, although the envelope echoes the offset', async () => {
    const { read } = await started();
    await switchOn({ fault: 'ignore-offset' });
    const [one, two] = [await read('users', 0), await read('users', 20)];
    expect([one.offset, two.offset]).toEqual([0, 20]);
    expect(keys(two)).toEqual(keys(one));
    expect(two.bodyDigest).not.toBe(one.bodyDigest);
    expect(two.keysDigest).toBe(one.keysDigest);
  });

  it('rows that drift while paging go missing without a trace in the pages', async () => {
    const { read } = await started();
    const whole = await read('users', 0, 1000);
    await switchOn({ fault: 'drift' });
    const seen = new Set<string>();
    for (let offset = 0; offset < whole.rowCount; offset += 20)
      keys(await read('users', offset)).forEach((key) => seen.add(key));
    expect(seen.size).toBeLessThan(whole.rowCount);
  });

  it('an emptied collection is an empty page that announces nothing', async () => {
    const { read } = await started();
    await sandbox.control('empty', { entity: 'users' });
    expect(await read('users')).toMatchObject({ rowCount: 0, announcedTotal: 0 });
  });

  it('rows marked tobedeleted are read as such', async () => {
    const { read } = await started();
    await sandbox.control('tobedeleted', { entity: 'users', count: 4 });
    const { records, rejects } = await read('users', 0, 1000);
    expect(records.filter((record) => record.status === 'tobedeleted')).toHaveLength(4);
    expect(rejects).toEqual([]);
  });
});

describe('a bad record is rejected with its reason, and the others are read', () => {
  it.each<[kind: string, EntityName, code: string, field: string]>([
    ['missing-name', 'orgs', 'field_missing', 'name'],
    ['missing-name', 'academicSessions', 'field_missing', 'title'],
    ['missing-name', 'courses', 'field_missing', 'title'],
    ['missing-name', 'users', 'field_missing', 'familyName'],
    ['missing-name', 'classes', 'field_missing', 'title'],
    ['unreadable-key', 'users', 'key_unreadable', 'sourcedId'],
    ['unreadable-key', 'enrollments', 'key_unreadable', 'sourcedId'],
    ['nul', 'users', 'nul_character', 'familyName'],
    ['huge-field', 'users', 'field_too_long', 'familyName'],
    ['huge-field', 'enrollments', 'field_invalid', 'primary'],
    ['bad-date', 'academicSessions', 'field_invalid', 'startDate'],
    ['bad-date', 'enrollments', 'field_invalid', 'beginDate'],
    ['bad-role', 'users', 'field_invalid', 'roles.role'],
    ['bad-role', 'enrollments', 'field_invalid', 'role'],
  ])('%s of %s: %s, %s', async (kind, entity, code, field) => {
    const { read } = await started();
    const before = await read(entity, 0, 3000);
    await sandbox.control('bad-records', { entity, kind, count: 2 });
    const page = await read(entity, 0, 3000);
    expect(page.rejects).toHaveLength(2);
    for (const reject of page.rejects) expect(reject).toMatchObject({ code, field });
    expect(page.rowCount).toBe(before.rowCount);
    expect(page.records.length + page.rejects.length).toBe(page.rowCount);
  });

  it.each<[kind: string, EntityName]>([
    ['wrong-types', 'users'],
    ['wrong-types', 'enrollments'],
    ['wrong-types', 'orgs'],
    ['wrong-types', 'academicSessions'],
    ['bad-date', 'users'],
    ['dangling-reference', 'users'],
    ['dangling-reference', 'enrollments'],
    ['cycle', 'users'],
    ['cycle', 'orgs'],
  ])('%s of %s can be read; what references lead to is for the engine to see', async (kind, entity) => {
    const { read } = await started();
    await sandbox.control('bad-records', { entity, kind, count: 2 });
    const page = await read(entity, 0, 3000);
    expect(page.rejects).toEqual([]);
  });

  it('a single read of a bad record gives the same reason', async () => {
    const { provider, read } = await started();
    await sandbox.control('bad-records', { entity: 'users', kind: 'missing-name', count: 1 });
    const [reject] = (await read('users', 0, 1000)).rejects;
    expect(await provider.readOne('users', reject!.externalId!, callContext())).toEqual({ rejected: reject });
  });
});

describe('single reads', () => {
  it.each(['', '.', '..', '\ud800'])('%j is refused: it would name something else than a record', async (id) => {
    const { provider } = await started();
    await expect(provider.readOne('users', id, callContext())).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

it('health and test tell what is wrong in a sentence, without an error', async () => {
  const { provider } = await started({ clientSecret: 'of another tenant' });
  expect(await provider.health()).toMatchObject({ status: 'unhealthy', reason: 'The source refused our credentials.' });
  const test = await provider.test();
  expect(test.ok).toBe(false);
  expect(test.steps[0]).toMatchObject({ name: 'sign in', ok: false, message: expect.stringContaining('client id') });
});

it('health of a source that asks to slow down is degraded, not down', async () => {
  const { provider } = await started();
  await sandbox.control('faults', { fault: 'rate-limit', retryAfter: 3600 });
  expect(await provider.health()).toMatchObject({ status: 'degraded', detail: { code: 'source_rate_limited' } });
});

it('a whole pull leaves neither names, e-mails, ids, tokens nor the secret in logs and metrics', async () => {
  const { provider, read, ports } = await started();
  const page = await read('users', 0, 1000);
  await provider.readOne('users', page.records[0]!.sourcedId, callContext());
  await switchOn({ fault: 'error', status: 500 });
  await read('users').catch(() => undefined);
  const said = JSON.stringify([ports.lines, ports.counted]);
  expect(ports.lines.length).toBeGreaterThan(5);
  expect(said).not.toContain(sandboxClient.clientSecret);
  expect(said).not.toMatch(/Bearer|eyJ|@/);
  for (const record of page.records) expect(said).not.toContain(record.sourcedId);
});
