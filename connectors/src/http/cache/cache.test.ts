/** The cache: what it answers, what it asks again, when an old answer may do, and that it never answers for another's question. */
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { arrangedClient, closeArranged } from '../../testing/arranged-client.js';
import { answerJson, type Handler } from '../../testing/fake-source.js';
import { callContext } from '../../testing/ports.js';
import { ResponseCache } from './response-cache.js';
import { ResponseCaches } from './response-caches.js';

afterEach(closeArranged);

const cache = { ttlMs: 60_000, staleIfErrorMs: 600_000 };
const arranged = async (handler: Handler, policy = cache) => {
  const all = await arrangedClient(handler, { endpoints: { 'orgs.get': { cache: policy, maxAttempts: 1 } } });
  const url = `${all.source.baseUrl}/orgs/1`;
  const get = (over = {}) => all.get({ operation: 'orgs.get', url, cacheable: true, ...over });
  return { ...all, get };
};

describe('an operation with a policy', () => {
  it('is answered without a question while it is fresh, and asked for anew by its mark when it is old', async () => {
    const { source, clock, client, get } = await arranged((request, response) => {
      if (request.headers['if-none-match'] === '"v1"') response.writeHead(304, { etag: '"v1"' }).end();
      else answerJson(response, 200, { org: 'x'.repeat(2000) }, { etag: '"v1"' });
    });
    const first = await get();
    expect((await get()).body).toEqual(first.body);
    expect(source.requests).toHaveLength(1);
    clock.advance(60_000);
    expect((await get()).body).toEqual(first.body);
    expect(source.requests).toHaveLength(2);
    expect((await get()).body).toEqual(first.body);
    expect(source.requests).toHaveLength(2);
    expect(client.cache.statistics).toMatchObject({ entries: 1, hits: 2, revalidated: 1, misses: 1 });
    expect(client.cache.statistics.bytes).toBeLessThan(1000);
  });

  it('is asked for by its date where it has no mark, and the new answer replaces the old', async () => {
    const { source, clock, get } = await arranged((_, response, number) =>
      answerJson(response, 200, { n: number }, { 'last-modified': 'Mon, 23 Nov 2026 08:00:00 GMT' }),
    );
    await get();
    clock.advance(60_000);
    expect((await get()).body).toEqual({ n: 2 });
    expect(source.requests[1]!.headers['if-modified-since']).toBe('Mon, 23 Nov 2026 08:00:00 GMT');
    expect((await get()).body).toEqual({ n: 2 });
  });

  it('an old answer stands in for a source that fails, for its time and no longer', async () => {
    const { clock, get } = await arranged((_, response, number) =>
      answerJson(response, number === 1 ? 200 : 500, { n: 1 }),
    );
    await get();
    clock.advance(659_999);
    expect((await get()).body).toEqual({ n: 1 });
    clock.advance(1);
    await expect(get()).rejects.toMatchObject({ code: 'source_unreachable' });
  });

  it.each([403, 404, 401])('an old answer does not stand in for a %d: that is the source’s word', async (status) => {
    const { clock, get } = await arranged((_, response, number) =>
      answerJson(response, number === 1 ? 200 : status, {}),
    );
    await get();
    clock.advance(60_000);
    await expect(get()).rejects.toMatchObject({ name: 'Fault' });
  });

  it('a record that is missing is not kept', async () => {
    const { source, get } = await arranged((_, response, number) => answerJson(response, number === 1 ? 404 : 200, {}));
    expect((await get({ mayBeMissing: true })).body).toBeUndefined();
    expect((await get({ mayBeMissing: true })).body).toEqual({});
    expect(source.requests).toHaveLength(2);
  });

  it('a write to the same kind of record takes its answers away', async () => {
    const { source, client, get } = await arranged((_, response) => answerJson(response, 200, {}));
    await get();
    const url = `${source.baseUrl}/orgs/2`;
    const read = () => ({ value: 'done' });
    await client.send({ operation: 'orgs.replace', method: 'PUT', url, read }, callContext());
    await get();
    expect(source.requests.map(({ method }) => method)).toEqual(['GET', 'PUT', 'GET']);
  });
});

