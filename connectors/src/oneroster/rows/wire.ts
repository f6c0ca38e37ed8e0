/**
 * Reads the fields of one wire row, tolerantly and totally: a value, or the first reason why the row must stay out. What is
 * absent becomes null; what is there but unreadable rejects the row, so that nothing given is silently lost. Reasons name
 * fields and rules, never values. Rows marked `tobedeleted` are read leniently: only their key has to be readable.
 */
import { maxTextLength, type Reject, type RejectCode, type Status } from '@rollcall/core';
import { compareText, isoDate, isoInstant, plainText, textKind } from './text.js';
import { keptMetadata, type MetadataRules } from './metadata.js';

export type WireRow = Readonly<Record<string, unknown>>;

/** Stands for a required text or id that a `tobedeleted` row no longer carries; never written, as such a row only ends a link. */
export const notGiven = '(not given)';

const maxKeyLength = 1024;
const maxListLength = 1000;

export class WireReader {
  #code: RejectCode | null = null;
  #field = '';
  #message = '';
  #lenient = false;
  sourcedId = '';
  status: Status = 'active';

  constructor(private readonly metadataRules: MetadataRules) {}

  /** Starts a row. False when not even its key can be read. */
  begin(row: WireRow): boolean {
    this.#code = null;
    const status = statusWord(row.status);
    this.#lenient = status === 'tobedeleted';
    this.status = this.#lenient ? 'tobedeleted' : 'active';
    const key = row.sourcedId;
    if (typeof key !== 'string' || key === '') return this.#unreadable('is missing or not a text');
    if (key.length > maxKeyLength) return this.#unreadable(`is longer than ${maxKeyLength} characters`);
    const kind = textKind(key);
    if (kind === 'nul') return this.#unreadable('holds a NUL character');
    if (kind === 'broken') return this.#unreadable('holds broken Unicode');
    this.sourcedId = key;
    if (status === null) this.refuse('field_invalid', 'status', 'is neither active nor tobedeleted');
    return true;
  }

  /** The row's reason to stay out, if one came up since `begin`. */
  get refused(): boolean {
    return this.#code !== null;
  }

