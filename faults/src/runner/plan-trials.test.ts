/** Trials are spread evenly, follow from the seed alone, and each of them can be asked for again by its own. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FlagProblem, readFlags } from '../flags.js';
import { faultNames } from '../scenarios/catalogue.js';
import { faultReport, percentile } from './fault-report.js';
import { commandOf, planTrials, scenarioOf } from './plan-trials.js';

const backends = ['postgres', 'redis'] as const;
const all = { only: faultNames, backends };
const tally = <T>(values: readonly T[]) =>
  [...Map.groupBy(values, (value) => value).values()].map((same) => same.length);

describe('the plan of the trials', () => {
  it('spreads them evenly over faults and backends, whatever their number', () => {
    fc.assert(
      fc.property(fc.integer({ min: faultNames.length * 2, max: 1500 }), fc.nat(), (runs, seed) => {
        const trials = planTrials({ ...all, runs, seed });
        for (const key of ['fault', 'backend'] as const) {
          const counts = tally(trials.map((trial) => trial[key]));
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(faultNames.length);
        }
        expect(new Set(trials.map(({ fault, backend }) => fault + backend)).size).toBe(faultNames.length * 2);
      }),
      { numRuns: 30 },
    );
  });

  it('is the same for the same seed, and each trial is replayed by the command that is printed for it', () => {
    const trials = planTrials({ ...all, runs: 80, seed: 11 });
    expect(planTrials({ ...all, runs: 80, seed: 11 })).toEqual(trials);
    for (const trial of trials) {
      const flags = readFlags(commandOf(trial).split(' -- ')[1]!.split(' '));
      expect(planTrials(flags)).toEqual([trial]);
      expect(scenarioOf(planTrials(flags)[0]!)).toBe(scenarioOf(trial));
    }
  });

  it.each([
    ['--runs', '0'],
    ['--runs', 'many'],
    ['--seed', '-1'],
    ['--only', 'F99'],
    ['--backend', 'kafka'],
    ['--what'],
  ])('refuses %s %s with a sentence', (...args) => {
    expect(() => readFlags(args.filter(Boolean))).toThrow(FlagProblem);
  });
});

describe('the report', () => {
  it('counts by fault and by promise, and names what failed with its seed', () => {
    const trial = { fault: 'F7', backend: 'redis', seed: 5 } as const;
    const lost = { promise: 'lost', what: 'orgs x is not in the hub' } as const;
    const report = faultReport(5, [
      { trial, violations: [lost, { ...lost, promise: 'stuck' }], resumeSeconds: [3, 1, 2], seconds: 1 },
      { trial: { ...trial, fault: 'F12' }, violations: [], resumeSeconds: [], seconds: 1 },
    ]);
    expect(report).toEqual({
      runs: 2,
      seed: 5,
      byFault: { F7: { runs: 1, violations: 2 }, F12: { runs: 1, violations: 0 } },
      ...{ lost: 1, doubled: 0, foreign: 0, stuck: 1 },
      resumeSeconds: { trials: 3, p50: 2, p99: 3 },
      failures: [{ ...trial, what: ['lost: orgs x is not in the hub', 'stuck: orgs x is not in the hub'] }],
    });
  });

  it('has no percentile of nothing, and the worst of a few is their 99th', () => {
    expect(percentile([], 0.99)).toBeNull();
    expect(percentile([1, 2, 3, 4], 0.99)).toBe(4);
    expect(percentile([1, 2, 3, 4], 0.5)).toBe(2);
  });
});
