/** Whatever the bad items are and wherever they stand, exactly they are found. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { findPoison } from './find-poison.js';

const listWithBad = fc
  .integer({ min: 20, max: 300 })
  .chain((size) =>
    fc.tuple(fc.constant(size), fc.uniqueArray(fc.integer({ min: 0, max: size - 1 }), { maxLength: 8 })),
  );

describe('finding poison', () => {
  it('finds the bad items, all of them and no other', () =>
    fc.assert(
      fc.asyncProperty(listWithBad, async ([size, bad]) => {
        const items = Array.from({ length: size }, (_, n) => n);
        const found = await findPoison(items, async (part) => part.some((item) => bad.includes(item)));
        expect(found).toEqual(bad.toSorted((a, b) => a - b));
      }),
    ));

  it('takes at most two tries for each bad item and halving', () =>
    fc.assert(
      fc.asyncProperty(listWithBad, async ([size, bad]) => {
        let tries = 0;
        const items = Array.from({ length: size }, (_, n) => n);
        await findPoison(items, async (part) => {
          tries += 1;
          return part.some((item) => bad.includes(item));
        });
        expect(tries).toBeLessThanOrEqual(2 * Math.max(1, bad.length) * Math.max(1, Math.ceil(Math.log2(size))));
      }),
    ));

  it('finds a bad item of a short list, and of a list of one', async () => {
    expect(await findPoison([1, 2, 3], async (part) => part.includes(2) || part.includes(3))).toEqual([2, 3]);
    expect(await findPoison([1], async () => true)).toEqual([1]);
    expect(await findPoison([], async () => true)).toEqual([]);
  });

  it('blames nobody where items are refused together only, or where too many are', async () => {
    const items = [1, 2, 3, 4];
    expect(await findPoison(items, async (part) => part.length > 2)).toEqual([]);
    expect(await findPoison(items, async () => true, 3)).toEqual([]);
    const many = Array.from({ length: 20 }, (_, n) => n);
    expect(await findPoison(many, async () => true)).toEqual([]);
  });
});
