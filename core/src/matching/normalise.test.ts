/** Spellings that people take for the same are the same, and those that tell people apart stay apart. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { normalise } from './normalise.js';

test.each([
  ['name', 'José  O’Brien-Smith ', 'JOSE OBRIEN SMITH'],
  ['name', 'Zoë', 'Zoe\u0308'],
  ['email', ' Ada@Example.org', 'ada@example.ORG '],
  ['key', 'S-0042', ' s-0042'],
  ['key', 'caf\u00e9', 'cafe\u0301'],
] as const)('as a %s, %j and %j are one', (spelling, one, other) => {
  expect(normalise(spelling, one)).toBe(normalise(spelling, other));
});

test.each([
  ['email', 'ada+north@example.org', 'ada@example.org'],
  ['key', '0042', '42'],
  ['key', 'S-0042', 'S0042'],
  ['name', 'Ann Marie', 'Annmarie'],
] as const)('as a %s, %j and %j are two', (spelling, one, other) => {
  expect(normalise(spelling, one)).not.toBe(normalise(spelling, other));
});

test('what is spelt alike stays so, and nothing is nothing', () => {
  const spelling = fc.constantFrom('name' as const, 'email' as const, 'key' as const);
  fc.assert(
    fc.property(spelling, fc.string({ unit: 'grapheme' }), (how, text) => {
      const once = normalise(how, text);
      expect(normalise(how, once)).toBe(once);
    }),
  );
  expect([normalise('key', null), normalise('name', ' \u00a0'), normalise('name', "'")]).toEqual([null, null, null]);
});
