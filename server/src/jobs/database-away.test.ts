/** An outage of the database asks for patience; a fault of ours does not pass for one. */
import { describe, expect, it } from '@jest/globals';
import { isDatabaseAway } from './database-away.js';

const withCode = (code: string) => Object.assign(new Error('x'), { code });

describe('a database that is away', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', '57P01', '57P02', '57P03', '08006', '53300', '53100', '40001', '40P01'])(
    'is told by %s',
    (code) => {
      expect(isDatabaseAway(withCode(code))).toBe(true);
    },
  );

  it.each(['Connection terminated unexpectedly', 'Connection terminated due to connection timeout'])(
    'is told by "%s"',
    (message) => {
      expect(isDatabaseAway(new Error(message))).toBe(true);
    },
  );

  it('is told through an error that wraps it', () => {
    expect(isDatabaseAway(new Error('save failed', { cause: withCode('57P01') }))).toBe(true);
    expect(isDatabaseAway(new AggregateError([withCode('ECONNREFUSED')]))).toBe(true);
  });

  it.each([
    withCode('23505'),
    withCode('42501'),
    withCode('22P02'),
    new TypeError('x'),
    new RangeError('a run cannot move'),
    'text',
    null,
  ])('is not told by %p', (error) => {
    expect(isDatabaseAway(error)).toBe(false);
  });
});
