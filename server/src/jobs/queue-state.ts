/** How the queue fares, for people: which backend it is on, and what about it needs their attention. Never throws. */
import { connect, type QueueAddress } from './queue-backend.js';

export interface QueueState {
  readonly backend: 'postgresql' | 'redis';
  /** One sentence with what to do; null when all is well. */
  readonly warning: string | null;
}

const away =
  'Redis does not answer: runs are accepted and workers take them up from the database; start it, or correct its address.';

export async function queueState({ redisUrl }: QueueAddress): Promise<QueueState> {
  if (!redisUrl) return { backend: 'postgresql', warning: null };
  const options = { retryStrategy: () => null, maxRetriesPerRequest: 0, commandTimeout: 2_000, lazyConnect: true };
  const redis = connect(redisUrl, options, () => undefined);
  try {
    await redis.connect();
    return { backend: 'redis', warning: warningOf(await redis.info('memory')) };
  } catch {
    return { backend: 'redis', warning: away };
  } finally {
    redis.disconnect();
  }
}

/** A cache's policy lets Redis forget jobs when memory is short; the sweeper rings again, later than needed. */
function warningOf(memory: string): string | null {
  const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1];
  if (policy === undefined || policy === 'noeviction') return null;
  return `Redis may forget jobs when its memory is full (maxmemory-policy is ${policy}): set it to noeviction.`;
}
