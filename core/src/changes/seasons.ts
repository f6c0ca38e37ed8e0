/**
 * Seasons of a school's year in which much changes by nature. They have no limits by themselves: without a rule for a season the
 * normal ones hold. What the roster's own sessions say about them is only ever a suggestion.
 */
import type { AcademicSession } from '../roster/academic-session.js';

export const seasons = ['term_start', 'term_end', 'break'] as const;
export type Season = (typeof seasons)[number];

/** Calendar days, both included. */
export interface SeasonDays {
  readonly name: string;
  readonly kind: Season;
  readonly startsOn: string;
  readonly endsOn: string;
}

type Session = Pick<AcademicSession, 'title' | 'type' | 'startDate' | 'endDate'>;

/** Rosters are prepared some days before a term and settle in its first two weeks. */
const around = { startBefore: 7, startAfter: 13, endBefore: 6, endAfter: 7 };
/** Shorter gaps between terms are weekends. */
const shortestBreakDays = 4;

/**
 * Seasons for terms and semesters; where a roster has neither, for its school years. Each once, in the order of their days.
 */
export function suggestSeasons(sessions: readonly Session[]): SeasonDays[] {
  const of = (...types: Session['type'][]) => distinct(sessions.filter((session) => types.includes(session.type)));
  const terms = [of('term', 'semester'), of('schoolYear')].find((found) => found.length > 0) ?? [];
  const suggested = terms.flatMap((term): SeasonDays[] => [
    season(
      'term_start',
      `Start of ${term.title}`,
      shift(term.startDate, -around.startBefore),
      shift(term.startDate, around.startAfter),
    ),
    season(
      'term_end',
      `End of ${term.title}`,
      shift(term.endDate, -around.endBefore),
      shift(term.endDate, around.endAfter),
    ),
  ]);
  return [...suggested, ...breaks(terms)].toSorted(
    (a, b) => compare(a.startsOn, b.startsOn) || compare(a.name, b.name),
  );
}

/** The days between the end of one term and the start of the next, where no other term runs. */
function breaks(terms: readonly Session[]): SeasonDays[] {
  return terms.flatMap((term) => {
    const later = terms.filter((other) => other.startDate > term.endDate).map((other) => other.startDate);
    const next = later.toSorted()[0];
    if (next === undefined) return [];
    const [startsOn, endsOn] = [shift(term.endDate, 1), shift(next, -1)];
    const busy = terms.some((other) => other.startDate <= startsOn && other.endDate >= startsOn);
    if (busy || shift(startsOn, shortestBreakDays - 1) > endsOn) return [];
    return [season('break', `After ${term.title}`, startsOn, endsOn)];
  });
}

const season = (kind: Season, name: string, startsOn: string, endsOn: string): SeasonDays => ({
  name,
  kind,
  startsOn,
  endsOn,
});

/** Every school has sessions of its own; those of the same name and days are one. */
const distinct = (sessions: readonly Session[]): Session[] => [
  ...new Map(sessions.map((session) => [`${session.title}|${session.startDate}|${session.endDate}`, session])).values(),
];

const shift = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
