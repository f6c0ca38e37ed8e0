/** What every rate limiter must hold to, whoever shares it: looped over by the tests of each, under time that is simulated. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Priority } from '../contracts.js';
import type { RateLimit, RateLimiter } from '../ports.js';
import { LeapingClock } from './ports.js';

/** Limiters that share what they know, of the given clock: several processes, or one that is asked several times. */
export type MakeLimiters = (clock: LeapingClock) => readonly RateLimiter[];

export interface LimiterLaw {
  readonly name: string;
  readonly check: (make: MakeLimiters, runs: number) => Promise<void>;
}

let keys = 0;
/** Keys are new in each run, so limiters may remember. */
const newKey = () => `law-${process.pid}-${(keys += 1)}`;

const limits = fc.record<RateLimit>({
  perSecond: fc.constantFrom(0.5, 3, 10, 70, 1000),
  burst: fc.integer({ min: 1, max: 20 }),
  perWindow: fc.integer({ min: 1, max: 60 }),
  windowMs: fc.constantFrom(1000, 10_000, 60_000),
  interactiveShare: fc.constantFrom(0, 0.2, 0.5),
});

/** Asks at these moments, each time with these calls. */
const asks = fc.array(
  fc.record({
    laterMs: fc.oneof(fc.constant(0), fc.nat(50), fc.nat(3000)),
    count: fc.integer({ min: 1, max: 12 }),
    interactive: fc.boolean(),
  }),
  { minLength: 1, maxLength: 40 },
);

type Grant = { readonly at: number; readonly priority: Priority };

async function play(
  make: MakeLimiters,
  limit: RateLimit,
  moments: typeof asks extends fc.Arbitrary<infer T> ? T : never,
) {
  const clock = new LeapingClock();
  const limiters = make(clock);
  const key = newKey();
  const grants: Grant[] = [];
  let turn = 0;
  for (const { laterMs, count, interactive } of moments) {
    clock.advance(laterMs);
    const priority = interactive ? 'interactive' : 'background';
    const waits = await Promise.all(
      Array.from({ length: count }, () => limiters[(turn += 1) % limiters.length]!.take(key, limit, priority)),
    );
    for (const wait of waits) if (wait === 0) grants.push({ at: clock.now(), priority });
  }
  return { clock, limiters, key, grants };
}

/** The largest number of grants in any stretch of time, less what the limit allows in it. */
function overshoot(grants: readonly Grant[], { perSecond, burst, perWindow, windowMs }: RateLimit): number {
  let most = Number.NEGATIVE_INFINITY;
  grants.forEach(({ at: from }, first) => {
    for (let last = first; last < grants.length; last += 1) {
      const count = last - first + 1;
      const ms = grants[last]!.at - from;
      most = Math.max(most, count - Math.floor(burst + (ms * perSecond) / 1000 + 1e-6));
      if (ms < windowMs) most = Math.max(most, count - perWindow);
    }
  });
  return most;
}

export const limiterLaws: readonly LimiterLaw[] = [
  {
    name: 'no stretch of time holds more calls than pace and burst allow, nor any window more than its quota',
    check: (make, runs) =>
      fc.assert(
        fc.asyncProperty(limits, asks, async (limit, moments) => {
          const { grants } = await play(make, limit, moments);
          assert.ok(overshoot(grants, limit) <= 0, `${overshoot(grants, limit)} too many`);
        }),
        { numRuns: runs },
      ),
  },
  {
    name: 'who comes back when told to is granted the call in the end, and nobody waits who need not',
    check: (make, runs) =>
      fc.assert(
        fc.asyncProperty(limits, asks, async (limit, moments) => {
          const { clock, limiters, key } = await play(make, limit, moments);
          let waits = 0;
          for (;;) {
            const wait = await limiters[0]!.take(key, limit, 'background');
            if (wait === 0) break;
            clock.advance(wait);
            assert.ok((waits += 1) < 50, 'it never comes to an end');
          }
          const rest = limit.windowMs * 1.1 + (1000 * limit.burst) / limit.perSecond;
          clock.advance(rest + 1);
          assert.equal(await limiters[0]!.take(key, limit, 'background'), 0);
        }),
        { numRuns: runs },
      ),
  },
  {
    name: 'background work leaves people their share',
    async check(make) {
      const [limiter] = make(new LeapingClock());
      const key = newKey();
      const limit = { perSecond: 1, burst: 10, perWindow: 1000, windowMs: 60_000, interactiveShare: 0.2 };
      const granted = async (priority: Priority, count: number) => {
        let all = 0;
        for (let call = 0; call < count; call += 1) if ((await limiter!.take(key, limit, priority)) === 0) all += 1;
        return all;
      };
      assert.equal(await granted('background', 20), 8);
      assert.equal(await granted('interactive', 20), 2);
    },
  },
  {
    name: 'a stop that the provider asked for holds for all who share it, until it is over',
    async check(make) {
      const clock = new LeapingClock();
      const limiters = make(clock);
      const key = newKey();
      await limiters[0]!.block(key, 5000);
      await limiters[0]!.block(key, 100);
      for (const limiter of limiters) assert.equal(await limiter.take(key, null, 'interactive'), 5000);
      clock.advance(4999);
      assert.equal(await limiters.at(-1)!.take(key, null, 'interactive'), 1);
      clock.advance(1);
      assert.equal(await limiters.at(-1)!.take(key, null, 'interactive'), 0);
    },
  },
  {
    name: 'what the provider says is left is kept to by all together, and the smaller number counts',
    async check(make) {
      const clock = new LeapingClock();
      const limiters = make(clock);
      const key = newKey();
      await limiters[0]!.announce(key, { left: 3, resetMs: 8000 });
      await limiters.at(-1)!.announce(key, { left: 40, resetMs: 9000 });
      const waits = [];
      for (let call = 0; call < 5; call += 1)
        waits.push(await limiters[call % limiters.length]!.take(key, null, 'background'));
      assert.deepEqual(waits, [0, 0, 0, 8000, 8000]);
      clock.advance(8000);
      assert.equal(await limiters[0]!.take(key, null, 'background'), 0);
    },
  },
  {
    name: 'a limit may change at any time: the next call is judged by the new one',
    async check(make) {
      const clock = new LeapingClock();
      const limiters = make(clock);
      const key = newKey();
      const wide = { perSecond: 1000, burst: 10, perWindow: 10, windowMs: 10_000, interactiveShare: 0 };
      for (let call = 0; call < 10; call += 1) assert.equal(await limiters[0]!.take(key, wide, 'background'), 0);
      const wider = { ...wide, perWindow: 12, windowMs: 20_000 };
      clock.advance(100);
      assert.equal(await limiters.at(-1)!.take(key, wider, 'background'), 0);
      assert.equal(await limiters[0]!.take(key, wider, 'background'), 0);
      assert.ok((await limiters[0]!.take(key, wider, 'background')) > 0);
      clock.advance(15_000);
      assert.ok((await limiters[0]!.take(key, { ...wider, perWindow: 5 }, 'background')) > 0);
    },
  },
];
