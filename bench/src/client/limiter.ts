/**
 * The shared limiter on a real Redis: decisions a second of one process with a thousand askers over twenty integrations, pipelined as the
 * product does it; and how far four processes that ask as fast as they can pass the limit together, at any moment of a minute.
 */
import { Redis } from 'ioredis';
import { fileURLToPath } from 'node:url';
import { startNode } from '../child-process.js';
import type { LimiterTask, Tally } from './limiter-process.js';
import { benchPorts, giveUp, type ClientParts } from './parts.js';

export interface LimiterFigures {
  readonly limiterPerSecond: number;
  readonly limiterOvershoot: number;
}

const processes = 4;
const integrations = 20;
/** The pace binds for most of the minute, the quota of the window at its end. */
const limit = { perSecond: 2_000, burst: 500, perWindow: 100_000, windowMs: 60_000, interactiveShare: 0 };

export async function measureLimiter(parts: ClientParts, seconds: number): Promise<LimiterFigures> {
  const server = await parts.RedisUnderTest.open();
  try {
    const url = await server.ask(
      async ({ options }) => `redis://${options.host ?? '127.0.0.1'}:${options.port ?? 6379}`,
    );
    return { limiterPerSecond: await pipelined(parts, url), limiterOvershoot: await overshoot(url, seconds) };
  } finally {
    await server.close();
  }
}

/** The fastest of a few: what else the machine does only ever takes away. */
async function pipelined({ SharedRateLimiter }: ClientParts, url: string): Promise<number> {
  const redis = new Redis(url, { enableAutoPipelining: true });
  const rate = { perSecond: 1e6, burst: 1e6, perWindow: 1e9, windowMs: 60_000, interactiveShare: 0.2 };
  const settings = { redis, prefix: '{rollcall-bench}', clock: benchPorts.clock, processes };
  const limiter = new SharedRateLimiter({ ...settings, onAway: giveUp });
  const rounds: number[] = [];
  try {
    for (let round = 0; round < 7; round += 1) {
      const began = performance.now();
      for (let batch = 0; batch < 20; batch += 1)
        await Promise.all(
          Array.from({ length: 1_000 }, (_, key) => limiter.take(`${round}-${key % integrations}`, rate, 'background')),
        );
      rounds.push(20_000 / ((performance.now() - began) / 1000));
    }
    return Math.max(...rounds);
  } finally {
    redis.disconnect();
  }
}

async function overshoot(url: string, seconds: number): Promise<number> {
  const startAt = Date.now() + 1_500;
  const task: LimiterTask = { url, key: `overshoot-${startAt}`, limit, startAt, seconds };
  const tallies = await Promise.all(Array.from({ length: processes }, () => run(task)));
  let most = 0;
  for (let tick = 0; tick < tallies[0]!.length; tick += 1) {
    const granted = tallies.reduce((sum, tally) => sum + (tally[tick]?.granted ?? 0), 0);
    const latest = Math.max(...tallies.map((tally) => tally[tick]?.atMs ?? 0));
    const allowed = Math.min(limit.perWindow, limit.burst + (latest * limit.perSecond) / 1000);
    most = Math.max(most, granted - Math.floor(allowed));
  }
  if (tallies.every((tally) => (tally.at(-1)?.granted ?? 0) === 0)) throw new Error('the limiter granted nothing');
  return most;
}

async function run(task: LimiterTask): Promise<Tally> {
  const child = startNode(fileURLToPath(new URL('./limiter-process.js', import.meta.url)), [JSON.stringify(task)]);
  let output = '';
  child.stdout!.on('data', (text: Buffer) => (output += text.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error('a process of the limiter bench did not finish');
  return JSON.parse(output) as Tally;
}
