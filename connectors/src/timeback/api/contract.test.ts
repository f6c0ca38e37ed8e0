/**
 * The contract with TimeBack, our half: every call of ours against a mock made from the published document. The other half is
 * `sandbox-contract.test.ts`. Where the document is absent, the one test says so by its name.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BaseApiClient } from '../../http/base-api-client.js';
import { apiKey } from '../../http/auth/static-credentials.js';
import { Transport } from '../../http/transport.js';
import { answerJson, FakeSource } from '../../testing/fake-source.js';
import { callContext, testPorts } from '../../testing/ports.js';
import { isPublishedAtHand, PublishedApi } from '../../testing/published-api.js';
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
}
