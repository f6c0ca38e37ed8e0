/**
 * Texts, dates and instants as canonical records hold them: trimmed, composed (NFC), storable. Written without regular
 * expressions, since each runs for every field of every row; plain ASCII costs one pass.
 */

/** What a text is made of. NUL cannot be stored by PostgreSQL; half of a surrogate pair cannot travel in UTF-8. */
export type TextKind = 'ascii' | 'unicode' | 'nul' | 'broken';

export function textKind(value: string): TextKind {
  let highest = 0;
  for (let i = 0; i < value.length; i += 1) {
    const code = value.charCodeAt(i);
    if (code === 0) return 'nul';
    highest |= code;
  }
  if (highest < 0x80) return 'ascii';
  return value.isWellFormed() ? 'unicode' : 'broken';
}

export function storable(value: string): boolean {
  const kind = textKind(value);
  return kind === 'ascii' || kind === 'unicode';
}

/** Trimmed, and NFC where more than ASCII makes it needed. */
export function plainText(value: string, ascii: boolean): string {
  if (!ascii) return value.trim().normalize('NFC');
  return isEdge(value.charCodeAt(0)) || isEdge(value.charCodeAt(value.length - 1)) ? value.trim() : value;
}

/** False for the NaN of an empty text. */
const isEdge = (code: number): boolean => code <= 0x20;

/** The order of sets: by UTF-16 units, the same on every machine. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The first ten characters when they are a day of the calendar (years 1 to 9999) and nothing but a time follows. */
export function isoDate(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const text = isEdge(value.charCodeAt(0)) || isEdge(value.charCodeAt(value.length - 1)) ? value.trim() : value;
  if (text.length < 10 || text.charCodeAt(4) !== dash || text.charCodeAt(7) !== dash) return null;
  if (text.length > 10 && text[10] !== 'T' && text[10] !== ' ') return null;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  if (!(year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))) return null;
  return text.length === 10 ? text : text.slice(0, 10);
}

/** ISO 8601 in UTC with milliseconds, or null. */
export function isoInstant(value: string): string | null {
  if (isUtcMilliseconds(value)) return value;
  const time = Date.parse(value);
  if (Number.isNaN(time)) return null;
  const iso = new Date(time).toISOString();
  return iso.length === 24 && iso > '0001' ? iso : null;
}

/** `2026-08-15T07:30:00.000Z`: already as it should be. */
function isUtcMilliseconds(value: string): boolean {
  if (value.length !== 24 || value[23] !== 'Z' || value[10] !== 'T' || value[19] !== '.') return false;
  if (value[13] !== ':' || value[16] !== ':' || isoDate(value) === null) return false;
  return (
    digits(value, 11, 13) < 24 && digits(value, 14, 16) < 60 && digits(value, 17, 19) < 60 && digits(value, 20, 23) >= 0
  );
}

const dash = 0x2d;

/** NaN when anything but a digit is there, so that every comparison with it fails. */
function digits(text: string, from: number, to: number): number {
  let number = 0;
  for (let i = from; i < to; i += 1) {
    const digit = text.charCodeAt(i) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
}
