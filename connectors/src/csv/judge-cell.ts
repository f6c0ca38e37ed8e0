/**
 * One cell: its value as it would come over REST, and the rule of the standard that it breaks, if it breaks one. What cannot be read is
 * handed on as it is, for the reader of rows to reject: no value is ever made up.
 */
import { isoDate } from '../oneroster/rows/text.js';
import type { Column } from './catalogue.js';
import type { RuleCode } from './rules.js';

export interface JudgedCell {
  /** Undefined for what is left out. */
  readonly value: unknown;
  readonly code: RuleCode | null;
}

type Judge = (text: string, column: Column, extensions: boolean) => JudgedCell;

const fine = (value: unknown): JudgedCell => ({ value, code: null });
const broken = (code: RuleCode, value: unknown): JudgedCell => ({ value, code });

/** `text` is trimmed and not empty. `extensions`: whether words may be extended with `ext:`, as in 1.2. */
export function judgeCell(text: string, column: Column, extensions: boolean): JudgedCell {
  return judges[column.type](text, column, extensions);
}

const guid = /^[0-9A-Za-z./@_-]{1,255}$/;
const judges: Readonly<Record<Column['type'], Judge>> = {
  text: (text) => {
    if (/[\r\n]/.test(text)) return broken('cell.line-break', text.replaceAll(/\s*[\r\n]+\s*/g, ' '));
    return looksLikeFormula(text) ? broken('cell.formula', text) : fine(text);
  },
  guid: (text) => (guid.test(text) ? fine(text) : broken('cell.guid', text)),
  guids: (text) => {
    const { items, empty } = split(text);
    return { value: items, code: empty ? 'cell.list' : items.every((item) => guid.test(item)) ? null : 'cell.guid' };
  },
  date: (text) => {
    if (isDay(text)) return fine(text);
    const day = otherDate(text);
    return day === null ? broken('cell.date', text) : broken('cell.date-form', day);
  },
  time: (text) => {
    if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) && !Number.isNaN(Date.parse(text))) return fine(text);
    if (!Number.isNaN(Date.parse(text)) && /^\d{4}-\d\d-\d\d/.test(text)) return broken('cell.time-form', text);
    const day = otherDate(text);
    return day === null ? broken('cell.time', undefined) : broken('cell.time-form', day);
  },
  year: (text) => (/^\d{4}$/.test(text) ? fine(text) : broken('cell.year', text)),
  boolean: (text) => {
    if (text === 'true' || text === 'false') return fine(text);
    const meant = flags.get(text.toLowerCase());
    return meant === undefined ? broken('cell.boolean', text) : broken('cell.boolean-form', meant);
  },
  integer: (text) => (/^-?\d+$/.test(text) ? fine(text) : broken('cell.number', text)),
  float: (text) => (/^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? fine(text) : broken('cell.number', text)),
  list: (text) => {
    const { items, empty } = split(text);
    return { value: items, code: empty ? 'cell.list' : null };
  },
  ids: (text) => {
    const items = split(text).items.map((item) => /^\{([^:{}]+):([^{}]+)\}$/.exec(item) ?? item);
    const value = items.map((item) => (typeof item === 'string' ? item : { type: item[1], identifier: item[2] }));
    return { value, code: items.every((item) => typeof item !== 'string') ? null : 'cell.ids' };
  },
  pairs: (text) => {
    const { items, empty } = split(text);
    return {
      value: items,
      code: empty || !items.every((item) => /^\{[^{}]*:[^{}]*\}$/.test(item)) ? 'cell.list' : null,
    };
  },
  word: (text, { words }, extensions) => {
    if (words.includes(text) || (extensions && /^ext:[\w.-]+$/.test(text))) return fine(text);
    const known = words.some((word) => word.toLowerCase() === text.toLowerCase());
    return broken(known ? 'cell.word-case' : 'cell.word', text);
  },
};

const flags = new Map(
  Object.entries({
    true: 'true',
    t: 'true',
    yes: 'true',
    y: 'true',
    1: 'true',
    false: 'false',
    f: 'false',
    no: 'false',
    n: 'false',
    0: 'false',
  }),
);

/** Phone numbers and dashes are no formulae. */
const looksLikeFormula = (text: string): boolean =>
  /^[=@]/.test(text) || (/^[+-]/.test(text) && !/^[+-][\d\s().,x/-]*$/.test(text) && !/^-\p{L}/u.test(text));

function split(text: string): { items: string[]; empty: boolean } {
  const all = text.split(',').map((item) => item.trim());
  const items = all.filter((item) => item !== '');
  return { items, empty: items.length < all.length };
}

const isDay = (text: string): boolean => text.length === 10 && isoDate(text) !== null;

/** `8/17/2026`, `2026/08/17`, `20260817`, or a day with a time behind it. Null where it is none of them. */
function otherDate(text: string): string | null {
  const us = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?:\s.*)?$/.exec(text);
  const iso = /^(\d{4})[/.-]?(\d{2})[/.-]?(\d{2})(?:[T\s].*)?$/.exec(text);
  const [, year, month, day] = us ? [null, us[3], us[1], us[2]] : (iso ?? []);
  if (!year || !month || !day) return null;
  const found = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isDay(found) ? found : null;
}
