/**
 * External keys: one text, or ordered typed parts in one canonical text. Whatever characters the parts hold, reading what was
 * written gives the same parts, and equal parts are written as equal text.
 */

/** A part of a composite key. Integers are decimal digits, so that none is too long; dates are calendar days. */
export type KeyPart =
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'integer'; readonly value: bigint }
  | { readonly type: 'date'; readonly value: string }
  | { readonly type: 'flag'; readonly value: boolean };

export type ExternalKey = string | readonly KeyPart[];

/** Begins every composite key. A source's own id that begins so and is canonical is the same key. */
const mark = 'key:';
export const longestExternalId = 2_000;

/** The text under which a key is stored. Throws a RangeError for what no key can be. */
export function externalIdOf(key: ExternalKey): string {
  const text = typeof key === 'string' ? key : `${mark}${key.map(partText).join(',')}`;
  if (typeof key !== 'string' && key.length === 0) throw new RangeError('a composite key has parts');
  const fault = externalIdFault(text);
  if (fault !== null) throw new RangeError(fault);
  return text;
}

/** Why a text cannot be an external id; null when it can. */
export function externalIdFault(text: string): string | null {
  if (text === '') return 'an external id is not empty';
  if (text.length > longestExternalId) return `an external id has ${longestExternalId} characters at most`;
  return /\0/.test(text) || !text.isWellFormed() ? 'an external id holds characters that cannot be stored' : null;
}

/** The parts of a composite key's text; null when it is not the canonical text of any. */
export function partsOf(externalId: string): readonly KeyPart[] | null {
  if (!externalId.startsWith(mark)) return null;
  const parts = externalId.slice(mark.length).split(',').map(readPart);
  return parts.every((part) => part !== null) ? parts : null;
}

const letters = { text: 't', integer: 'i', date: 'd', flag: 'f' } as const;

function partText(part: KeyPart): string {
  if (part.type === 'date' && !isDay(part.value)) throw new RangeError('a date of a key is a calendar day');
  const value = part.type === 'flag' ? (part.value ? '1' : '0') : String(part.value);
  return `${letters[part.type]}=${part.type === 'text' ? escaped(value) : value}`;
}

function readPart(text: string): KeyPart | null {
  const [, letter, value] = /^([tidf])=(.*)$/su.exec(text) ?? [];
  if (letter === undefined || value === undefined) return null;
  if (letter === 't') return readText(value);
  if (letter === 'i') return /^(0|-?[1-9]\d*)$/.test(value) ? { type: 'integer', value: BigInt(value) } : null;
  if (letter === 'd') return isDay(value) ? { type: 'date', value } : null;
  return value === '1' || value === '0' ? { type: 'flag', value: value === '1' } : null;
}

/** Only what `escaped` writes is canonical. */
function readText(text: string): KeyPart | null {
  const value = text.replaceAll(/%([0-9A-F]{4})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  return escaped(value) === text ? { type: 'text', value } : null;
}

/** Delimiters, what cannot be stored or seen, and halves of pairs, as code units; everything else as it is. */
const escaped = (value: string): string =>
  value.replaceAll(
    /[%,\u0000-\u001f\u007f-\u009f]|\p{Surrogate}/gu,
    (found) => `%${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  );

function isDay(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
