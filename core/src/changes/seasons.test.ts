/** Seasons are suggested from the sessions of a roster: once each, around the terms' borders, and breaks only where no term runs. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { suggestSeasons } from './seasons.js';

const term = (title: string, startDate: string, endDate: string) => ({
  type: 'term' as const,
  title,
  startDate,
  endDate,
});
const autumn = term('Autumn', '2026-08-17', '2026-12-18');
const spring = term('Spring', '2027-01-11', '2027-06-04');

describe('suggested seasons', () => {
  it('lie around the borders of terms, with the break between them', () => {
    expect(suggestSeasons([spring, autumn])).toEqual([
      { kind: 'term_start', name: 'Start of Autumn', startsOn: '2026-08-10', endsOn: '2026-08-30' },
      { kind: 'term_end', name: 'End of Autumn', startsOn: '2026-12-12', endsOn: '2026-12-25' },
      { kind: 'break', name: 'After Autumn', startsOn: '2026-12-19', endsOn: '2027-01-10' },
      { kind: 'term_start', name: 'Start of Spring', startsOn: '2027-01-04', endsOn: '2027-01-24' },
      { kind: 'term_end', name: 'End of Spring', startsOn: '2027-05-29', endsOn: '2027-06-11' },
    ]);
  });

  it('are said once for all schools that share them, and take school years only where there are no terms', () => {
    const year = { ...term('2026/27', '2026-08-01', '2027-07-31'), type: 'schoolYear' as const };
    expect(suggestSeasons([autumn, autumn, spring, spring, year])).toEqual(suggestSeasons([autumn, spring]));
    expect(suggestSeasons([year]).map(({ kind }) => kind)).toEqual(['term_start', 'term_end']);
    expect(suggestSeasons([])).toEqual([]);
  });

  it('leave out weekends between terms, and gaps in which another term runs', () => {
    const next = term('Next', '2026-12-21', '2027-01-08');
    expect(suggestSeasons([autumn, next]).some(({ kind }) => kind === 'break')).toBe(false);
    const long = term('Long', '2026-08-17', '2027-06-04');
    expect(suggestSeasons([autumn, spring, long]).some(({ kind }) => kind === 'break')).toBe(false);
  });

  it('never end before they begin', () => {
    const day = fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });
    const session = fc.tuple(day, fc.nat(300), fc.string()).map(([start, days, title]) => {
      const end = new Date(start.getTime() + days * 86_400_000);
      return term(title, start.toISOString().slice(0, 10), end.toISOString().slice(0, 10));
    });
    fc.assert(
      fc.property(fc.array(session), (sessions) => {
        for (const { startsOn, endsOn } of suggestSeasons(sessions)) expect(startsOn <= endsOn).toBe(true);
      }),
    );
  });
});