it('a read that does not say it may be cached never is, whatever the policy', async () => {
  const { source, clock, get } = await arranged((_, response, number) =>
    answerJson(response, number < 3 ? 200 : 500, {}, { etag: '"v"' }),
  );
  await get({ cacheable: false });
  clock.advance(1);
  await get({ cacheable: false });
  await expect(get({ cacheable: false })).rejects.toMatchObject({ code: 'source_unreachable' });
  expect(source.requests.some(({ headers }) => 'if-none-match' in headers)).toBe(false);
});

it('a 304 that nobody asked for is no answer', async () => {
  const { get } = await arranged((_, response) => void response.writeHead(304).end());
  await expect(get()).rejects.toMatchObject({ code: 'source_bad_response' });
});

describe('what is remembered of a page instead of its body', () => {
  const page = async (mark: string, restorable = true) => {
    const { source, client } = await arrangedClient((request, response) => {
      if (request.headers['if-none-match'] === mark) response.writeHead(304, { etag: mark }).end();
      else answerJson(response, 200, { rows: 2 }, { etag: mark });
    });
    const remember = {
      keep: (value: string) => Buffer.from(value),
      restore: (kept: Buffer) => (restorable ? `again ${kept.toString()}` : null),
    };
    const read = (body: Buffer) => ({ value: body.toString() });
    const get = async () => {
      const request = { operation: 'users.list', url: `${source.baseUrl}/users/`, read, remember };
      return (await client.get(request, callContext())).value;
    };
    return { conditions: () => source.requests.map(({ headers }) => headers['if-none-match']), get };
  };

  it('stands for the page when the source says by its mark that it is the same', async () => {
    const { conditions, get } = await page('"v1"');
    expect([await get(), await get()]).toEqual(['{"rows":2}', 'again {"rows":2}']);
    expect(conditions()).toEqual([undefined, '"v1"']);
  });

  it('is not kept under a weak mark, which says as good as equal and not equal', async () => {
    const { conditions, get } = await page('W/"v1"');
    expect([await get(), await get()]).toEqual(['{"rows":2}', '{"rows":2}']);
    expect(conditions()).toEqual([undefined, undefined]);
  });

  it('is not asked by when the page could not be made from it', async () => {
    const { conditions, get } = await page('"v1"', false);
    expect([await get(), await get()]).toEqual(['{"rows":2}', '{"rows":2}']);
    expect(conditions()).toEqual([undefined, undefined]);
  });
});

describe('the store', () => {
  it('never holds more than its bytes, gives back exactly what was put, and lets the longest unused go', () => {
    const step = fc.record({ key: fc.integer({ min: 0, max: 12 }), size: fc.nat(3000), put: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.integer({ min: 500, max: 6000 }), (steps, maxBytes) => {
        const store = new ResponseCache(maxBytes);
        const last = new Map<number, string>();
        steps.forEach(({ key, size, put }, at) => {
          const text = `${at}:${Buffer.alloc(size, String(at)).toString()}`;
          const content = Buffer.from(text);
          if (put)
            store.put(String(key), 'orgs', { content, etag: text.slice(0, 3), lastModified: null, confirmedAt: at });
          if (put) last.set(key, text);
          const kept = store.get(String(key));
          if (kept) expect(kept.content.toString()).toBe(last.get(key));
          expect(store.statistics.bytes).toBeLessThanOrEqual(maxBytes);
        });
        store.invalidate(['orgs']);
        expect(store.statistics).toMatchObject({ entries: 0, bytes: 0 });
      }),
    );
  });

  it('each integration of each tenant has its own', () => {
    const caches = new ResponseCaches({ maxBytesEach: 10_000, mostCaches: 2 });
    const kept = { content: Buffer.from('theirs'), etag: '"1"', lastModified: null, confirmedAt: 0 };
    caches.of('tenant-a i').put('orgs.get https://x/1', 'orgs', kept);
    expect(caches.of('tenant-b i').get('orgs.get https://x/1')).toBeNull();
    expect(caches.of('tenant-a i').get('orgs.get https://x/1')).toMatchObject({ etag: '"1"' });
    caches.of('tenant-c i');
    expect([...caches.statistics().keys()]).toEqual(['tenant-a i', 'tenant-c i']);
    caches.forget('tenant-a i');
    expect(caches.of('tenant-a i').get('orgs.get https://x/1')).toBeNull();
  });
});
