/**
 * The contract with TimeBack, the sandbox's half: behind a proxy that checks each request and each answer against the published document,
 * every operation is asked for, reads and writes. Where the document is absent, the one test says so by its name.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { callContext, testPorts } from '../../testing/ports.js';
import { isPublishedAtHand, PublishedApi } from '../../testing/published-api.js';
import { sandboxClient, SandboxProcess } from '../../testing/sandbox-process.js';
import { timebackConfigSchema } from '../config.js';
import { timebackPresets } from '../presets.js';
import { TimeBackRosterProvider } from '../provider.js';
import { nestedLists, resources, type NestedListName, type ResourceName } from './resources.js';
import { CheckingProxy } from './testing/checking-proxy.js';
import { type Place, placeIn, steps } from './testing/written-district.js';
import type { TimeBackApiClient } from './timeback-api-client.js';

const base = '/ims/oneroster/rostering/v1p2';
/** It would give passwords in clear. */
const neverAsked = ['decryptCredential'];
const nothing = { asked: [], answered: [] };
const context = callContext();
const lists = Object.keys(nestedLists) as NestedListName[];
/** Course content is there only once it was written. */
const content: readonly ResourceName[] = ['courseComponents', 'componentResources'];
const served = (Object.keys(resources) as ResourceName[]).filter((name) => !content.includes(name));

if (!isPublishedAtHand) {
  it('not run: timeback-openapi.json is absent, so the sandbox was not checked against it', () => {
    expect(isPublishedAtHand).toBe(false);
  });
} else {
  describe('our sandbox behind a proxy that checks', () => {
    const published = new PublishedApi(base);
    let sandbox: SandboxProcess;
    let proxy: CheckingProxy;
    let provider: TimeBackRosterProvider;
    let api: TimeBackApiClient;
    let place: Place;

    beforeAll(async () => {
      sandbox = await SandboxProcess.start(['--students', '80', '--seed', '3']);
      proxy = await CheckingProxy.start(sandbox.baseUrl, published, base);
      const settings = { ...timebackPresets.sandbox(proxy.baseUrl), ...sandboxClient, maxInFlight: 1 };
      provider = new TimeBackRosterProvider('district', timebackConfigSchema.parse(settings), testPorts());
      await provider.start();
      api = provider.api;
      place = await placeIn(api, context);
    });
    afterAll(async () => {
      await provider.stop();
      await proxy.stop();
      await sandbox.stop();
    });

    const readsOf = async (name: ResourceName) => {
      const page = await api.list(name, { limit: 50, offset: 0 }, context);
      expect(page.unreadable).toBe(0);
      const ids = page.rows.slice(0, 5).map(({ sourcedId }) => sourcedId);
      const found = await Promise.all(ids.map((id) => api.find(name, id, context)));
      expect(found.map((row) => row?.sourcedId)).toEqual(ids);
      expect((await api.get(name, ids[0]!, context))?.sourcedId).toBe(ids[0]);
      expect(await api.get(name, 'nobody', context)).toBeNull();
      return page.rows.length;
    };

    it.each(served)('lists, single records and look-ups of %s fit', async (name) => {
      const before = proxy.checked;
      await readsOf(name);
      // The five look-ups are one call.
      expect(proxy.checked - before).toBe(4);
      expect(proxy.misfits()).toEqual(nothing);
    });

    /** The live API gives `users` there, and so does the sandbox; the document says otherwise. */
    const knownToDiffer = /^get(Students|Teachers)ForClass: \$\.(students|teachers) is missing$/;

    it.each(lists)('the list %s fits', async (name) => {
      const [enrollment] = (await api.list('enrollments', { limit: 1 }, context)).rows;
      const holders = { classes: enrollment!.class!.sourcedId, users: enrollment!.user!.sourcedId };
      const own = { ...holders, schools: enrollment!.school!.sourcedId, students: holders.users };
      const first = async (of: ResourceName) => (await api.list(of, { limit: 20 }, context)).rows[0]!.sourcedId;
      const ids = [...nestedLists[name].path.matchAll(/(\w+)\/\{\}/g)].map(([, of]) => own[of as keyof typeof own]);
      const holder = nestedLists[name].path.split('/')[0] as ResourceName;
      const known = await Promise.all(ids.map(async (id) => id ?? (await first(holder))));
      const paged = name.startsWith('userAgent') ? {} : { limit: 10 };
      expect((await api.listWithin(name, known, paged, context)).unreadable).toBe(0);
      const { asked, answered } = proxy.misfits();
      expect([asked, answered.filter((each) => !knownToDiffer.test(each))]).toEqual([[], []]);
    });

    it('the pages that the sync reads fit, and so does a user with demographics', async () => {
      await provider.readPage('enrollments', { offset: 0, limit: 100 }, context);
      const [student] = (await api.list('students', { limit: 1 }, context)).rows;
      expect((await api.userWithDemographics(student!.sourcedId, context))?.demographics).not.toBeNull();
      const [teacher] = (await api.list('teachers', { limit: 1 }, context)).rows;
      expect((await api.userWithDemographics(teacher!.sourcedId, context))?.demographics).toBeNull();
      expect(proxy.misfits()).toEqual(nothing);
    });

    it.each(steps.map((each) => [each.name, each] as const))(
      'the answer of a write fits, and what it leaves to be read: %s',
      async (_, { write, leaves }) => {
        expect(await write(api, place, context)).toMatchObject({ done: true });
        if (leaves) expect(await api.get(leaves[0], leaves[1], context)).not.toBeNull();
        expect(proxy.misfits()).toEqual(nothing);
      },
    );

    it.each([...served, ...content])('%s with written records among them fit', async (name) => {
      const { rows } = await api.list(name, { limit: 3000 }, context);
      expect(rows.length).toBeGreaterThan(0);
      if (content.includes(name)) await readsOf(name);
      expect(proxy.misfits()).toEqual(nothing);
    });

    it.each([
      ['missing', 404, () => api.remove('users', 'nobody', context)],
      ['missing', 404, () => api.replace('classes', 'nobody', { title: 'x' }, context)],
      ['missing', 404, () => api.create('enrollments', { role: 'student', user: at, class: at }, context)],
      ['invalid', 422, () => api.create('users', { givenName: 'Edda' } as never, context)],
      ['invalid', 422, () => api.changeEnrollment('w-enrollment', { role: 'wizard' as never }, context)],
      ['invalid', 422, () => api.addAgent('w-user', '', context)],
      ['exists', 404, () => api.create('courses', { ...course(), sourcedId: 'w-course' }, context)],
      ['exists', 422, () => api.create('demographics', { sourcedId: 'w-user' }, context)],
    ] as const)('a refusal fits: %s with %d, number %#', async (reason, status, write) => {
      expect(await write()).toMatchObject({ done: false, reason, status });
      expect(proxy.misfits().answered).toEqual([]);
    });

    const at = { sourcedId: 'nobody' };
    const course = () => ({ status: 'active', title: 'Geometry', org: place.school }) as const;

    it('every roster operation of the document was asked for but those never asked for', () => {
      expect(published.ids.filter((id) => !proxy.called.has(id)).toSorted()).toEqual(neverAsked);
    });
  });
}
