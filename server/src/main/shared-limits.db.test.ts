/** Limits and circuits through a real Redis keep the laws of those in process, among processes, and go on while Redis is away. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Log } from '@rollcall/connectors';
import { Redis } from 'ioredis';
import { circuitLaws } from '../../../connectors/src/testing/circuit-laws.js';
import { limiterLaws } from '../../../connectors/src/testing/limiter-laws.js';
import { realClock, testPorts } from '../../../connectors/src/testing/ports.js';
import { RedisUnderTest } from '../jobs/testing/redis-under-test.js';
import { SharedCircuitBoard } from '../cluster/circuit-board.js';
import { SharedRateLimiter } from '../cluster/rate-limiter.js';
import { openSharedLimits } from '../cluster/shared-limits.js';

const prefix = `{rollcall-limits-test-${process.pid}}`;
const fail = (error: Error) => {
  throw error;
};
let server: RedisUnderTest;
let connections: Redis[];

beforeAll(async () => {
  server = await RedisUnderTest.open();
  connections = [new Redis(server.url), new Redis(server.url)];
});
afterAll(async () => {
  for (const redis of connections) redis.disconnect();
  await server.close();
});

describe('the limiter through Redis, shared by two', () => {
  it.each(limiterLaws.map((law) => [law.name, law] as const))('%s', (_, law) =>
    law.check(
      (clock) =>
        connections.map(
          (redis) =>
            new SharedRateLimiter({
              redis,
              prefix,
              clock,
              processes: 2,
              onAway: fail,
              nowUs: () => clock.now() * 1000,
            }),
        ),
      60,
    ),
  );
});

describe('the circuit board through Redis', () => {
  it.each(circuitLaws.map((law) => [law.name, law] as const))('%s', (_, law) =>
    law.check(
      (clock) =>
        new SharedCircuitBoard({ redis: connections[0]!, prefix, clock, onAway: fail, nowMs: () => clock.now() }),
      6,
    ),
  );
});

describe('while Redis is away', () => {
  const limit = { perSecond: 1, burst: 8, perWindow: 100, windowMs: 60_000, interactiveShare: 0 };

  it('each process keeps to a quarter of the limit; when it is back the whole holds again; said once in the log', async () => {
    const ports = testPorts();
    const begun = Date.now();
    const { limiter, circuits, close } = openSharedLimits(server.url, prefix, {
      clock: realClock,
      log: ports.log as Log,
    });
    const granted = async (key: string) => {
      const waits = await Promise.all(Array.from({ length: 20 }, () => limiter.take(key, limit, 'background')));
      return waits.filter((wait) => wait === 0).length;
    };
    try {
      await until(async () => (await granted(`warm-${Math.random()}`)) === 8);
      await server.leave();
      await until(async () => (await granted(`away-${Math.random()}`)) === 2);
      expect(await circuits.ask('x', 1000)).toBe('closed');
      expect(await circuits.trip('x', { openMs: 1000, longestOpenMs: 1000 })).toBe(1000);
      await server.comeBack();
      await until(async () => (await granted(`back-${Math.random()}`)) === 8);
      const said = ports.lines.filter(({ event }) => event === 'limits.redis-lost').length;
      expect(said).toBeGreaterThanOrEqual(1);
      // Once a minute, should a slow machine take that long.
      expect(said).toBeLessThanOrEqual(1 + Math.floor((Date.now() - begun) / 60_000));
    } finally {
      close();
    }
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await holds()) return;
    await realClock.sleep(50);
  }
  throw new Error('It did not come to hold.');
}
