/**
 * The promise of the cache: nothing it serves is older than the last committed change by more than a tenth of a second, whatever is written
 * by whomever, flushed or restarted in whatever order; and a cache that is away or full of nonsense costs time, never truth.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import type { LookupStore } from '../cluster/lookup-store.js';
import { SharedLookupStore } from '../cluster/shared-lookup-store.js';
import { Database } from '../store/database.js';
import type { ExternalIdMappingService } from '../mapping/external-id-mapping-service.js';
import { RedisUnderTest } from '../jobs/testing/redis-under-test.js';
import {
  by,
  localStore,
  mappingUnderTest,
  noMetrics,
  type MappingUnderTest,
} from '../mapping/testing/mapping-under-test.js';
import { LinkReader } from '../mapping/cache/link-reader.js';

let under: MappingUnderTest;
let server: RedisUnderTest;
let redis: Redis;
let people: string[];
const keys = ['k0', 'k1', 'k2', 'k3'];

beforeAll(async () => {
  under = await mappingUnderTest('mapping_cache');
  server = await RedisUnderTest.open();
  redis = new Redis(server.url, { maxRetriesPerRequest: 0, enableOfflineQueue: false, retryStrategy: () => 20 });
  redis.on('error', () => undefined);
  people = await under.people(40);
  await under.service.linkMany(
    under.users,
    keys.map((externalId, at) => ({ externalId, localId: people[at]! })),
    by,
  );
});
afterAll(async () => {
  redis.disconnect();
  await server.close();
  await under.close();
});

const prefix = `{mapping-cache-${process.pid}}`;
const shared = () =>
  new SharedLookupStore({ redis, prefix, forMs: 60_000, now: () => performance.now(), onAway: () => undefined });
const flush = async () => {
  const all = await redis.keys(`${prefix}*`);
  if (all.length > 0) await redis.del(all);
};

/** What each key meant, and since when at the latest that was committed. */
class History {
  readonly #of = new Map<string, { value: string; from: number; until: number }[]>();

  /** `began` and `ended` surround the commit. */
  note(key: string, value: string, began: number, ended: number): void {
    const all = this.#of.get(key) ?? [];
    const last = all.at(-1);
    if (last) last.until = ended;
    all.push({ value, from: began, until: Infinity });
    this.#of.set(key, all);
  }

  /** What could be served to whoever asked then and was answered now: anything true between a tenth of a second before and the answer. */
  allowed(key: string, asked: number, answered: number): string[] {
    return this.#of
      .get(key)!
      .filter(({ from, until }) => from <= answered && until >= asked - 100)
      .map(({ value }) => value);
  }
}

type Step =
  | { readonly do: 'write' | 'bulk' | 'flush' | 'restart' | 'pause'; readonly who: number; readonly key: number }
  | { readonly do: 'read'; readonly who: number; readonly key: number };
const step: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom('write', 'bulk', 'read', 'read', 'read', 'read', 'flush', 'restart', 'pause'),
  who: fc.nat(2),
  key: fc.nat(keys.length - 1),
});

/** Writes as a sync does: in one statement of its own connection, without a word to any service. */
const asSync = (key: string, localId: string) =>
  under.database.sql(
    `UPDATE external_system_mappings SET local_id = CASE WHEN external_id = $1 THEN $2::uuid ELSE local_id END, version = version + 1
     WHERE tenant_id = $3 AND entity = 'users' AND external_id LIKE 'k%'`,
    [key, localId, under.users.tenantId],
  );

