/**
 * The contract with TimeBack in both directions: every call of ours against a mock made from the published document, and our sandbox
 * behind a proxy that checks each request and each answer against it. Where the document is absent, the one test says so by its name.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BaseApiClient } from '../../http/base-api-client.js';
import { apiKey } from '../../http/auth/static-credentials.js';
import { Transport } from '../../http/transport.js';
import { answerJson, FakeSource } from '../../testing/fake-source.js';
import { callContext, testPorts } from '../../testing/ports.js';
import { isPublishedAtHand, PublishedApi } from '../../testing/published-api.js';
import { sandboxClient, SandboxProcess } from '../../testing/sandbox-process.js';
import { timebackConfigSchema } from '../config.js';
import { timebackPresets } from '../presets.js';
import { TimeBackRosterProvider } from '../provider.js';
import { nestedLists, resources, type NestedListName, type ResourceName } from './resources.js';
import { everyWrite } from './testing/every-write.js';
import { TimeBackApiClient } from './timeback-api-client.js';

const base = '/ims/oneroster/rostering/v1p2';
/** It would give passwords in clear. */
const neverAsked = ['decryptCredential'];
const context = callContext();
const names = Object.keys(resources) as ResourceName[];
const lists = Object.keys(nestedLists) as NestedListName[];

