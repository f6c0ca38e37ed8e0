import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chunkSize } from './chunks.js';

const layout = { chunkRows: 20_000, writers: 2 };

describe('the size of chunks', () => {
  it.each([
    [0, 1],
    [1, 1],
    [10_000, 10_000],
    [10_001, 5_001],
    [12_000, 6_000],
    [40_000, 20_000],
    [62_000, 15_500],
    [124_000, 15_500],
  ])('of %i rows is %i', (rows, size) => expect(chunkSize(rows, layout)).toBe(size));

  it('is within its limit, and no writer has to work more often than with the largest chunks', () => {
    const any = fc.record({
      rows: fc.integer({ min: 1, max: 3_000_000 }),
      chunkRows: fc.integer({ min: 1, max: 50_000 }),
      writers: fc.integer({ min: 1, max: 8 }),
    });
    fc.assert(
      fc.property(any, ({ rows, chunkRows, writers }) => {
        const size = chunkSize(rows, { chunkRows, writers });
        expect(size).toBeLessThanOrEqual(chunkRows);
        const rounds = (of: number) => Math.ceil(Math.ceil(rows / of) / writers);
        expect(rounds(size)).toBe(rounds(chunkRows));
      }),
    );
  });
});
