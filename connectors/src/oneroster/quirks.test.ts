/**
 * What a consumer of OneRoster must survive of servers: one row for each quirk that is known in the field, against the sandbox in the
 * role of such a server. Quirks of rows are in quirk-rows.test.ts, those of CSV in the table there.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { EntityName, User } from '@rollcall/core';
import type { IRosterProvider, RosterPage } from '../contracts.js';
import { callContext, LeapingClock, testPorts } from '../testing/ports.js';
import { SandboxProcess } from '../testing/sandbox-process.js';
import type { OneRosterSettings } from './config.js';
import { oneRosterOf, type Profile } from './testing/sandboxes.js';

const profiles = ['oneroster-1.2', 'oneroster-1.1', 'certified-quirky'] as const;
const sandboxes = new Map<Profile, SandboxProcess>();
const providers: IRosterProvider[] = [];
beforeAll(async () => {
  for (const profile of profiles)
    sandboxes.set(profile, await SandboxProcess.start(['--students', '200', '--seed', '4', '--platform', profile]));
});
afterAll(() => Promise.all([...sandboxes.values()].map((sandbox) => sandbox.stop())));
afterEach(async () => {
  await Promise.all(providers.splice(0).map((provider) => provider.stop()));
  for (const sandbox of sandboxes.values()) await sandbox.control('reset', {});
});

async function at(profile: Profile, over: Partial<OneRosterSettings> = {}) {
  const sandbox = sandboxes.get(profile)!;
  const provider = oneRosterOf(sandbox, profile, { maxAttempts: 2, ...over }, testPorts(new LeapingClock()));
  await provider.start();
  providers.push(provider);
  const read = (entity: EntityName, offset = 0, limit = 1000, modifiedSince: string | null = null) =>
    provider.readPage(entity, { offset, limit, modifiedSince }, callContext());
  return { sandbox, provider, read, control: sandbox.control.bind(sandbox) };
}

const keys = (page: RosterPage) => page.records.map((record) => record.sourcedId);
const future = '2999-01-01T00:00:00.000Z';

async function all(
  read: (entity: EntityName, offset: number, limit: number) => Promise<RosterPage>,
  entity: EntityName,
) {
  const pages = [await read(entity, 0, 5000)];
  for (let offset = pages[0]!.rowCount; pages.at(-1)!.rowCount > 0; offset += pages.at(-1)!.rowCount)
    pages.push(await read(entity, offset, pages[0]!.rowCount));
  return pages;
}

const quirks: readonly (readonly [number: number, promise: string, check: () => Promise<void>])[] = [
  [
    1,
    'rows that drift while paging show in totals that differ from page to page',
    async () => {
      const { read, control } = await at('oneroster-1.2');
      await control('faults', { fault: 'drift', collection: 'users' });
      const [one, two] = [await read('users', 0, 50), await read('users', 50, 50)];
      expect(two.announcedTotal).toBe(one.announcedTotal! - 1);
    },
  ],
  [
    2,
    'without totals and links a collection is read to the empty page',
    async () => {
      const { read, control } = await at('certified-quirky');
      const pages = await all(read, 'enrollments');
      expect(pages.map((page) => page.announcedTotal)).toEqual(pages.map(() => null));
      const { enrollments } = (await control('totals')) as Record<string, { active: number }>;
      expect(new Set(pages.flatMap(keys)).size).toBe(enrollments!.active);
    },
  ],
  [
    3,
    'a limit clamped without a word is no end',
    async () => {
      const { read } = await at('certified-quirky');
      const pages = await all(read, 'enrollments');
      expect(pages[0]!.rowCount).toBe(500);
      expect(pages.length).toBeGreaterThan(2);
    },
  ],
  [
    4,
    'a wrong total is handed on, or left out where it cannot be believed; a page that does not advance is known by its keys',
    async () => {
      const { read, control } = await at('oneroster-1.2');
      const whole = await read('users');
      await control('faults', { fault: 'wrong-total', delta: 7 });
      expect((await read('users')).announcedTotal).toBe(whole.rowCount + 7);
      const careful = await at('oneroster-1.2', { totals: false });
      expect((await careful.read('users')).announcedTotal).toBeNull();
      await control('faults', { fault: 'ignore-offset' });
      expect((await read('users', 50, 20)).keysDigest).toBe((await read('users', 0, 20)).keysDigest);
    },
  ],
  [
    5,
    'deletes come as tobedeleted, or as absence',
    async () => {
      const [strict, quirky] = [await at('oneroster-1.2'), await at('certified-quirky')];
      const before = await quirky.read('orgs');
      for (const { control } of [strict, quirky]) await control('tobedeleted', { entity: 'orgs', count: 1 });
      const marked = (await strict.read('orgs')).records.filter((record) => record.status === 'tobedeleted');
      expect(marked).toHaveLength(1);
      expect((await quirky.read('orgs')).rowCount).toBe(before.rowCount - 1);
    },
  ],
  [
    7,
    'a filter is kept to, refused with a fault, or ignored so that it shows',
    async () => {
      const { read, control } = await at('certified-quirky', { incremental: true });
      expect((await read('users', 0, 1000, future)).rowCount).toBe(0);
      const loose = await read('classes', 0, 1000, future);
      expect(loose.records.some((record) => record.dateLastModified! < future)).toBe(true);
      await control('faults', { fault: 'refuse-filter' });
      await expect(read('users', 0, 1000, future)).rejects.toMatchObject({ code: 'source_bad_response' });
    },
  ],
  [
    8,
    'the six core collections are all that is asked for; one that is not offered is empty and proves nothing',
    async () => {
      const { read } = await at('certified-quirky', { notOffered: ['courses'] });
      const pages = [await read('orgs'), await read('academicSessions'), await read('users'), await read('classes')];
      for (const page of pages) expect(page.rowCount).toBeGreaterThan(0);
      expect(await read('courses')).toMatchObject({ rowCount: 0, changesOnly: true });
    },
  ],
  [
    9,
    'the same district read from a server of 1.1 and one of 1.2 gives everybody the same school',
    async () => {
      const primary = async ({ read }: Awaited<ReturnType<typeof at>>) =>
        ((await read('users')).records as User[]).map((user) => [user.sourcedId, user.primaryOrg]);
      expect(await primary(await at('oneroster-1.1'))).toEqual(await primary(await at('oneroster-1.2')));
    },
  ],
  [
    12,
    'dangling references and duplicates are handed on, all of them counted',
    async () => {
      const { read, control } = await at('oneroster-1.2');
      await control('bad-records', { entity: 'enrollments', kind: 'dangling-reference', count: 3 });
      await control('faults', { fault: 'duplicate-rows', collection: 'enrollments', count: 2 });
      const page = await read('enrollments', 0, 50);
      expect([page.rowCount, page.records.length, page.rejects]).toEqual([52, 52, []]);
    },
  ],
  [
    16,
    'an organisation may have no parent, or be its own ancestor: it is read, and the engine sees to it',
    async () => {
      const { read, control } = await at('oneroster-1.2');
      await control('bad-records', { entity: 'orgs', kind: 'cycle', count: 2 });
      expect((await read('orgs')).rejects).toEqual([]);
    },
  ],
  [
    17,
    'the token address is used exactly, slash and all; a wrong one and a refusal are told apart',
    async () => {
      const { sandbox } = await at('certified-quirky');
      const token = `${sandbox.baseUrl}/oauth/token`;
      const code = async (over: Partial<OneRosterSettings>) =>
        (await at('certified-quirky', over)).read('orgs').then(
          () => 'read',
          (fault: { code: string }) => fault.code,
        );
      expect(await code({ tokenUrl: `${token}/` })).toBe('read');
      expect(await code({ tokenUrl: `${token}/`, clientAuthentication: 'basic' })).toBe('read');
      expect(await code({ tokenUrl: token })).toBe('source_bad_response');
      expect(await code({ scope: 'https://purl.imsglobal.org/spec/or/v9/scope/all' })).toBe('source_unauthorised');
      expect(await code({ clientSecret: 'of another tenant' })).toBe('source_unauthorised');
    },
  ],
  [
    18,
    'no organisation at all means that nothing is shared, and is a fault',
    async () => {
      const { read, provider, control } = await at('certified-quirky');
      await control('empty', { entity: 'orgs' });
      await expect(read('orgs')).rejects.toMatchObject({ code: 'source_unauthorised' });
      expect(await provider.health()).toMatchObject({ status: 'unhealthy', reason: expect.stringContaining('shared') });
    },
  ],
  [
    19,
    'a source that asks to slow down is waited for',
    async () => {
      const { read, control } = await at('oneroster-1.1');
      await control('faults', { fault: 'rate-limit', retryAfter: 7, times: 1, collection: 'users' });
      expect((await read('users')).rowCount).toBeGreaterThan(0);
    },
  ],
  [
    22,
    'an error is told by its status, in whatever shape its body comes, and a success with an error’s body is none',
    async () => {
      const { read, control, sandbox } = await at('oneroster-1.2');
      const codes = new Map([
        [404, 'source_bad_response'],
        [403, 'source_unauthorised'],
        [500, 'source_unreachable'],
        [200, 'source_bad_response'],
      ]);
      for (const shape of ['root', 'wrapped', 'text-minor', 'errors', 'status-info-set', 'page'])
        for (const [status, code] of codes) {
          await control('faults', { fault: 'error', status, shape, collection: 'users' });
          await expect(read('users')).rejects.toMatchObject({ code });
          await sandbox.control('faults', undefined, 'DELETE');
        }
    },
  ],
];

describe('the quirks of servers', () => {
  it.each(quirks)('%i: %s', (_number, _promise, check) => check());
});
