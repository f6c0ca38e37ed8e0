/** Dates of the invented school year and the writing of instants; no clock is read here. */
const DAY_MS = 86_400_000;
const FIRST_MODIFIED = Date.UTC(2026, 6, 1);
const two = (n: number) => String(n).padStart(2, '0');
const days = Array.from({ length: 100 }, (_, n) => new Date(FIRST_MODIFIED + n * DAY_MS).toISOString().slice(0, 10));
const hours = Array.from({ length: 24 }, (_, n) => `T${two(n)}:`);
const clockFaces = Array.from({ length: 3600 }, (_, n) => `${two(Math.floor(n / 60))}:${two(n % 60)}.000Z`);
const schoolDays = Array.from({ length: 400 }, (_, n) =>
  new Date(Date.UTC(2026, 7, 17) + n * DAY_MS).toISOString().slice(0, 10),
);

export const YEAR_START = '2026-08-17';
export const YEAR_END = '2027-05-28';
export const SCHOOL_YEAR = 2027;

/** When an untouched row was last modified: some second between 1 July and 8 October 2026, in three pieces. */
export function baseModified(hash: number): [day: string, hour: string, clockFace: string] {
  return [days[hash % 100]!, hours[(hash >>> 8) % 24]!, clockFaces[(hash >>> 13) % 3600]!];
}

/** The date this many days after the school year's first day. */
export function schoolDay(offset: number): string {
  return schoolDays[offset % 400]!;
}
