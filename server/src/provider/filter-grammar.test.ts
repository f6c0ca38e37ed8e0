/** The filter's grammar: what is read comes back as it was written, and everything else is refused in OneRoster's words. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseFilter } from './filter-grammar.js';
import { ProviderRefusal } from './refusal.js';

const field = fc.constantFrom('status', 'org.sourcedId', 'dateLastModified', 'metadata.a.b');
const predicate = fc.constantFrom('=', '!=', '>', '>=', '<', '<=', '~');
const clause = fc.record({ field, predicate, value: fc.string() });

test('whatever values hold, quotes and joiners among it, clauses are read as they were meant', () => {
  fc.assert(
    fc.property(fc.array(clause, { minLength: 1, maxLength: 20 }), fc.constantFrom('AND', 'OR'), (clauses, joiner) => {
      const text = clauses.map((c) => `${c.field}${c.predicate}'${c.value.replaceAll("'", "''")}'`).join(` ${joiner} `);
      fc.pre(text.length <= 4000);
      const read = parseFilter(text);
      expect(read.clauses).toEqual(clauses);
      if (clauses.length > 1) expect(read.joiner).toBe(joiner);
    }),
  );
});

test.each([
  ['', 'readable at character 1'],
  ["status='active", 'readable at character 1'],
  ['status=active', 'readable at character 1'],
  ["status='a' XOR status='b'", 'readable at character 11'],
  ["status='a' AND", 'readable'],
  ["a='1' AND b='2' OR c='3'", 'mixes AND and OR'],
  [Array.from({ length: 21 }, () => "a='1'").join(' AND '), 'more than 20 clauses'],
  [`a='${'x'.repeat(4000)}'`, 'longer than 4000'],
  ["1a='x'", 'readable at character 1'],
])('%p is refused', (text, why) => {
  expect(() => parseFilter(text)).toThrow(ProviderRefusal);
  expect(() => parseFilter(text)).toThrow(why);
});

test('any text is read or refused, and nothing else happens', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        expect(parseFilter(text).clauses.length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(ProviderRefusal);
      }
    }),
  );
});
