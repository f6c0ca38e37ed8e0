/** The law of the slow drain: however a removal is cut into days, no more of it goes without a person than of one that comes at once. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { entityNames } from '../roster/entities.js';
import { defaultLimits, trippedLimit, type Drain } from './limits.js';

const cuts = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 7 });
const entity = fc.constantFrom(...entityNames);

describe('a slow drain', () => {
  it.each(['missing still', 'deactivated meanwhile'])('lets no more go within its days than at once: %s', (how) => {
    fc.assert(
      fc.property(entity, fc.integer({ min: 1, max: 3000 }), cuts, (name, size, days) => {
        let gone = 0;
        for (const [at, rows] of days.entries()) {
          const drain: Drain =
            how === 'missing still'
              ? { pending: gone, removed: 0, days: at + 1 }
              : { pending: 0, removed: gone, days: at + 1 };
          const measure = { operation: 'deactivate', rows, active: size - drain.removed, drain } as const;
          if (rows + gone > size || trippedLimit(defaultLimits[name], measure, true) !== null) break;
          gone += rows;
        }
        fc.pre(gone > 0);
        expect(
          trippedLimit(defaultLimits[name], { operation: 'deactivate', rows: gone, active: size }, true),
        ).toBeNull();
      }),
      { numRuns: 1000 },
    );
  });

  it('never lets go what would wait without it', () => {
    const count = fc.nat(2000);
    fc.assert(
      fc.property(entity, count, count, count, count, (name, rows, active, pending, removed) => {
        const measure = { operation: 'deactivate', rows, active } as const;
        fc.pre(trippedLimit(defaultLimits[name], measure, true) !== null);
        const drain = { pending, removed, days: 2 };
        expect(trippedLimit(defaultLimits[name], { ...measure, drain }, true)).not.toBeNull();
      }),
      { numRuns: 1000 },
    );
  });

  it('of four in a hundred a day waits on the second day, and its reason says that it is a sum', () => {
    const day = (active: number, drain?: Drain) =>
      trippedLimit(defaultLimits.users, { operation: 'deactivate', rows: 40, active, ...(drain && { drain }) }, true);
    expect(day(1000)).toBeNull();
    expect(day(960, { pending: 0, removed: 40, days: 2 })).toBe(
      '80 of 1000 rows, the sum of 2 days (40 now, 40 before); the limit is 5 % and 25 rows',
    );
    expect(day(1000, { pending: 40, removed: 0, days: 2 })).toMatch(/^80 of 1000 rows, the sum of 2 days/);
  });
});
