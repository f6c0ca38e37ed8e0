/** Warming: who asks first is answered as quickly as who asks later, and a source that fails is asked again by those who need it. */
import { afterEach, expect, it } from '@jest/globals';
import { apiKey } from '../../http/auth/static-credentials.js';
import { BaseApiClient } from '../../http/base-api-client.js';
import { Transport } from '../../http/transport.js';
import { answerJson, FakeSource, type Handler } from '../../testing/fake-source.js';
import { callContext, LeapingClock, realClock, testPorts } from '../../testing/ports.js';
import { TimeBackApiClient } from './timeback-api-client.js';
import { warmCache } from './warm-cache.js';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function arranged(handler: Handler) {
  const source = await FakeSource.start(handler);
  const ports = testPorts(new LeapingClock());
  const transport = new Transport({ attemptTimeoutMs: 2000, maxBodyBytes: 1e6, gzip: false, maxSockets: 4 }, ports);
  open.push(
    () => transport.close(),
    () => source.stop(),
  );
  const times = { deadlineMs: 60_000, maxWaitMs: 5000, baseDelayMs: 10, maxDelayMs: 10 };
  const endpoints = { 'orgs.list': { cache: { ttlMs: 60_000, staleIfErrorMs: 0 } } };
  const client = new BaseApiClient(
    transport,
    apiKey({ key: 'k' }),
    { maxAttempts: 1, maxInFlight: 4, ...times, endpoints },
    ports,
  );
  const settings = { baseUrl: source.baseUrl, rosteringPath: '/r', trailingSlash: true, totalField: 'totalCount' };
  return { source, api: new TimeBackApiClient(settings, client, realClock) };
}

const query = { limit: 100 };

it('has the source asked before anybody needs it, and nobody ask again', async () => {
  const { source, api } = await arranged((_, response) => answerJson(response, 200, { orgs: [{ sourcedId: 'o-1' }] }));
  expect(await warmCache(api, [{ of: 'orgs', query }], callContext())).toEqual([{ of: 'orgs', rows: 1 }]);
  expect((await api.list('orgs', query, callContext())).rows).toEqual([{ sourcedId: 'o-1' }]);
  expect(source.requests).toHaveLength(1);
});

it('goes on past what the source refuses, which is asked again when it is needed', async () => {
  const { source, api } = await arranged((request, response) =>
    request.url!.includes('courses') ? answerJson(response, 500, {}) : answerJson(response, 200, { orgs: [] }),
  );
  const what = [
    { of: 'courses', query },
    { of: 'orgs', query },
  ] as const;
  expect(await warmCache(api, what, callContext())).toEqual([
    { of: 'courses', rows: null },
    { of: 'orgs', rows: 0 },
  ]);
  await expect(api.list('courses', query, callContext())).rejects.toMatchObject({ code: 'source_unreachable' });
  expect(source.requests.filter(({ url }) => url.includes('courses'))).toHaveLength(2);
});

it('ends with the reason of its signal', async () => {
  const { api } = await arranged((_, response) => answerJson(response, 200, { orgs: [] }));
  const signal = AbortSignal.abort(new Error('the worker is to end'));
  await expect(warmCache(api, [{ of: 'orgs', query }], { ...callContext(), signal })).rejects.toThrow('is to end');
});
