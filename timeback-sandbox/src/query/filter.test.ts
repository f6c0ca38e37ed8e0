/** The filter grammar's promises. */
import { describe, expect, test } from '@jest/globals';
import { Refusal } from '../answers.js';
import fc from 'fast-check';
import { matches } from './matches.js';
import { parseFilter } from './filter.js';
import { presets } from '../presets.js';

const { beyond, learnwith } = presets;
const holds = (filter: string, row: Record<string, unknown>) =>
  matches(parseFilter(filter, beyond), (field) => [row[field]]);

describe('filters', () => {
  test('a doubled quote gives back any value', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const condition = parseFilter(`email='${value.replaceAll("'", "''")}'`, beyond);
        expect(condition).toEqual([[{ field: 'email', operator: '=', value }]]);
      }),
    );
  });

  test('= and !=, and < and >=, are opposites for any two texts', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (actual, value) => {
        const quoted = `'${value.replaceAll("'", "''")}'`;
        expect(holds(`a=${quoted}`, { a: actual })).toBe(!holds(`a!=${quoted}`, { a: actual }));
        expect(holds(`a<${quoted}`, { a: actual })).toBe(!holds(`a>=${quoted}`, { a: actual }));
        expect(holds(`a>${quoted}`, { a: actual })).toBe(!holds(`a<=${quoted}`, { a: actual }));
      }),
    );
  });

  test.each([
    ["a='x' AND b='y' OR c='z'", { a: 'x', b: 'n', c: 'z' }, true],
    ["a='x' AND b='y' OR c='z'", { a: 'x', b: 'n', c: 'n' }, false],
    ["c='z' OR a='x' AND b='y'", { a: 'x', b: 'y', c: 'n' }, true],
    ["a~'MÜL'", { a: 'Müller' }, true],
    ["a@'x, y'", { a: 'y' }, true],
    ["a@'x,y'", { a: 'z' }, false],
    ["year>'99'", { year: 2027 }, true],
    ["nothing!='x'", { a: 'x' }, false],
  ])('%s over %j is %s', (filter, row, expected) => {
    expect(holds(filter, row)).toBe(expected);
  });

  test.each([
    ['email', 400],
    ["email='x", 400],
    ["email=='x'", 400],
    ["='x'", 400],
    ["a='x' b='y'", 400],
    ["a='x' AND", 400],
    ["assessmentLineItem.course.sourcedId='x'", 400],
    ['metadata.isTestUser=true', 422],
  ])('%s is refused with %i', (filter, status) => {
    expect(() => parseFilter(filter, beyond)).toThrow(Refusal);
    expect(() => parseFilter(filter, beyond)).toThrow(expect.objectContaining({ status }));
  });

  test('the second platform takes two terms at most', () => {
    expect(parseFilter("a='x' AND b='y'", learnwith)).toHaveLength(1);
    expect(() => parseFilter("a='x' AND b='y' AND c='z'", learnwith)).toThrow('Error in filter query');
  });
});
