/** The promises of sourcedIds: order of rows, one-to-one, readable back. */
import { describe, expect, test } from '@jest/globals';
import { Ids } from './ids.js';
import fc from 'fast-check';

const ids = new Ids(99, 3_000_000);
const index = fc.nat({ max: 2_999_999 });

describe('sourcedIds', () => {
  test('sort as plain text in the order of their rows', () => {
    fc.assert(
      fc.property(index, index, (a, b) => {
        expect(Math.sign(a - b)).toBe(ids.of(a) < ids.of(b) ? -1 : ids.of(a) > ids.of(b) ? 1 : 0);
      }),
    );
  });

  test('lead back to the row they were made for', () => {
    fc.assert(fc.property(index, (n) => expect(ids.indexOf(ids.of(n))).toBe(n)));
  });

  test('of another salt, or not of our form, lead nowhere', () => {
    const other = new Ids(100, 3_000_000);
    fc.assert(fc.property(index, (n) => expect(ids.indexOf(other.of(n))).toBe(-1)));
    fc.assert(fc.property(fc.string(), (text) => expect(ids.indexOf(text)).toBe(-1)));
  });

  test('that were renewed keep their order, and the former ones lead nowhere', () => {
    fc.assert(
      fc.property(index, index, (a, b) => {
        const renewed = new Ids(99, 3_000_000);
        renewed.renew(a);
        expect(renewed.of(a)).not.toBe(ids.of(a));
        expect([renewed.indexOf(renewed.of(a)), renewed.indexOf(ids.of(a))]).toEqual([a, -1]);
        if (a !== b) expect(renewed.of(a) < renewed.of(b)).toBe(a < b);
      }),
    );
  });
});