if (!isPublishedAtHand) {
  it('not run: timeback-openapi.json is absent, so the contract was not checked', () => {
    expect(isPublishedAtHand).toBe(false);
  });
} else {
  const published = new PublishedApi(base);

  describe('our client against a mock made from the document', () => {
    const called = new Set<string>();
    const wrong: string[] = [];
    let source: FakeSource;
    let transport: Transport;
    let api: TimeBackApiClient;

    const answer = (request: IncomingMessage, response: ServerResponse) => {
      const { pathname, searchParams } = new URL(request.url!, 'http://mock');
      const operation = published.find(request.method!, pathname);
      if (!operation) return answerJson(response, 404, { unknown: wrong.push(`${request.method} ${pathname}`) });
      called.add(operation.id);
      const body = source.requests.at(-1)!.body;
      wrong.push(...operation.requestMisfits(searchParams, body).map((each) => `${operation.id}: ${each}`));
      const success = operation.success();
      if (success.body === undefined) response.writeHead(success.status).end();
      else answerJson(response, success.status, success.body);
    };

    beforeAll(async () => {
      source = await FakeSource.start(answer);
      const ports = testPorts();
      transport = new Transport({ attemptTimeoutMs: 5000, maxBodyBytes: 1e6, gzip: true, maxSockets: 4 }, ports);
      const policy = {
        maxAttempts: 2,
        deadlineMs: 20_000,
        maxWaitMs: 100,
        baseDelayMs: 1,
        maxDelayMs: 1,
        maxInFlight: 4,
      };
      const client = new BaseApiClient(transport, apiKey({ key: 'k' }), policy, ports);
      const settings = { baseUrl: source.baseUrl, rosteringPath: base, trailingSlash: true, totalField: 'totalCount' };
      api = new TimeBackApiClient(settings, client, ports.clock);
    });
    afterAll(async () => {
      transport.close();
      await source.stop();
    });

    it.each(names)('reads lists and single records of %s', async (name) => {
      const query = { limit: 5, offset: 0, sort: 'sourcedId', orderBy: 'asc' as const, filter: "status='active'" };
      const page = await api.list(name, query, context);
      expect([page.rows.length, page.unreadable]).toEqual(
        ['courses', 'courseComponents'].includes(name) ? [0, 1] : [1, 0],
      );
      expect(page.total).toBe(1);
      expect(await api.get(name, 'text', context, ['status'])).not.toBeNull();
      expect(wrong.splice(0)).toEqual([]);
    });

    it.each(lists)('reads the list %s', async (name) => {
      const ids = nestedLists[name].path
        .split('{}')
        .slice(1)
        .map((_, at) => `id-${at}`);
      const paged = name.startsWith('userAgent') ? {} : { limit: 5 };
      expect((await api.listWithin(name, ids, paged, context)).rows.length + 1).toBeGreaterThan(0);
      expect(wrong.splice(0)).toEqual([]);
    });

    it('reads a user with demographics', async () => {
      expect(await api.userWithDemographics('u', context)).not.toBeNull();
      expect(wrong.splice(0)).toEqual([]);
    });

    it.each(everyWrite.map(([name, write]) => [name, write] as const))(
      'writes as the document asks: %s',
      async (_, write) => {
        expect(await write(api, context)).toMatchObject({ done: true });
        expect(wrong.splice(0)).toEqual([]);
      },
    );

    it('has a call for every roster operation of the document but those never asked for, and for no other', () => {
      expect(published.ids.filter((id) => !called.has(id)).toSorted()).toEqual(neverAsked);
    });
  });

  describe('our sandbox behind a proxy that checks', () => {
    const wrong: string[] = [];
    let sandbox: SandboxProcess;
    let proxy: FakeSource;
    let provider: TimeBackRosterProvider;
    let checked = 0;

    const pass = async (request: IncomingMessage, response: ServerResponse) => {
      const url = new URL(request.url!, sandbox.baseUrl);
      const { method, headers, body } = proxy.requests.at(-1)!;
      const { authorization = '', 'content-type': type = 'application/json' } = headers;
      const init = { method, headers: { authorization, 'content-type': type }, ...(body ? { body } : {}) };
      const answered = await fetch(url, init);
      const text = await answered.text();
      const operation = published.find(method, url.pathname);
      if (operation) {
        checked += 1;
        const misfits = [
          ...operation.requestMisfits(url.searchParams, body),
          ...operation.answerMisfits(answered.status, text),
        ];
        wrong.push(...misfits.map((each) => `${operation.id}: ${each}`));
      } else if (url.pathname.startsWith(base)) wrong.push(`${method} ${url.pathname} is not in the document`);
      response.writeHead(answered.status, { 'content-type': 'application/json' }).end(text);
    };

    beforeAll(async () => {
      sandbox = await SandboxProcess.start(['--students', '80', '--seed', '3']);
      proxy = await FakeSource.start((request, response) => void pass(request, response));
      const settings = { ...timebackPresets.sandbox(proxy.baseUrl), ...sandboxClient, maxInFlight: 1 };
      provider = new TimeBackRosterProvider('district', timebackConfigSchema.parse(settings), testPorts());
      await provider.start();
    });
    afterAll(async () => {
      await provider.stop();
      await proxy.stop();
      await sandbox.stop();
    });

    const served = names.filter((name) => !['courseComponents', 'componentResources'].includes(name));

    it.each(served)(
      'lists, single records and look-ups of %s fit, in what we ask and in what it answers',
      async (name) => {
        const before = checked;
        const page = await provider.api.list(name, { limit: 50, offset: 0 }, context);
        expect(page.unreadable).toBe(0);
        const ids = page.rows.slice(0, 5).map(({ sourcedId }) => sourcedId);
        const found = await Promise.all(ids.map((id) => provider.api.find(name, id, context)));
        expect(found.map((row) => row?.sourcedId)).toEqual(ids);
        expect((await provider.api.get(name, ids[0]!, context))?.sourcedId).toBe(ids[0]);
        expect(await provider.api.get(name, 'nobody', context)).toBeNull();
        // The five look-ups are one call.
        expect(checked - before).toBe(4);
        expect(wrong.splice(0)).toEqual([]);
      },
    );

    /** The live API gives `users` there, and so does the sandbox; the document says otherwise. */
    const knownToDiffer = /^get(Students|Teachers)ForClass: \$\.(students|teachers) is missing$/;

    it.each(lists)('the list %s fits, in what we ask and in what it answers', async (name) => {
      const first = async (of: ResourceName, at = 0) =>
        (await provider.api.list(of, { limit: 20 }, context)).rows[at]!.sourcedId;
      const [enrollment] = (await provider.api.list('enrollments', { limit: 1 }, context)).rows;
      const holders = { classes: enrollment!.class!.sourcedId, users: enrollment!.user!.sourcedId };
      const own = { ...holders, schools: enrollment!.school!.sourcedId, students: holders.users };
      const ids = [...nestedLists[name].path.matchAll(/(\w+)\/\{\}/g)].map(([, of]) => own[of as keyof typeof own]);
      const holder = nestedLists[name].path.split('/')[0] as ResourceName;
      const known = await Promise.all(ids.map(async (id) => id ?? (await first(holder))));
      const paged = name.startsWith('userAgent') ? {} : { limit: 10 };
      const page = await provider.api.listWithin(name, known, paged, context);
      expect(page.unreadable).toBe(0);

      expect(wrong.splice(0).filter((each) => !knownToDiffer.test(each))).toEqual([]);
    });

    it('the pages that the sync reads fit', async () => {
      await provider.readPage('enrollments', { offset: 0, limit: 100 }, context);
      expect(wrong.splice(0)).toEqual([]);
    });
  });
}
