/**
 * A filter and a sort as SQL, over the values that the client is shown. What a client may ask is checked before (provider's
 * prove-filter.ts); texts compare by Unicode code points, as the standard wants it, and `~` whatever the case.
 */
import type { Seen } from './sight.js';
import type { ShownValue, ValueKind } from './shown-field.js';
import type { SqlValues } from './sql-values.js';

export type Predicate = '=' | '!=' | '>' | '>=' | '<' | '<=' | '~';

export interface Clause {
  readonly value: ShownValue;
  readonly predicate: Predicate;
  readonly given: string;
  /** Inside a document. */
  readonly path?: readonly string[];
}

export interface Filter {
  readonly joiner: 'AND' | 'OR';
  readonly clauses: readonly Clause[];
}

export interface Sort {
  readonly value: ShownValue;
  readonly descending: boolean;
}

export const filterSql = (filter: Filter, seen: Seen, values: SqlValues): string =>
  `(${filter.clauses.map((clause) => clauseSql(clause, seen, values)).join(` ${filter.joiner} `)})`;

/** A stable order: equal values stand by their ids. */
export function sortSql(sort: Sort | null, seen: Seen): string {
  if (!sort) return 't.id';
  const direction = sort.descending ? 'DESC' : 'ASC';
  if (sort.value.kind === 'id' && sort.value.sql(seen) === 't.id') return `t.id ${direction}`;
  const value = sort.value.sql(seen);
  // A status is a truth here, and "active" comes before "tobedeleted".
  const key =
    sort.value.kind === 'status' ? `NOT ${value}` : sort.value.kind === 'text' ? `(${value}) COLLATE "C"` : value;
  return `${key} ${direction} NULLS LAST, t.id`;
}

function clauseSql(clause: Clause, seen: Seen, values: SqlValues): string {
  const value = clause.value.sql(seen);
  return writers[clause.value.kind]({ ...clause, sql: value, column: clause.value.column ?? '' }, values);
}

interface Written extends Omit<Clause, 'value'> {
  readonly sql: string;
  readonly column: string;
}

type Writer = (clause: Written, values: SqlValues) => string;

const writers: Readonly<Record<ValueKind, Writer>> = {
  id: idSql,
  status: ({ sql, predicate, given }) => ((given === 'active') === (predicate === '=') ? sql : `NOT ${sql}`),
  instant: instantSql,
  text: (clause, values) => textSql(clause.sql, clause, values),
  flag: (clause, values) => compared(clause, values.add(clause.given === 'true', 'boolean')),
  date: (clause, values) => compared(clause, values.add(clause.given, 'date')),
  texts: textsSql,
  ids: idsSql,
  document: (clause, values) => textSql(`(${clause.sql}) #>> ${values.add(clause.path, 'text[]')}`, clause, values),
  role: roleSql,
};

/** What a record lacks is unequal to everything, and neither less nor more than anything. */
const compared = ({ sql, predicate }: Pick<Written, 'sql' | 'predicate'>, given: string): string =>
  predicate === '!=' ? `(${sql}) IS DISTINCT FROM ${given}` : `(${sql}) ${predicate} ${given}`;

function textSql(sql: string, { predicate, given }: Pick<Written, 'predicate' | 'given'>, values: SqlValues): string {
  const text = values.add(given, 'text');
  if (predicate === '~') return `coalesce(strpos(lower(${sql}), lower(${text})) > 0, false)`;
  if (predicate === '=' || predicate === '!=') return compared({ sql, predicate }, text);
  return `(${sql}) COLLATE "C" ${predicate} ${text}`;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
export const isRecordId = (text: string): boolean => uuid.test(text);

/** Ids are texts to clients: written in small letters, which sort as their bytes do. */
function idSql(clause: Written, values: SqlValues): string {
  const { predicate, given } = clause;
  if (predicate !== '~' && isRecordId(given) && given === given.toLowerCase())
    return compared(clause, values.add(given, 'uuid'));
  return textSql(`(${clause.sql})::text`, clause, values);
}

/** Instants are shown to the millisecond, and so compared. */
function instantSql({ sql, predicate, given }: Written, values: SqlValues): string {
  const time = Date.parse(given);
  const at = (moment: number) => values.add(new Date(moment).toISOString(), 'timestamptz');
  switch (predicate) {
    case '=':
      return `(${sql} >= ${at(time)} AND ${sql} < ${at(time + 1)})`;
    case '!=':
      return `(${sql} < ${at(time)} OR ${sql} >= ${at(time + 1)})`;
    case '>':
      return `${sql} >= ${at(time + 1)}`;
    case '<=':
      return `${sql} < ${at(time + 1)}`;
    default:
      return `${sql} ${predicate} ${at(time)}`;
  }
}

const elements = (given: string): string[] => given.split(',').map((text) => text.trim());

/** `=` is the same list in any order, `~` holds all that is named. */
function textsSql({ sql, predicate, given }: Written, values: SqlValues): string {
  const list = values.add(elements(given), 'text[]');
  const held = `coalesce((${sql}) @> ${list}, false)`;
  if (predicate === '~') return held;
  const same = `(${held} AND (${sql}) <@ ${list})`;
  return predicate === '=' ? same : `NOT ${same}`;
}

function idsSql({ sql, predicate, given }: Written, values: SqlValues): string {
  const ids = elements(given);
  const held = ids.every(isRecordId) ? `coalesce((${sql}) @> ${values.add(ids, 'uuid[]')}, false)` : 'false';
  return predicate === '!=' ? `NOT ${held}` : held;
}

function roleSql({ sql, column, predicate, given }: Written, values: SqlValues): string {
  const has = roleHas({ sql, column, given }, values);
  return predicate === '=' ? has : `NOT ${has}`;
}

function roleHas({ sql, column, given }: Pick<Written, 'sql' | 'column' | 'given'>, values: SqlValues): string {
  if (column === 'r.org_id' && !isRecordId(given)) return 'false';
  // The hub's word for what is told as ext:administrator; nobody is shown as a mere administrator.
  if (column === 'r.role' && given === 'administrator') return 'false';
  const kept = column === 'r.role' && given === 'ext:administrator' ? 'administrator' : given;
  return `t.id IN (SELECT r.user_id FROM ${sql} AND ${column} = ${values.add(kept, column === 'r.org_id' ? 'uuid' : 'text')})`;
}
