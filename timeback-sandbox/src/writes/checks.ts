/** What a value of a written record may be; the words are what goes back in an error, and they never hold the value. */
import { type Check, oneOf } from '../body.js';

export const word: Check = (v) => (typeof v === 'string' && v !== '' ? undefined : 'a text that is not empty');
export const anyText: Check = (v) => (typeof v === 'string' ? undefined : 'a text');
export const number: Check = (v) => (typeof v === 'number' ? undefined : 'a number');
export const object: Check = (v) =>
  typeof v === 'object' && v !== null && !Array.isArray(v) ? undefined : 'an object';
export const date: Check = (v) =>
  typeof v === 'string' && /^\d{4}-\d\d-\d\d/.test(v) && !Number.isNaN(Date.parse(v)) ? undefined : 'a date';
export const year: Check = (v) => (typeof v === 'string' && /^\d{4}$/.test(v) ? undefined : 'a text of four digits');
export const email: Check = (v) =>
  typeof v === 'string' && /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(v) ? undefined : 'an e-mail address';
export const truth: Check = (v) => ([true, false, 'true', 'false'].includes(v as string) ? undefined : 'true or false');
export const status = oneOf(['active', 'tobedeleted']);

export const orNull =
  (check: Check): Check =>
  (v) =>
    v === null ? undefined : check(v) && `${check(v)}, or null`;

export const listOf =
  (check: Check): Check =>
  (v) => {
    if (!Array.isArray(v)) return 'a list';
    const wrong = v.map(check).find((expected) => expected !== undefined);
    return wrong && `a list, and each of it ${wrong}`;
  };

export const shaped =
  (checks: Readonly<Record<string, Check>>, required: readonly string[]): Check =>
  (v) => {
    if (object(v)) return object(v);
    const value = v as Record<string, unknown>;
    for (const [name, check] of Object.entries(checks)) {
      if (value[name] === undefined && !required.includes(name)) continue;
      const expected = check(value[name]);
      if (expected) return `an object whose "${name}" is ${expected}`;
    }
    return undefined;
  };

export const reference = shaped({ sourcedId: word }, ['sourcedId']);
