/** Budget, adaptive limit, queue: their laws under time that is simulated. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Priority } from '../../contracts.js';
import { callContext, LeapingClock, testPorts } from '../../testing/ports.js';
import { VirtualClock } from '../../testing/virtual-clock.js';
import { failure, type Outcome } from '../outcome.js';
import { AdaptiveLimit } from './adaptive-limit.js';
import { Bulkhead } from './bulkhead.js';
import { RetryBudget } from './retry-budget.js';
import { SlidingCount } from './sliding-count.js';

const answer = (status: number): Outcome => ({
  kind: 'answer',
  status,
  body: Buffer.alloc(0),
  retryAfter: null,
  providerTime: null,
});

it('a sliding count never forgets what is younger than its window, and forgets what is two slots older', () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 5 })), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (adds) => {
      const count = new SlidingCount(1000, 10);
      const added: [at: number, count: number][] = [];
      let now = 1_000_000;
      for (const [later, many] of adds) {
        now += later;
        count.add(now, many);
        added.push([now, many]);
        const sum = (from: number) => added.reduce((total, [at, n]) => total + (at > from ? n : 0), 0);
        expect(count.total(now)).toBeGreaterThanOrEqual(sum(now - 1000));
        expect(count.total(now)).toBeLessThanOrEqual(sum(now - 1200));
      }
    }),
  );
});

it('repeats stay within a share of the calls of any window, and a few', () => {
  const step = fc.record({ later: fc.integer({ min: 0, max: 5000 }), calls: fc.nat(20), repeats: fc.nat(20) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const clock = new LeapingClock();
      const budget = new RetryBudget({ share: 0.1, floor: 5, windowMs: 60_000 }, clock);
      const log: { at: number; calls: number; repeats: number }[] = [];
      for (const { later, calls, repeats } of steps) {
        clock.advance(later);
        for (let n = 0; n < calls; n += 1) budget.called();
        const spent = Array.from({ length: repeats }, () => budget.spend()).filter(Boolean).length;
        log.push({ at: clock.now(), calls, repeats: spent });
        const within = (ms: number) => log.filter(({ at }) => at > clock.now() - ms);
        const sum = (field: 'calls' | 'repeats', ms: number) =>
          within(ms).reduce((all, entry) => all + entry[field], 0);
        // A slot is forgotten up to two slots late, for calls as for repeats.
        expect(sum('repeats', 60_000)).toBeLessThanOrEqual(5 + 0.1 * sum('calls', 72_000));
      }
    }),
  );
});

describe('the adaptive limit', () => {
  const events = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 1, max: 20 })), {
    maxLength: 200,
  });

  it('is never above the ceiling nor below one, also when the ceiling moves', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 16 }), events, (ceiling, later, all) => {
        const clock = new LeapingClock();
        const limit = new AdaptiveLimit(ceiling, clock);
        all.forEach(([well, ms, inFlight], at) => {
          if (at === 50) limit.setCeiling(later);
          clock.advance(ms);
          if (well) limit.wentWell(inFlight);
          else limit.overloaded(clock.now() - ms);
          expect(limit.present).toBeGreaterThanOrEqual(1);
          expect(limit.present).toBeLessThanOrEqual(at >= 50 ? later : ceiling);
        });
      }),
    );
  });

  it('falls by three tenths once for one overload, and comes back one for each round of good answers', () => {
    const clock = new LeapingClock();
    const limit = new AdaptiveLimit(10, clock);
    const began = clock.now();
    clock.advance(10);
    limit.overloaded(began);
    limit.overloaded(began);
    expect(limit.present).toBe(7);
    for (let call = 0; call < 8; call += 1) limit.wentWell(7);
    expect(limit.present).toBe(8);
    for (let call = 0; call < 100; call += 1) limit.wentWell(1);
    expect(limit.present).toBe(8);
  });
});

describe('the bulkhead', () => {
  it('never has more calls under way than the ceiling, loses none, and lets go of those that gave up', async () => {
    const call = fc.record({
      at: fc.nat(2000),
      ms: fc.integer({ min: 1, max: 500 }),
      status: fc.constantFrom(200, 429, 503, 0),
      giveUpAt: fc.option(fc.nat(3000)),
    });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 6 }), fc.array(call, { maxLength: 60 }), async (ceiling, calls) => {
        const clock = new VirtualClock();
        const bulkhead = new Bulkhead(ceiling, testPorts(clock));
        let running = 0;
        let most = 0;
        let ended = 0;
        for (const { at, ms, status, giveUpAt } of calls) {
          const controller = new AbortController();
          if (giveUpAt !== null) void clock.sleep(giveUpAt).then(() => controller.abort(new Error('enough')));
          void clock
            .sleep(at)
            .then(() =>
              bulkhead.run(callContext('x', controller.signal), async () => {
                most = Math.max(most, (running += 1));
                await clock.sleep(ms);
                running -= 1;
                return status === 0 ? failure('timeout', '') : answer(status);
              }),
            )
            .catch(() => undefined)
            .finally(() => (ended += 1));
        }
        await clock.pass();
        expect(most).toBeLessThanOrEqual(ceiling);
        expect(ended).toBe(calls.length);
        expect(bulkhead.state).toMatchObject({ inFlight: 0, waiting: 0, oldestMs: 0 });
      }),
      { numRuns: 60 },
    );
  });

  it('serves people first, yet one slot in five goes to the background; says how many wait and how long', async () => {
    const clock = new VirtualClock();
    const ports = testPorts(clock);
    const bulkhead = new Bulkhead(1, ports);
    const order: string[] = [];
    const run = (priority: Priority) =>
      void bulkhead.run({ ...callContext(), priority }, async () => {
        order.push(priority[0]!);
        await clock.sleep(10);
        return answer(200);
      });
    run('background');
    for (let n = 0; n < 3; n += 1) run('background');
    for (let n = 0; n < 10; n += 1) run('interactive');
    await clock.pass(5);
    expect(bulkhead.state).toEqual({ limit: 1, inFlight: 1, waiting: 13, oldestMs: 5 });
    await clock.pass();
    expect(order.join('')).toBe('biiiibiiiibiib');
    expect(ports.counted.filter(({ name }) => name === 'rollcall_limiter_wait_seconds')).toHaveLength(13);
  });

  it('a ceiling that moves loses no call, and a higher one is grown into', async () => {
    const clock = new VirtualClock();
    const bulkhead = new Bulkhead(1, testPorts(clock));
    const calls = Array.from({ length: 4 }, () =>
      bulkhead.run(callContext(), async () => {
        await clock.sleep(100);
        return answer(200);
      }),
    );
    await clock.pass(1);
    bulkhead.setCeiling(3);
    expect(bulkhead.state.limit).toBe(1);
    await clock.pass();
    expect(await Promise.all(calls)).toHaveLength(4);
    expect(bulkhead.state.limit).toBe(2);
  });
});
