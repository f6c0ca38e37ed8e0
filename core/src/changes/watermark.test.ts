/** The watermark never passes what was read, never moves back, and any doubt makes a read a full one. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chooseRead, nextWatermark, overlapMs, type ReadGrounds } from './watermark.js';

const time = fc
  .date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true })
  .map((d) => d.toISOString());
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });

describe('nextWatermark', () => {
  it('stays behind both the provider’s clock and the newest record by the overlap, unless it was further before', () => {
    fc.assert(
      fc.property(time, maybe(time), maybe(time), (clock, newest, previous) => {
        const next = Date.parse(nextWatermark(clock, newest, previous)!);
        const bound = Math.min(Date.parse(clock), newest === null ? Infinity : Date.parse(newest)) - overlapMs;
        expect(next <= bound || next === Date.parse(previous!)).toBe(true);
      }),
    );
  });

  it('never moves back', () => {
    fc.assert(
      fc.property(time, maybe(time), time, (clock, newest, previous) => {
        expect(Date.parse(nextWatermark(clock, newest, previous)!)).toBeGreaterThanOrEqual(Date.parse(previous));
      }),
    );
  });

  it('is none when the provider tells no time', () =>
    expect(nextWatermark(null, '2026-01-01T00:00:00.000Z', null)).toBeNull());
});

const sound: ReadGrounds = {
  watermark: {
    watermark: '2026-10-01T00:00:00.000Z',
    providerTime: '2026-10-01T00:05:00.000Z',
    readInFullAt: '2026-10-01T00:00:00.000Z',
    projectionVersion: 1,
    configurationVersion: 3,
  },
  filter: true,
  projectionVersion: 1,
  configurationVersion: 3,
  openHolds: 0,
  now: '2026-10-01T06:00:00.000Z',
  fullEveryMs: 24 * 3_600_000,
};

describe('chooseRead', () => {
  it('begins at the watermark when nothing speaks against it', () =>
    expect(chooseRead(sound)).toEqual({ since: '2026-10-01T00:00:00.000Z' }));

  it.each<[string, Partial<ReadGrounds>]>([
    ['there is no filter', { filter: false }],
    ['there is no watermark', { watermark: null }],
    ['the projection changed', { projectionVersion: 2 }],
    ['the configuration changed', { configurationVersion: 4 }],
    ['a hold is open', { openHolds: 1 }],
    ['the last full read is long ago', { now: '2026-10-02T00:00:00.000Z' }],
  ])('reads in full when %s', (_, change) => expect(chooseRead({ ...sound, ...change })).toHaveProperty('fullBecause'));
});