  rejection(): Reject {
    const code = this.#code ?? 'field_invalid';
    const externalId = code === 'key_unreadable' ? null : this.sourcedId;
    return { externalId, code, field: this.#field, message: this.#message };
  }

  /** Notes the first reason. In a lenient row there is none but the key. */
  refuse(code: RejectCode, field: string, rule: string): null {
    if (this.#lenient || this.#code !== null) return null;
    this.#code = code;
    this.#field = field;
    this.#message = `${field} ${rule}`;
    return null;
  }

  text(value: unknown, field: string): string | null {
    if (value === null || value === undefined || value === '') return null;
    const given = typeof value === 'string' ? value : numeral(value);
    if (given === null) return this.refuse('field_invalid', field, 'is not a text');
    if (given.length > maxTextLength) return this.#tooLong(field);
    const kind = textKind(given);
    if (kind === 'nul' || kind === 'broken') return this.#notStorable(kind, field);
    const text = plainText(given, kind === 'ascii');
    if (text.length > maxTextLength) return this.#tooLong(field);
    return text === '' ? null : text;
  }

  /** Case of e-mail addresses is never a change. */
  email(value: unknown, field: string): string | null {
    const text = this.text(value, field);
    return text === null ? null : this.text(text.toLowerCase(), field);
  }

  requiredText(value: unknown, field: string): string {
    return this.text(value, field) ?? this.#missing(field);
  }

  /** A reference: `{ sourcedId }` or the id itself. Ids are opaque: never trimmed, never normalised. */
  reference(value: unknown, field: string): string | null {
    if (value === null || value === undefined || value === '') return null;
    const id = typeof value === 'object' ? (value as WireRow).sourcedId : value;
    if (id === null || id === undefined || id === '')
      return Array.isArray(value) ? this.refuse('field_invalid', field, 'is a list') : null;
    if (typeof id !== 'string') return this.refuse('field_invalid', field, 'is not a reference');
    if (id.length > maxKeyLength)
      return this.refuse('field_too_long', field, `is longer than ${maxKeyLength} characters`);
    const kind = textKind(id);
    if (kind === 'nul' || kind === 'broken') return this.#notStorable(kind, field);
    return id;
  }

  requiredReference(value: unknown, field: string): string {
    return this.reference(value, field) ?? this.#missing(field);
  }

  date(value: unknown, field: string): string | null {
    if (value === null || value === undefined || value === '') return null;
    return isoDate(value) ?? this.refuse('field_invalid', field, 'is not a date');
  }

  requiredDate(value: unknown, field: string): string {
    const date = this.date(value, field);
    if (date !== null) return date;
    this.#missing(field);
    return '1970-01-01';
  }

  flag(value: unknown, field: string, whenAbsent: boolean): boolean {
    if (value === true || value === 'true') return true;
    if (value === false || value === 'false') return false;
    if (value === null || value === undefined || value === '') return whenAbsent;
    const word = String(typeof value === 'object' ? '' : value)
      .trim()
      .toLowerCase();
    if (word === 'true' || word === '1') return true;
    if (word === 'false' || word === '0') return false;
    this.refuse('field_invalid', field, 'is neither true nor false');
    return whenAbsent;
  }

  /** One of `words`, whatever its case; `words` maps lower case to the canonical word. */
  word<W extends string>(value: unknown, field: string, words: ReadonlyMap<string, W>, whenAbsent: W | null): W | null {
    const exact = typeof value === 'string' ? words.get(value) : undefined;
    if (exact !== undefined) return exact;
    const text = this.text(value, field);
    if (text === null) return whenAbsent ?? this.refuse('field_missing', field, 'is missing');
    return words.get(text.toLowerCase()) ?? this.refuse('field_invalid', field, 'is not one of the known words');
  }

  /** The elements of a list; a lone value counts as a list of one. */
  list(value: unknown, field: string): readonly unknown[] {
    if (value === null || value === undefined || value === '') return none;
    if (!Array.isArray(value)) return [value];
    if (value.length <= maxListLength) return value;
    this.refuse('field_too_long', field, `has more than ${maxListLength} entries`);
    return none;
  }

  /** Texts, sorted and without doubles; `each` maps one text, or drops it with null. */
  set(value: unknown, field: string, each: (text: string) => string | null = same): readonly string[] {
    if (value === null || value === undefined) return none;
    const texts: string[] = [];
    for (const element of this.list(value, field)) {
      const text = this.text(element, field);
      const mapped = text === null ? null : each(text);
      if (mapped !== null) texts.push(mapped);
    }
    return sortedSet(texts);
  }

  references(value: unknown, field: string): readonly string[] {
    if (value === null || value === undefined) return none;
    const ids: string[] = [];
    for (const element of this.list(value, field)) {
      const id = this.reference(element, field);
      if (id !== null) ids.push(id);
    }
    return sortedSet(ids);
  }

  /** Never part of what is compared, so an unreadable one is only left out. */
  instant(value: unknown): string | null {
    return typeof value === 'string' ? isoInstant(value) : null;
  }

  metadata(value: unknown): Record<string, unknown> | null {
    if (value === null || value === undefined) return null;
    const kept = keptMetadata(value, this.metadataRules);
    return 'metadata' in kept ? kept.metadata : this.refuse(kept.code, 'metadata', kept.rule);
  }

  #notStorable(kind: 'nul' | 'broken', field: string): null {
    return kind === 'nul'
      ? this.refuse('nul_character', field, 'holds a NUL character')
      : this.refuse('field_invalid', field, 'holds broken Unicode');
  }

  #tooLong(field: string): null {
    return this.refuse('field_too_long', field, `is longer than ${maxTextLength} characters`);
  }

  #missing(field: string): string {
    this.refuse('field_missing', field, 'is missing');
    return notGiven;
  }

  #unreadable(rule: string): false {
    this.#code = 'key_unreadable';
    this.#field = 'sourcedId';
    this.#message = `sourcedId ${rule}`;
    return false;
  }
}

/** `inactive` is of OneRoster 1.0 and still seen: it ends a record too, which is kept as an ended one. Absent is active. */
function statusWord(value: unknown): Status | null {
  if (value === 'active' || value === undefined || value === null || value === '') return 'active';
  const word = typeof value === 'string' ? value.trim().toLowerCase() : null;
  return word === 'active' ? 'active' : word === 'tobedeleted' || word === 'inactive' ? 'tobedeleted' : null;
}

const none: readonly never[] = [];
const same = (text: string): string => text;

/** Numbers given for texts. Beyond 2^53 the digits that arrived are no longer the ones that were sent. */
function numeral(value: unknown): string | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return null;
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? null : String(value);
}

export function sortedSet(texts: string[]): readonly string[] {
  if (texts.length < 2) return texts;
  texts.sort(compareText);
  return texts.filter((text, index) => index === 0 || text !== texts[index - 1]);
}
