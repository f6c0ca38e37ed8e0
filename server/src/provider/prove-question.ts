/**
 * What a client may ask of an entity's fields: which it may select, filter by and sort by. A field that is withheld from it is as
 * unknown as one that does not exist, so that no filter finds out what no record shows.
 */
import type { Clause, Filter, Predicate, Sort } from '../store/provider/conditions.js';
import type { ShownField, ShownValue, ValueKind } from '../store/provider/shown-field.js';
import { parseFilter, type ParsedClause } from './filter-grammar.js';
import { ProviderRefusal } from './refusal.js';

const all: readonly Predicate[] = ['=', '!=', '>', '>=', '<', '<=', '~'];
const ordered: readonly Predicate[] = ['=', '!=', '>', '>=', '<', '<='];

const predicates: Readonly<Record<ValueKind, readonly Predicate[]>> = {
  id: all,
  status: ['=', '!='],
  instant: ordered,
  text: all,
  flag: ['=', '!='],
  date: ordered,
  texts: ['=', '!=', '~'],
  ids: ['=', '!=', '~'],
  document: all,
  role: ['=', '!='],
};

/** What a value must be; null where any text will do. */
const wantedValues: Readonly<Partial<Record<ValueKind, readonly [is: (text: string) => boolean, what: string]>>> = {
  status: [(text) => text === 'active' || text === 'tobedeleted', 'active or tobedeleted'],
  flag: [(text) => text === 'true' || text === 'false', 'true or false'],
  date: [isDay, 'a day like 2026-11-23'],
  instant: [isInstant, 'a time like 2026-11-23T08:00:00.000Z'],
};

const sortable: readonly ValueKind[] = ['id', 'status', 'instant', 'text', 'flag', 'date'];

/** Throws ProviderRefusal. */
export function filterOf(text: string, fields: readonly ShownField[]): Filter {
  const { joiner, clauses } = parseFilter(text);
  return { joiner, clauses: clauses.map((clause) => clauseOf(clause, fields)) };
}

function clauseOf({ field, predicate, value: given }: ParsedClause, fields: readonly ShownField[]): Clause {
  const value = valueNamed(field, fields);
  if (!value) throw refused(`knows no field ${field} to filter by`);
  if (given.includes('\0') || !given.isWellFormed()) throw refused('holds a character that no record can have');
  if (!predicates[value.kind].includes(predicate))
    throw refused(`cannot compare ${field} with ${predicate}; it takes ${predicates[value.kind].join(' ')}`);
  const [is, what] = wantedValues[value.kind] ?? [];
  if (is && !is(given)) throw refused(`compares ${field} with what is not ${what}`);
  // A time without its zone is in UTC, as all that is shown.
  const zoned = value.kind === 'instant' && /T[^Z+-]*$/.test(given) ? `${given}Z` : given;
  return { value, predicate, given: zoned, path: field.split('.').slice(1) };
}

function valueNamed(name: string, fields: readonly ShownField[]): ShownValue | undefined {
  const values: Record<string, ShownValue> = Object.assign(Object.create(null), ...fields.map((field) => field.values));
  const isInDocument = name.startsWith('metadata.');
  return isInDocument ? values.metadata : values[name]?.kind === 'document' ? undefined : values[name];
}

/** Throws ProviderRefusal. */
export function sortOf(
  name: string | undefined,
  orderBy: string | undefined,
  fields: readonly ShownField[],
): Sort | null {
  if (orderBy !== undefined && orderBy !== 'asc' && orderBy !== 'desc')
    throw new ProviderRefusal('invaliddata', 'orderBy is asc or desc.');
  if (name === undefined) return null;
  const value = valueNamed(name, fields);
  if (!value || !sortable.includes(value.kind))
    throw new ProviderRefusal('invaliddata', 'There is no such field to sort by.');
  return { value, descending: orderBy === 'desc' };
}

/** The fields of an answer, in the standard's order. Throws ProviderRefusal for a field that is not the standard's. */
export function selectionOf<Field extends { readonly name: string }>(
  text: string | undefined,
  fields: readonly Field[],
  known: readonly string[],
): readonly Field[] {
  if (text === undefined) return fields;
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.some((name) => !known.includes(name));
  if (unknown)
    throw new ProviderRefusal('invalid_selection_field', 'fields names what is not a field of these records.');
  return fields.filter((field) => names.includes(field.name));
}

function isDay(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text) && !text.startsWith('0000');
}

/** A day alone is its beginning in UTC. */
function isInstant(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?$/.test(text)) return false;
  const time = Date.parse(text);
  return !Number.isNaN(time) && time > Date.parse('0001-01-02') && time < Date.parse('9999-01-01');
}

const refused = (rule: string): ProviderRefusal => new ProviderRefusal('invalid_filter_field', `The filter ${rule}.`);
