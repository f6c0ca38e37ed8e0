/** Blackout windows cover what they say in the schedule's time zone, past midnight and over the change of clocks as well. */
import { describe, expect, it } from '@jest/globals';
import { blackoutAt, parseBlackout } from './blackouts.js';

const covers = (window: string, moment: string, timeZone = 'UTC') =>
  blackoutAt([window], timeZone, new Date(moment)) === window;

describe('a blackout', () => {
  // 2026-11-23 is a Monday.
  it.each([
    ['mon-fri 08:00-15:00', '2026-11-23T08:00:00Z', true],
    ['mon-fri 08:00-15:00', '2026-11-23T14:59:59Z', true],
    ['mon-fri 08:00-15:00', '2026-11-23T15:00:00Z', false],
    ['mon-fri 08:00-15:00', '2026-11-22T10:00:00Z', false],
    ['sat,sun', '2026-11-22T10:00:00Z', true],
    ['sat-mon', '2026-11-23T10:00:00Z', true],
    ['sat-mon', '2026-11-24T10:00:00Z', false],
    ['daily 22:00-06:00', '2026-11-23T23:00:00Z', true],
    ['daily 22:00-06:00', '2026-11-23T05:59:00Z', true],
    ['daily 22:00-06:00', '2026-11-23T06:00:00Z', false],
    ['fri 22:00-06:00', '2026-11-28T05:00:00Z', true],
    ['fri 22:00-06:00', '2026-11-27T05:00:00Z', false],
    ['mon 12:00-24:00', '2026-11-23T23:59:00Z', true],
    ['2026-12-20..2027-01-06', '2026-12-20T00:00:00Z', true],
    ['2026-12-20..2027-01-06', '2027-01-06T23:59:00Z', true],
    ['2026-12-20..2027-01-06', '2027-01-07T00:00:00Z', false],
  ])('"%s" at %s: %p', (window, moment, expected) => {
    expect(covers(window, moment)).toBe(expected);
  });

  it('means the hours of its time zone, in summer as in winter', () => {
    const atEight = ['2026-11-23T14:00:00Z', '2027-06-21T13:00:00Z'];
    for (const moment of atEight) {
      expect(covers('mon 08:00-09:00', moment, 'America/Chicago')).toBe(true);
      expect(covers('mon 08:00-09:00', moment, 'UTC')).toBe(false);
    }
  });

  it.each([
    ...['', 'monday', 'mon 8:00-15:00', 'mon 08:00-25:00', 'mon 08:00-08:00', 'mon-tue-wed', 'mon 08:00', 'MON'],
    ...['2027-01-06..2026-12-20', '2026-13-01..2026-13-02', '2026-02-30..2026-03-01', '08:00-15:00'],
  ])('is not what "%s" says', (text) => {
    expect(parseBlackout(text)).toBeNull();
  });
});
