/** The store of look-ups that a process has: Redis where there is one, its own memory where there is none. */
import type { Clock, Log, Metrics } from '@rollcall/connectors';
import { Redis } from 'ioredis';
import { LocalLookupStore, type LookupStore } from './lookup-store.js';
import { SharedLookupStore } from './shared-lookup-store.js';

/** Below the time for which marks of changes are kept. */
const keptForMs = 1_800_000;
const mostEntries = 100_000;
const logEveryMs = 60_000;

export interface OpenedStore {
  readonly store: LookupStore;
  close(): void;
}

export function openLookupStore(
  redisUrl: string | undefined,
  prefix: string,
  { clock, log, metrics }: { clock: Clock; log: Log; metrics: Metrics },
): OpenedStore {
  const now = () => performance.now();
  if (!redisUrl)
    return { store: new LocalLookupStore({ limit: mostEntries, forMs: keptForMs, now }), close: () => undefined };
  const redis = new Redis(redisUrl, {
    connectTimeout: 3_000,
    connectionName: 'rollcall-mappings',
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: (times) => Math.min(times * 100, 1_000),
  });
  let loggedAt = Number.NEGATIVE_INFINITY;
  const onAway = ({ name }: Error) => {
    metrics.count('rollcall_mapping_cache_away_total', {});
    if (clock.now() - loggedAt < logEveryMs) return;
    loggedAt = clock.now();
    log.warn('mappings.redis-lost', { errorName: name });
  };
  redis.on('error', () => undefined);
  return {
    store: new SharedLookupStore({ redis, prefix, forMs: keptForMs, now, onAway }),
    close: () => redis.disconnect(),
  };
}
