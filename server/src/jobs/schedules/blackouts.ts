/**
 * Blackout windows: times at which a schedule starts nothing. Written as `mon-fri 08:00-15:00`, `sat,sun`, `daily 22:00-06:00` or
 * `2026-12-20..2027-01-06`, and meant in the schedule's time zone. A window that ends before it begins goes past midnight.
 */
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

interface Window {
  readonly covers: (local: LocalTime) => boolean;
}

interface LocalTime {
  /** 2026-11-23 */
  readonly date: string;
  /** 0 is Sunday. */
  readonly day: number;
  readonly minute: number;
}

/** Null for a text that is no window. */
export function parseBlackout(text: string): Window | null {
  const [, first, last] = /^(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})$/.exec(text) ?? [];
  if (first && last) {
    if (!isDate(first) || !isDate(last) || first > last) return null;
    return { covers: ({ date }) => date >= first && date <= last };
  }
  const [, dayText, from, to] = /^([a-z,-]+)(?: (\d{2}:\d{2})-(\d{2}:\d{2}))?$/.exec(text) ?? [];
  const chosen = dayText === undefined ? null : parseDays(dayText);
  if (!chosen) return null;
  if (!from || !to) return { covers: ({ day }) => chosen.has(day) };
  const [begin, end] = [minuteOf(from), minuteOf(to)];
  if (begin === null || end === null || begin === end) return null;
  if (begin < end) return { covers: ({ day, minute }) => chosen.has(day) && minute >= begin && minute < end };
  return {
    covers: ({ day, minute }) => (chosen.has(day) && minute >= begin) || (chosen.has((day + 6) % 7) && minute < end),
  };
}

/** The window that covers the moment, or null. */
export function blackoutAt(blackouts: readonly string[], timeZone: string, moment: Date): string | null {
  const local = localTime(moment, timeZone);
  return blackouts.find((text) => parseBlackout(text)?.covers(local)) ?? null;
}

/** Throws a RangeError for an unknown time zone. */
function localTime(moment: Date, timeZone: string): LocalTime {
  const format = new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone, hourCycle: 'h23', weekday: 'short' },
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
  });
  const part = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, value]));
  return {
    date: `${part.year}-${part.month}-${part.day}`,
    day: days.findIndex((day) => part.weekday!.toLowerCase().startsWith(day)),
    minute: Number(part.hour) * 60 + Number(part.minute),
  };
}

function parseDays(text: string): ReadonlySet<number> | null {
  if (text === 'daily') return new Set(days.keys());
  const chosen = new Set<number>();
  for (const part of text.split(',')) {
    const [first, last = first, ...rest] = part.split('-').map((name) => days.indexOf(name as (typeof days)[number]));
    if (first === undefined || last === undefined || first < 0 || last < 0 || rest.length > 0) return null;
    for (let day = first; ; day = (day + 1) % 7) {
      chosen.add(day);
      if (day === last) break;
    }
  }
  return chosen;
}

function minuteOf(text: string): number | null {
  const [hour, minute] = text.split(':').map(Number) as [number, number];
  return (hour < 24 && minute < 60) || text === '24:00' ? hour * 60 + minute : null;
}

const isDate = (text: string): boolean => {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
};
