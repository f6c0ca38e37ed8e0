/** Reads the values of options; a value that does not fit is a usage error in one sentence. */
import { InvalidArgumentError } from 'commander';

export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds, from a number with its unit. */
export function duration(text: string): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count && unit) return Number(count) * secondsOf[unit]!;
  throw new InvalidArgumentError('It must be a number with its unit, like 90s, 15m, 6h or 1d.');
}

export const oneOf =
  <Word extends string>(...words: readonly Word[]) =>
  (text: string): Word => {
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`It must be one of ${words.join(', ')}.`);
  };

/** An object as JSON. */
export function jsonObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InvalidArgumentError('It must be a JSON object.');
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new InvalidArgumentError('It must be a JSON object.');
  return value as Record<string, unknown>;
}

/** A file's name; what looks like an option is one whose value was forgotten. */
export function fileName(text: string): string {
  if (text === '' || text.startsWith('-')) throw new InvalidArgumentError('It must be the name of a file.');
  return text;
}

/** A part of the whole: 0.05 or 5%. */
export function shareText(text: string): number {
  const [, digits, sign] = /^(\d{1,3}(?:\.\d{1,6})?)(%?)$/.exec(text.trim()) ?? [];
  const share = Number(digits) / (sign === '%' ? 100 : 1);
  if (share >= 0 && share <= 1) return share;
  throw new InvalidArgumentError('It must be a part from 0 to 1, or from 0% to 100%, like 0.05 or 5%.');
}

/** A calendar day. */
export function dayText(text: string): string {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(text)) return text;
  throw new InvalidArgumentError('It must be a day like 2027-01-04.');
}

export function reasonText(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It must say why.');
  if (text.length > 1000) throw new InvalidArgumentError('It must not be longer than 1000 characters.');
  return text.trim();
}

export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
