/** Laws of the grace before a removal: never on the first miss, never before the hours are over, and once over it stays over. */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { entityNames } from '../roster/entities.js';
import { defaultGrace, graceIsOver } from './removal.js';

const hour = 3_600_000;

it.each(entityNames)('%s: one complete run that misses a record never removes it', (entity) => {
  fc.assert(
    fc.property(fc.nat(), (ms) => {
      expect(graceIsOver(defaultGrace[entity], 1, ms)).toBe(false);
    }),
  );
});

it.each(entityNames.filter((name) => name !== 'enrollments'))(
  '%s: nothing is removed before 24 hours have passed',
  (entity) => {
    expect(graceIsOver(defaultGrace[entity], 50, 24 * hour - 1)).toBe(false);
    expect(graceIsOver(defaultGrace[entity], 2, 24 * hour)).toBe(true);
  },
);

it('enrollments: two runs suffice', () => {
  expect(graceIsOver(defaultGrace.enrollments, 2, 0)).toBe(true);
});

it('grace that is over stays over with more runs and more time', () => {
  const grace = fc.record({ completeRuns: fc.integer({ min: 1, max: 9 }), hours: fc.nat(72) });
  fc.assert(
    fc.property(
      grace,
      fc.nat(20),
      fc.nat(100 * hour),
      fc.nat(20),
      fc.nat(100 * hour),
      (g, runs, ms, moreRuns, moreMs) => {
        fc.pre(graceIsOver(g, runs, ms));
        expect(graceIsOver(g, runs + moreRuns, ms + moreMs)).toBe(true);
      },
    ),
  );
});
