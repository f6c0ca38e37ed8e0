/** Conditions, scores and deviations in words and figures: what a person reads is true, and every deduction has its reason. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CallCount } from '../store/call-stats.js';
import { baselineOf, highestUsual, inHourBand } from './baseline.js';
import { describeCondition, type ConditionFacts } from './describe-condition.js';
import { findDeviations } from './find-deviations.js';
import { addedLatencies, latencyBoundsMs, latencyPlace, noLatencies, quantileMs } from './latency.js';
import { healthScore, type ScoreFacts } from './score.js';
import { spanInWords } from './words.js';

const now = new Date('2026-11-23T12:10:00Z');
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

describe('the condition', () => {
  const well: ConditionFacts = {
    ...{ now, name: 'district', pausedBecause: null, checkedAt: ago(1), failingSince: null, nextCheckAt: ago(-1) },
    ...{ check: { status: 'healthy', code: null, reason: null }, run: null, lastCompleteAt: ago(60) },
  };
  const down: ConditionFacts = {
    ...well,
    check: { status: 'unhealthy', code: 'source_unreachable', reason: 'The source does not answer.' },
    failingSince: ago(10),
    run: { state: 'paused', reason: 'The source does not answer.', nextStep: null, resumeAt: ago(-5) },
  };

  it('of a source that is down says since when, when it goes on, and what still works, and that nobody need do anything', () => {
    const { state, sentences, nextTryAt, nextStep, stillWorks, since } = describeCondition(down);
    expect(state).toBe('down');
    expect(sentences).toEqual([
      'district has not answered as it should since 2026-11-23 12:00 UTC (10 minutes): The source does not answer.',
      'Its run is paused (The source does not answer.); it goes on by itself at 2026-11-23 12:15 UTC from where it stopped, and nothing is lost but time.',
      'The next look is at 2026-11-23 12:11 UTC.',
    ]);
    expect([since, nextTryAt]).toEqual([ago(10), ago(-1)]);
    expect(nextStep).toBe('Nothing to do: it goes on by itself.');
    expect(stillWorks.join(' ')).toMatch(/2026-11-23 11:10 UTC.*nothing is deactivated/);
  });

  it('of a source that refuses our credentials asks for a secret, and of one that is well asks for nothing', () => {
    const refused = { status: 'unhealthy', code: 'source_unauthorised', reason: 'no' } as const;
    expect(describeCondition({ ...down, check: refused }).nextStep).toMatch(/secret.*no restart/);
    expect(describeCondition(well)).toMatchObject({ state: 'well', nextStep: null, stillWorks: [], since: null });
    expect(describeCondition({ ...well, check: null, checkedAt: null }).state).toBe('unknown');
  });

  it('of one that a person paused names the person’s reason and no next try', () => {
    const paused = describeCondition({ ...down, pausedBecause: 'moving house' });
    expect(paused).toMatchObject({ state: 'paused_by_person', nextTryAt: null });
    expect(paused.sentences[0]).toContain('moving house');
  });
});

describe('the score', () => {
  const fine: ScoreFacts = {
    ...{ now, check: { status: 'healthy', code: null }, failingSince: null, deviations: [], needsAttention: false },
    ...{ lastHour: { calls: 100, failed: 0 }, lastDay: { checks: 100, answered: 100 }, lastCompleteAt: ago(5) },
  };

  it('is 100 without a reason, and each deduction has one that tells its points', () => {
    expect(healthScore(fine)).toEqual({ score: 100, reasons: [] });
    const ill = { ...fine, check: { status: 'unhealthy', code: 'source_unreachable' } as const, failingSince: ago(10) };
    expect(healthScore(ill)).toEqual({
      score: 30,
      reasons: ['−70: the source has not answered as it should for 10 minutes'],
    });
  });

  it('is 100 less the points of its reasons and never below 0, whatever the facts', () => {
    const facts = fc.record<ScoreFacts>({
      now: fc.constant(now),
      check: fc.option(
        fc.record({
          status: fc.constantFrom('healthy', 'degraded', 'unhealthy'),
          code: fc.constantFrom(null, 'source_unauthorised'),
        }),
      ),
      failingSince: fc.option(fc.constant(ago(3))),
      lastHour: fc.nat(1000).chain((calls) => fc.record({ calls: fc.constant(calls), failed: fc.nat(calls) })),
      lastDay: fc.nat(1000).chain((checks) => fc.record({ checks: fc.constant(checks), answered: fc.nat(checks) })),
      deviations: fc.array(fc.constant('users.list is slow.'), { maxLength: 5 }),
      needsAttention: fc.boolean(),
      lastCompleteAt: fc.option(fc.integer({ min: 0, max: 10_000 }).map(ago)),
    });
    fc.assert(
      fc.property(facts, (given) => {
        const { score, reasons } = healthScore(given);
        const points = reasons.reduce((sum, reason) => sum + Number(/^−(\d+): /.exec(reason)![1]), 0);
        expect(score).toBe(Math.max(0, 100 - points));
      }),
    );
  });
});

describe('latencies', () => {
  const times = fc.array(fc.nat(40_000), { minLength: 1, maxLength: 200 });
  const binned = (all: readonly number[]) => {
    const bins = noLatencies();
    for (const ms of all) bins[latencyPlace(ms)]! += 1;
    return bins;
  };

  it('give quantiles between the shortest bound below and the longest call, that rise with their share', () => {
    fc.assert(
      fc.property(times, (all) => {
        const longest = Math.max(...all);
        const [p50, p95, p100] = [0.5, 0.95, 1].map((q) => quantileMs(binned(all), q, longest)!);
        expect(p50).toBeLessThanOrEqual(p95!);
        expect(p100).toBeLessThanOrEqual(longest);
        const exact = all.toSorted((a, b) => a - b)[Math.ceil(all.length / 2) - 1]!;
        const place = latencyPlace(exact);
        expect(p50).toBeGreaterThanOrEqual(latencyBoundsMs[place - 1] ?? 0);
        expect(p50).toBeLessThanOrEqual(latencyBoundsMs[place] ?? longest);
      }),
    );
    expect(quantileMs(noLatencies(), 0.5, 0)).toBeNull();
  });

  it('add up in any grouping to the same picture', () => {
    fc.assert(
      fc.property(times, times, (a, b) => {
        expect(addedLatencies(binned(a), binned(b))).toEqual(binned([...a, ...b]));
      }),
    );
  });
});

describe('what is usual', () => {
  it('is not moved by fewer than half of the hours, however wild they are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 90, max: 110 }), { minLength: 7, maxLength: 30 }),
        fc.nat(1e9),
        (calm, wild) => {
          const few = Math.floor((calm.length - 1) / 2) - 1;
          const { median, spread } = baselineOf([...calm, ...Array.from({ length: few }, () => wild)])!;
          expect(median).toBeGreaterThanOrEqual(Math.min(90, wild));
          expect(median).toBeLessThanOrEqual(110);
          expect(spread).toBeLessThanOrEqual(1.4826 * 110);
        },
      ),
    );
    expect(baselineOf([1, 2, 3, 4])).toBeNull();
    expect(highestUsual({ median: 100, spread: 2 }, { spreads: 5, share: 0.5, least: 10 })).toBe(150);
  });

  it('is compared within the same hours of the day, across midnight too', () => {
    expect([23, 0, 1].map((hour) => inHourBand(hour, 0))).toEqual([true, true, true]);
    expect([22, 2, 12].map((hour) => inHourBand(hour, 0))).toEqual([false, false, false]);
  });

  const counted = (at: Date, ms: number, calls = 20, outcome = 'answered'): CallCount => {
    const latencies = noLatencies();
    latencies[latencyPlace(ms)] = calls;
    return {
      integrationId: 'i',
      at,
      operation: 'users.list',
      outcome,
      calls,
      totalMs: ms * calls,
      longestMs: ms,
      latencies,
    };
  };
  const days = Array.from({ length: 10 }, (_, day) => ago((day + 1) * 24 * 60 + 5));

  it('raises an alert for an endpoint that is five times as slow as at this hour of other days, and none at the usual pace', () => {
    const past = days.map((at) => counted(at, 200));
    const [found] = findDeviations([counted(ago(5), 1_000)], past, now.getTime());
    expect(found).toMatchObject({ kind: 'slow', operation: 'users.list' });
    expect(found!.sentence).toMatch(/^users\.list is slow: .* usual at this time of day are \d+ ms\.$/);
    expect(findDeviations([counted(ago(5), 200)], past, now.getTime())).toEqual([]);
    expect(findDeviations([counted(ago(5), 1_000)], past.slice(0, 4), now.getTime())).toEqual([]);
    const atNight = past.map((count) => ({ ...count, at: new Date(count.at.getTime() + 6 * 3_600_000) }));
    expect(findDeviations([counted(ago(5), 1_000)], atNight, now.getTime())).toEqual([]);
  });

  it('raises an alert for errors beyond the usual share, and without a past for one call in five', () => {
    const recent = [counted(ago(5), 50, 16), counted(ago(5), 50, 4, 'server_error')];
    expect(findDeviations(recent, [], now.getTime())).toEqual([]);
    const worse = [counted(ago(5), 50, 14), counted(ago(5), 50, 6, 'server_error')];
    expect(findDeviations(worse, [], now.getTime())).toMatchObject([
      { kind: 'errors', observed: 0.3, usual: null, sentence: 'users.list fails: 30 % of 20 calls.' },
    ]);
    const past = days.map((at) => counted(at, 50));
    expect(findDeviations(recent, past, now.getTime())).toMatchObject([{ kind: 'errors', usual: 0 }]);
    const asAlways = days.flatMap((at) => [counted(at, 50, 16), counted(at, 50, 4, 'server_error')]);
    expect(findDeviations(recent, asAlways, now.getTime())).toEqual([]);
  });
});

it('spans are told in the unit that says most', () => {
  expect([0, 350, 1_000, 59_999, 600_000, 3_600_000, 172_800_000].map(spanInWords)).toEqual([
    ...['0 ms', '350 ms', '1 second', '59 seconds', '10 minutes', '1 hour', '2 days'],
  ]);
});
