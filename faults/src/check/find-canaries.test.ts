/** Values of people are found wherever they stand as words, and are not repeated in what is said about it. */
import { describe, expect, it } from '@jest/globals';
import { findCanaries } from './find-canaries.js';

const words = new Set(['Nakamura', 'zahra.nakamura.1@students.example.org']);

describe('the canary scan', () => {
  it.each([
    ['{"reason":"Nakamura is twice there"}', 1],
    ['{"who":"zahra.nakamura.1@students.example.org"}', 1],
    ['Nakamura, zahra.nakamura.1@students.example.org', 2],
  ])('finds the values in %s', (text, values) => {
    const [found] = findCanaries(words, 'the log', text);
    expect(found).toEqual({ promise: 'leak', what: `the log holds ${values} values of people` });
  });

  it.each(['{"run":"01a2"}', 'Nakamurasaki', 'nakamura'])('finds none in %s', (text) => {
    expect(findCanaries(words, 'the log', text)).toEqual([]);
  });
});
