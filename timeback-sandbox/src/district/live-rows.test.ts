/** Live rows against a plain list of booleans: rank and select must agree with a scan after any removals. */
import { describe, expect, test } from '@jest/globals';
import { LEFT, LiveRows, SCHOOL_LOST } from './live-rows.js';
import fc from 'fast-check';

const step = fc.record({
  index: fc.nat({ max: 4999 }),
  act: fc.constantFrom('leave', 'lose', 'restore', 'grow'),
});

describe('live rows', () => {
  test('rank and select agree with a scan after any removals, restores and growth', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.array(step, { maxLength: 60 }), (size, steps) => {
        const live = new LiveRows(size);
        const gone = Array.from({ length: size }, () => 0);
        for (const { index, act } of steps) {
          const at = index % gone.length;
          if (act === 'grow') gone.push(...Array.from({ length: (index % 7) + 1 }, () => 0));
          if (act === 'grow') live.grow(gone.length);
          if (act === 'leave') gone[at]! |= LEFT;
          if (act === 'leave') live.remove(at, LEFT);
          if (act === 'lose') gone[at]! |= SCHOOL_LOST;
          if (act === 'lose') live.remove(at, SCHOOL_LOST);
          if (act === 'restore') gone[at]! &= ~SCHOOL_LOST;
          if (act === 'restore') live.restore(at, SCHOOL_LOST);
        }
        const left = gone.flatMap((reason, index) => (reason ? [] : [index]));
        expect(live.rank(gone.length)).toBe(left.length);
        for (const position of [0, Math.floor(left.length / 2), left.length - 1]) {
          if (position < 0 || position >= left.length) continue;
          expect(live.select(position)).toBe(left[position]);
          expect(live.rank(left[position]!)).toBe(position);
        }
      }),
    );
  });

  test('a row that left stays away when its school is restored', () => {
    const live = new LiveRows(10);
    live.remove(3, LEFT);
    live.remove(3, SCHOOL_LOST);
    live.remove(4, SCHOOL_LOST);
    for (const row of [3, 4]) live.restore(row, SCHOOL_LOST);
    expect([live.isLive(3), live.isLive(4)]).toEqual([false, true]);
  });
});
