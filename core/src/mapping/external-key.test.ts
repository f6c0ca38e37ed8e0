/** Composite keys: there and back is the same, whatever they hold, and one key has one text. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { externalIdFault, externalIdOf, partsOf, type KeyPart } from './external-key.js';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc
    .array(fc.constantFrom('%', ',', '=', 't=', '%002C', '\0', '\ud800', '\udc00', 'é', 'e\u0301', "'"), {
      maxLength: 6,
    })
    .map((all) => all.join('')),
);
const day = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const part: fc.Arbitrary<KeyPart> = fc.oneof(
  text.map((value) => ({ type: 'text', value }) as const),
  fc.bigInt().map((value) => ({ type: 'integer', value }) as const),
  day.map((value) => ({ type: 'date', value }) as const),
  fc.boolean().map((value) => ({ type: 'flag', value }) as const),
);
const key = fc.array(part, { minLength: 1, maxLength: 5 });
const shown = (parts: readonly KeyPart[] | null) => parts?.map(({ type, value }) => [type, String(value)]);

test('writing a key and reading it gives the same parts, with any characters', () => {
  fc.assert(
    fc.property(key, (parts) => {
      expect(shown(partsOf(externalIdOf(parts)))).toEqual(shown(parts));
    }),
  );
});

test('different keys have different texts, and every text can be stored', () => {
  fc.assert(
    fc.property(key, key, (one, other) => {
      const same = JSON.stringify(shown(one)) === JSON.stringify(shown(other));
      expect(externalIdOf(one) === externalIdOf(other)).toBe(same);
      expect(externalIdFault(externalIdOf(one))).toBeNull();
    }),
  );
});

test('a text that is read as parts is the canonical text of those parts', () => {
  const like = fc.oneof(
    text,
    text.map((rest) => `key:t=${rest}`),
    text.map((rest) => `key:i=${rest}`),
  );
  fc.assert(
    fc.property(like, (candidate) => {
      const parts = partsOf(candidate);
      if (parts !== null) expect(externalIdOf(parts)).toBe(candidate);
    }),
  );
});

test.each([
  'key:',
  'key:t=%00',
  'key:t=%0041',
  'key:i=01',
  'key:i=-0',
  'key:d=2026-02-30',
  'key:f=2',
  'key:x=1',
  'plain',
])('%j is no composite key', (candidate) => expect(partsOf(candidate)).toBeNull());

test.each([
  ['empty', ''],
  ['too long', 'x'.repeat(2001)],
  ['a zero', 'a\0b'],
  ['half a pair', '\ud800'],
])('a plain id is refused when it is %s', (_, id) => expect(() => externalIdOf(id)).toThrow(RangeError));
