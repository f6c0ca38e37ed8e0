/** One of several processes that ask a shared limiter as fast as they can, and count what they were granted by when. */
import { Redis } from 'ioredis';
import { benchPorts, clientParts, giveUp } from './parts.js';

export interface LimiterTask {
  readonly url: string;
  readonly key: string;
  readonly limit: {
    readonly perSecond: number;
    readonly burst: number;
    readonly perWindow: number;
    readonly windowMs: number;
    readonly interactiveShare: number;
  };
  /** Milliseconds since 1970: nobody asks before. */
  readonly startAt: number;
  readonly seconds: number;
}

/** At each tick: the time since the start, and all that was granted until then. */
export type Tally = readonly { readonly atMs: number; readonly granted: number }[];

const tickMs = 100;
const askers = 50;

const task = JSON.parse(process.argv[2] ?? '{}') as LimiterTask;
const { SharedRateLimiter } = await clientParts();
const redis = new Redis(task.url);
const limiter = new SharedRateLimiter({
  redis,
  prefix: '{rollcall-bench}',
  clock: benchPorts.clock,
  processes: 4,
  onAway: giveUp,
});
const tally: { atMs: number; granted: number }[] = [];
const endAt = task.startAt + task.seconds * 1000;
let granted = 0;

await redis.ping();
await benchPorts.clock.sleep(Math.max(0, task.startAt - Date.now()));
const ticking = setInterval(() => tally.push({ atMs: Date.now() - task.startAt, granted }), tickMs);
await Promise.all(
  Array.from({ length: askers }, async () => {
    while (Date.now() < endAt) {
      const waitMs = await limiter.take(task.key, task.limit, 'background');
      if (waitMs === 0) granted += 1;
      else await benchPorts.clock.sleep(Math.min(waitMs, Math.max(0, endAt - Date.now())));
    }
  }),
);
clearInterval(ticking);
tally.push({ atMs: Date.now() - task.startAt, granted });
redis.disconnect();
console.log(JSON.stringify(tally));
