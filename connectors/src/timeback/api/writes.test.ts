/** What is written through the client to a real sandbox is read back as it was written, by the client and by the pages that a sync reads. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EntityName } from '@rollcall/core';
import { callContext, testPorts } from '../../testing/ports.js';
import { sandboxClient, SandboxProcess } from '../../testing/sandbox-process.js';
import { timebackConfigSchema } from '../config.js';
import { timebackPresets } from '../presets.js';
import { TimeBackRosterProvider } from '../provider.js';
import { type Place, placeIn, steps } from './testing/written-district.js';
import type { TimeBackApiClient } from './timeback-api-client.js';

const context = callContext();
const base = '/ims/oneroster/rostering/v1p2';
let sandbox: SandboxProcess;
let provider: TimeBackRosterProvider;
let api: TimeBackApiClient;
let place: Place;

beforeAll(async () => {
  sandbox = await SandboxProcess.start(['--students', '40', '--seed', '5']);
  const settings = { ...timebackPresets.sandbox(sandbox.baseUrl), ...sandboxClient };
  provider = new TimeBackRosterProvider('district', timebackConfigSchema.parse(settings), testPorts());
  await provider.start();
  api = provider.api;
});
afterAll(async () => {
  await provider.stop();
  await sandbox.stop();
});

/** Every record of an entity as a sync reads it, in the order of the source. */
async function synced(entity: EntityName, modifiedSince: string | null = null, limit = 70) {
  const records: Record<string, unknown>[] = [];
  for (let offset = 0; ; offset += limit) {
    const page = await provider.readPage(entity, { offset, limit, modifiedSince }, context);
    expect(page.rejects).toEqual([]);
    records.push(...(page.records as unknown as Record<string, unknown>[]));
    if (offset + limit >= page.announcedTotal!) return records;
  }
}

describe('each write of the client', () => {
  beforeAll(async () => {
    place = await placeIn(api, context);
  });
  afterAll(() => sandbox.control('reset', {}));

  it.each(steps.map((each) => [each.name, each] as const))('%s', async (_, { write, leaves }) => {
    expect(await write(api, place, context)).toMatchObject({ done: true });
    if (!leaves) return;
    const [of, sourcedId, shows] = leaves;
    expect(await api.get(of, sourcedId, context)).toMatchObject({ sourcedId, ...shows });
  });

  it('members of a class are its enrollments', async () => {
    const { rows } = await api.listWithin('schoolClassEnrollments', [place.school.sourcedId, 'w-class'], {}, context);
    expect(rows.map(({ role }) => role)).toEqual(['student', 'student', 'teacher']);
  });

  it('a second removal is one too, and the id stays taken', async () => {
    expect(await api.remove('users', 'w-parent', context)).toMatchObject({ done: true });
    const again = await api.replace('users', 'w-parent', (await personWithin('w-parent'))!, context);
    expect(again).toMatchObject({ done: true });
    const created = await api.create('users', (await personWithin('w-parent'))!, context);
    expect(created).toMatchObject({ done: false, reason: 'exists' });
  });
});

describe('a write whose end is not known', () => {
  const course = () => ({ sourcedId: 'in-doubt', status: 'active', title: 'Algebra 6', org: place.school }) as const;
  const closeOnce = (path: string) => sandbox.control('faults', { fault: 'close', times: 1, path: `${base}/${path}` });

  it('is made once, and known as done by what is there', async () => {
    await sandbox.control('log', undefined, 'DELETE');
    await closeOnce('courses');
    expect(await api.create('courses', course(), context)).toEqual({ done: true, sourcedId: 'in-doubt' });
    const { requests } = (await sandbox.control('log')) as { requests: Record<string, number> };
    const counts = ['courses', 'courses/{sourcedId}'].map((path) => requests[`${base}/${path}`]);
    expect(counts).toEqual([1, 1]);
    expect((await api.list('courses', { filter: "sourcedId='in-doubt'" }, context)).total).toBe(1);
  });

  it('is known as refused where another record stands under its id', async () => {
    const unit = { sourcedId: 'unit', status: 'active', title: 'Unit', course: { sourcedId: 'in-doubt' } };
    const lesson = { sourcedId: 'lesson', status: 'active', title: 'One', courseComponent: { sourcedId: 'unit' } };
    const kept = { ...lesson, resource: { sourcedId: 'somewhere' } };
    expect(await api.create('courseComponents', unit, context)).toMatchObject({ done: true });
    expect(await api.create('componentResources', kept, context)).toMatchObject({ done: true });
    // Here a taken id is a 500, as seen live.
    const other = await api.create('componentResources', { ...kept, title: 'Two' }, context);
    expect(other).toMatchObject({ done: false, reason: 'exists' });
  });
});

const personWithin = async (sourcedId: string) => ({
  sourcedId,
  enabledUser: true,
  givenName: 'Runa',
  familyName: 'Ahlgren',
  roles: [{ roleType: 'primary', role: 'parent', org: place.school } as const],
  email: 'runa@example.org',
});

describe('a sync', () => {
  it('sees what was created at the end, what was changed in its place, what was removed as ended, and nothing else', async () => {
    place = await placeIn(api, context);
    const before = await synced('users');
    const [first, second] = before as { sourcedId: string }[];
    const person = { ...(await personWithin(first!.sourcedId)), givenName: 'Ylva' };
    await api.replace('users', first!.sourcedId, person, context);
    await api.remove('users', second!.sourcedId, context);
    await api.create('users', { ...person, sourcedId: 'a-new-one' }, context);

    const after = await synced('users');
    const ids = (records: Record<string, unknown>[]) => records.map(({ sourcedId }) => sourcedId);
    expect(ids(after)).toEqual([...ids(before), 'a-new-one']);
    expect(after[0]).toMatchObject({ givenName: 'Ylva', agents: [] });
    expect(after[1]).toMatchObject({ status: 'tobedeleted', givenName: before[1]!.givenName });
    expect(after.slice(2, -1)).toEqual(before.slice(2));

    const since = [after[0], after[1], after.at(-1)].map((record) => record!.dateLastModified as string).toSorted()[0]!;
    expect(ids(await synced('users', since))).toEqual([first!.sourcedId, second!.sourcedId, 'a-new-one']);
  });

  it.each(['orgs', 'academicSessions', 'courses', 'classes', 'enrollments'] as const)(
    'reads written %s',
    async (of) => {
      const writes = steps.filter(({ name }) => /^create (orgs|users|courses|classes|enrollments|academic)/.test(name));
      if (!(await api.get('orgs', 'w-org', context))) {
        place = await placeIn(api, context);
        for (const { write } of writes) await write(api, place, context);
      }
      expect((await synced(of)).at(-1)).toMatchObject({ sourcedId: expect.stringMatching(/^w-/), status: 'active' });
    },
  );

  it('sees the district as it was after a reset', async () => {
    await sandbox.control('reset', {});
    expect((await synced('users')).at(-1)!.sourcedId).not.toMatch(/^w-|^a-new/);
    expect(await api.get('orgs', 'w-org', context)).toBeNull();
  });
});
