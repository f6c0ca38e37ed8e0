/**
 * Limits and circuits that all who call providers share: all processes on one connection to Redis that may go away and come back at any
 * time, or the clients of this process where there is no Redis.
 */
import {
  LocalCircuitBoard,
  LocalRateLimiter,
  type CircuitBoard,
  type Clock,
  type Log,
  type RateLimiter,
} from '@rollcall/connectors';
import { Redis } from 'ioredis';
import { SharedCircuitBoard } from './circuit-board.js';
import { SharedRateLimiter } from './rate-limiter.js';

export interface SharedLimits {
  readonly limiter: RateLimiter;
  readonly circuits: CircuitBoard;
  /** For whoever calls us: apart from the providers' limits, which a flood of callers must not push out of memory. */
  readonly callers: RateLimiter;
  close(): void;
}

/** Answers are needed at once: a slow Redis counts as one that is away. */
const commandTimeoutMs = 500;
const logEveryMs = 60_000;
/** Not known; too many makes each a little slower while Redis is away, too few asks too much of the provider. */
const processesAtMost = 4;

export function openSharedLimits(
  redisUrl: string | undefined,
  prefix: string,
  { clock, log }: { clock: Clock; log: Log },
): SharedLimits {
  if (!redisUrl)
    return {
      limiter: new LocalRateLimiter(clock),
      circuits: new LocalCircuitBoard(clock),
      callers: new LocalRateLimiter(clock),
      close: () => undefined,
    };
  const redis = new Redis(redisUrl, {
    connectTimeout: 3_000,
    connectionName: 'rollcall-limits',
    commandTimeout: commandTimeoutMs,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: (times) => Math.min(times * 100, 1_000),
  });
  let loggedAt = Number.NEGATIVE_INFINITY;
  const onAway = ({ name }: Error) => {
    if (clock.now() - loggedAt < logEveryMs) return;
    loggedAt = clock.now();
    log.warn('limits.redis-lost', { errorName: name });
  };
  redis.on('error', onAway);
  const settings = { redis, prefix, clock, onAway };
  return {
    limiter: new SharedRateLimiter({ ...settings, processes: processesAtMost }),
    circuits: new SharedCircuitBoard(settings),
    callers: new SharedRateLimiter({ ...settings, prefix: `${prefix}callers:`, processes: processesAtMost }),
    close: () => redis.disconnect(),
  };
}
