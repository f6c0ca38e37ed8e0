/** What every circuit board must hold to, whoever shares it: looped over by the tests of each. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CircuitBoard } from '../ports.js';
import { CircuitBreaker, usualBreaker } from '../http/reliability/circuit-breaker.js';
import { failure, type Outcome } from '../http/outcome.js';
import { testPorts } from './ports.js';
import { VirtualClock } from './virtual-clock.js';

/** A board of the given clock. Keys are new in each run, so boards may remember. */
export type MakeBoard = (clock: VirtualClock) => CircuitBoard;

export interface CircuitLaw {
  readonly name: string;
  readonly check: (make: MakeBoard, runs: number) => Promise<void>;
}

let keys = 0;
const newKey = () => `law-${process.pid}-${(keys += 1)}`;
const callMs = 30_000;
const well: Outcome = { kind: 'answer', status: 200, body: Buffer.alloc(0), retryAfter: null, providerTime: null };

/** How the source is in each second: whether it fails, and how long it takes. */
const weather = fc.array(fc.record({ fails: fc.boolean(), ms: fc.integer({ min: 1, max: callMs }) }), {
  minLength: 1,
  maxLength: 12,
});

/** Passes words on and counts the probes that are out. */
function watched(board: CircuitBoard, clock: VirtualClock) {
  const seen = { out: 0, most: 0, probes: 0 };
  const over = () => void (seen.out = 0);
  const watching: CircuitBoard = {
    async ask(key, probeMs) {
      const answer = await clock.hold(board.ask(key, probeMs));
      if (answer === 'probe') seen.most = Math.max(seen.most, (seen.out += 1));
      if (answer === 'probe') seen.probes += 1;
      return answer;
    },
    async trip(key, times) {
      if (seen.out > 0) over();
      return clock.hold(board.trip(key, times));
    },
    async close(key) {
      over();
      return clock.hold(board.close(key));
    },
  };
  return { seen, watching };
}

async function storm(make: MakeBoard, sky: readonly { fails: boolean; ms: number }[], processes: number) {
  const clock = new VirtualClock();
  const { seen, watching } = watched(make(clock), clock);
  const key = newKey();
  const breakers = Array.from({ length: processes }, () => {
    const ports = testPorts(clock);
    return new CircuitBreaker(key, { ...usualBreaker, minimumCalls: 3 }, watching, ports);
  });
  const caller = async (breaker: CircuitBreaker, offset: number) => {
    await clock.sleep(offset);
    for (let call = 0; call < 40; call += 1) {
      const { fails, ms } = sky[call % sky.length]!;
      await breaker.run(callMs, async () => {
        await clock.sleep(ms);
        return fails ? failure('network', 'ECONNRESET') : well;
      });
      await clock.sleep(500);
    }
  };
  void Promise.all(breakers.flatMap((breaker, at) => [0, 7, 13].map((offset) => caller(breaker, at + offset))));
  await clock.pass();
  return { seen, breakers, clock };
}

export const circuitLaws: readonly CircuitLaw[] = [
  {
    name: 'never are two probes out at once, whatever the source does and however many processes ask',
    async check(make, runs) {
      let probes = 0;
      const storms = fc.asyncProperty(weather, fc.integer({ min: 1, max: 4 }), async (sky, processes) => {
        const { seen } = await storm(make, sky, processes);
        assert.ok(seen.most <= 1, `${seen.most} probes were out at once`);
        probes += seen.probes;
      });
      // However few the storms are, the first one opens a circuit.
      await fc.assert(storms, { numRuns: runs, examples: [[[{ fails: true, ms: 1 }], 1]] });
      assert.ok(probes > 0, 'no storm opened a circuit');
    },
  },
  {
    name: 'a source that is back is asked again, and an open circuit never stays open for more than its longest time',
    check: (make, runs) =>
      fc.assert(
        fc.asyncProperty(weather, async (sky) => {
          const { breakers, clock } = await storm(make, sky, 2);
          // A probe that nobody saw through may still be out.
          void clock.sleep(usualBreaker.longestOpenMs * 1.1 + 2 * callMs + 5_001);
          await clock.pass();
          assert.deepEqual(await breakers[0]!.run(callMs, async () => well), well);
          assert.deepEqual(await breakers[1]!.run(callMs, async () => well), well);
        }),
        { numRuns: runs },
      ),
  },
  {
    name: 'openings in a row last twice as long each, and a success begins anew',
    async check(make) {
      const clock = new VirtualClock();
      const board = make(clock);
      const key = newKey();
      const times = { openMs: 100, longestOpenMs: 350 };
      for (const expected of [100, 200, 350, 350]) {
        assert.equal(Math.round(await board.trip(key, times)), expected);
        assert.ok(typeof (await board.ask(key, 10)) === 'object');
        void clock.sleep(expected + 1);
        await clock.pass();
        assert.equal(await board.ask(key, 10), 'probe');
      }
      await board.close(key);
      assert.equal(await board.ask(key, 10), 'closed');
      assert.equal(Math.round(await board.trip(key, times)), 100);
    },
  },
  {
    name: 'a probe whose process died is taken over after its time, by one',
    async check(make) {
      const clock = new VirtualClock();
      const board = make(clock);
      const key = newKey();
      await board.trip(key, { openMs: 50, longestOpenMs: 50 });
      void clock.sleep(51);
      await clock.pass();
      assert.equal(await board.ask(key, 1000), 'probe');
      assert.ok(typeof (await board.ask(key, 1000)) === 'object');
      void clock.sleep(1001);
      await clock.pass();
      const answers = await Promise.all(Array.from({ length: 5 }, () => board.ask(key, 1000)));
      assert.equal(answers.filter((answer) => answer === 'probe').length, 1);
    },
  },
];
