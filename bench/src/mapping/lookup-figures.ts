/**
 * Look-ups one by one and in batches of 500, of ids drawn evenly: among those that a warm cache holds, and for the database among all. What
 * is timed is the service as its callers have it, with the proof that nothing it serves is out of date.
 */
import { Redis } from 'ioredis';
import { externalIdAt, type Filled } from './fill-mappings.js';
import { quietMetrics, type MappingParts } from './mapping-parts.js';

export interface LookupFigures {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly lookupsPerSecond: number;
}

interface Task {
  readonly parts: MappingParts;
  readonly url: string;
  readonly filled: Filled;
  readonly log: (line: string) => void;
}

type Service = InstanceType<MappingParts['ExternalIdMappingService']>;
type Store = ConstructorParameters<MappingParts['LinkReader']>[0]['store'];

const batch = 500;
const warmIds = 50_000;
const singles = 5_000;
const batchSeconds = 5;
const now = () => performance.now();

export async function measureLookups({ parts, url, filled, log }: Task) {
  const redisServer = await parts.RedisUnderTest.open();
  const redis = new Redis(redisServer.directUrl);
  try {
    const local = new parts.LocalLookupStore({ limit: 100_000, forMs: 1_800_000, now });
    let away = 0;
    const onAway = () => void (away += 1);
    const shared = new parts.SharedLookupStore({ redis, prefix: '{bench}', forMs: 1_800_000, now, onAway });
    const measure = (name: string, store: Store, ids: number) =>
      measureOne(name, store, ids, { parts, url, filled, log });
    const figures = {
      inProcess: await measure('in process', local, Math.min(warmIds, filled.records)),
      redis: await measure('redis', shared, Math.min(warmIds, filled.records)),
      database: await measure('database', null, filled.records),
    };
    if (away > 0) log(`mapping: Redis was too slow ${away} times, and left alone for a second each`);
    return figures;
  } finally {
    redis.disconnect();
    await redisServer.close();
  }
}

async function measureOne(name: string, store: Store, ids: number, { parts, url, filled, log }: Task) {
  const db = new parts.Database(url, { connections: 4 });
  try {
    const reader = new parts.LinkReader({ db, store, metrics: quietMetrics });
    const service = new parts.ExternalIdMappingService(db, reader);
    const scope = { tenantId: filled.tenantId, integrationId: filled.integrationId, entity: 'users' } as const;
    const drawn = () => externalIdAt(1 + Math.floor(Math.random() * ids));
    if (store !== null)
      for (let at = 1; at <= ids; at += 5_000)
        await service.findMany(
          scope,
          Array.from({ length: Math.min(5_000, ids - at + 1) }, (_, n) => externalIdAt(at + n)),
        );
    await timed(service, scope, 500, drawn);
    const times = (await timed(service, scope, singles, drawn)).toSorted((a, b) => a - b);
    const figures: LookupFigures = {
      p50Ms: rounded(times[Math.floor(times.length * 0.5)]!),
      p99Ms: rounded(times[Math.floor(times.length * 0.99)]!),
      lookupsPerSecond: Math.round(await inBatches(service, scope, drawn)),
    };
    log(`mapping: ${name} ${JSON.stringify(figures)}`);
    return figures;
  } finally {
    await db.close();
  }
}

type Scope = Parameters<Service['find']>[0];

async function timed(service: Service, scope: Scope, count: number, drawn: () => string): Promise<number[]> {
  const times: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const id = drawn();
    const began = now();
    if ((await service.toLocal(scope, id)) === null) throw new Error('a mapping was not found');
    times.push(now() - began);
  }
  return times;
}

async function inBatches(service: Service, scope: Scope, drawn: () => string): Promise<number> {
  const began = now();
  let found = 0;
  while (now() - began < batchSeconds * 1000) {
    const ids = Array.from({ length: batch }, drawn);
    const links = await service.findMany(scope, ids);
    if (links.size !== new Set(ids).size) throw new Error('mappings were not found');
    found += batch;
  }
  return found / ((now() - began) / 1000);
}

const rounded = (ms: number): number => Number(ms.toFixed(3));