describe.each<[string, () => LookupStore]>([
  ['in each process', localStore],
  ['in Redis', shared],
])('the cache %s', (_, store) => {
  test('never serves what is older than the last committed change by more than 100 ms', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
        const processes: ExternalIdMappingService[] = [0, 1, 2].map(() => under.process(store()));
        const history = new History();
        for (const key of keys) history.note(key, (await processes[0]!.toLocal(under.users, key))!, -Infinity, 0);
        let next = 4;
        const spare = () => people[4 + (next++ % 36)]!;
        const writing = { of: Promise.resolve() };
        const write = async (before: Promise<void>, what: string, name: string) => {
          await before;
          const value = spare();
          const began = performance.now();
          if (what === 'bulk') await asSync(name, value);
          else await under.service.relink(under.users, name, value, by).catch(() => asSync(name, value));
          history.note(name, value, began, performance.now());
        };
        for (const { do: what, who, key } of steps) {
          const name = keys[key]!;
          if (what === 'restart') processes[who] = under.process(store());
          if (what === 'flush') await flush();
          if (what === 'pause') await new Promise((done) => setTimeout(done, who * 45));
          if (what === 'write' || what === 'bulk')
            // Not waited for: reads meet it half way.
            writing.of = write(writing.of, what, name);
          if (what === 'read') {
            const asked = performance.now();
            const served = await processes[who]!.toLocal(under.users, name);
            const answered = performance.now();
            await writing.of;
            expect(history.allowed(name, asked, answered)).toContain(served);
          }
        }
        await writing.of;
      }),
      { numRuns: 6 },
    );
  });

  test('serves a hit without the database, and a change of another process within 100 ms', async () => {
    const reader = under.process(store());
    await reader.toLocal(under.users, 'k0');
    const counted = new Map<string, number>();
    const metrics = {
      ...noMetrics,
      count: (name: string, labels: object, n = 1) => {
        const key = `${name} ${Object.values(labels).join(' ')}`;
        counted.set(key, (counted.get(key) ?? 0) + n);
      },
    };
    const db = new Database(under.database.urls.app, { connections: 2 });
    const kept = store();
    const one = new LinkReader({ db, store: kept, metrics });
    // A Redis that answers slowly, as it may on a busy machine, is left alone for a second.
    const hits = () => counted.get('rollcall_mapping_lookups_total external hit') ?? 0;
    for (let looks = 0; hits() < 2 && looks < 500; looks += 1) {
      await one.byExternalId(under.users, ['k1', 'never']);
      await new Promise((done) => setTimeout(done, 10));
    }
    expect(hits()).toBeGreaterThanOrEqual(2);
    const [fresh] = (await under.people(1)) as [string];
    await asSync('k1', fresh);
    await new Promise((done) => setTimeout(done, 100));
    expect((await one.byExternalId(under.users, ['k1'])).get('k1')).toMatchObject({ localId: fresh });
    await db.close();
  });
});

test('whoever asks for the same at once asks the database once', async () => {
  let asked = 0;
  const db = new Database(under.database.urls.app, { connections: 4 });
  const store = localStore();
  const counting = {
    get size() {
      return store.size;
    },
    limit: 10,
    stats: store.stats,
    get: (all: readonly string[]) => store.get(all),
    set: (all: Parameters<LookupStore['set']>[0]) => {
      asked += 1;
      return store.set(all);
    },
  };
  const reader = new LinkReader({ db, store: counting, metrics: noMetrics });
  await Promise.all(Array.from({ length: 50 }, () => reader.byExternalId(under.users, ['k2'])));
  expect(asked).toBe(1);
  await db.close();
});

test('the cache in a process stays within its bound and gives up what was asked for the longest ago', () => {
  const store = localStore(3);
  store.set(['a', 'b', 'c'].map((key) => [key, { key }]));
  store.get(['a']);
  store.set([['d', { key: 'd' }]]);
  expect([store.size, store.stats.evictions]).toEqual([3, 1]);
  expect(store.get(['a', 'b'])).toEqual([{ key: 'a' }, null]);
});

describe('a Redis that cannot be trusted', () => {
  test('with nonsense in it is passed over', async () => {
    const one = under.process(shared());
    const right = await one.toLocal(under.users, 'k3');
    while ((await redis.keys(`${prefix}*k3`)).length === 0) await one.toLocal(under.users, 'k3');
    for (const nonsense of [
      'nonsense',
      '42',
      '[]',
      '{}',
      '{"at":"1:2:","links":[null]}',
      '{"at":"x","links":[]}',
      '[1]',
      '["x"]',
      '["1:2:",[]]',
      '["1:2:",["x","gone",1]]',
    ])
      for (const key of await redis.keys(`${prefix}*k3`)) {
        await redis.set(key, nonsense);
        expect([nonsense, await one.toLocal(under.users, 'k3')]).toEqual([nonsense, right]);
      }
    expect((await redis.keys(`${prefix}*k3`)).length).toBeGreaterThan(0);
  });

  test('that is away is done without, and used again when it is back', async () => {
    const one = under.process(shared());
    const right = await one.toLocal(under.users, 'k3');
    await server.leave();
    for (const _ of [1, 2, 3]) expect(await one.toLocal(under.users, 'k3')).toBe(right);
    await server.comeBack();
    expect(await one.toLocal(under.users, 'k3')).toBe(right);
  });
});
