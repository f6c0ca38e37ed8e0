/**
 * A field of OneRoster 1.2 as the provider shows it: how it is written as JSON, and the value that filters and sorts see. Both
 * are made from what the client may see, so neither a filter nor an order can tell more than a record does.
 */
import type { Seen } from './sight.js';
import {
  jsonDate,
  jsonFlag,
  jsonInstant,
  jsonRef,
  jsonRefs,
  jsonSet,
  jsonText,
  jsonTextOrEmpty,
  type RefType,
} from './shown-json.js';

/** texts is a list of texts, ids a list of ids, roles a person's roles by one of their columns. */
export type ValueKind = 'id' | 'status' | 'instant' | 'text' | 'flag' | 'date' | 'texts' | 'ids' | 'document' | 'role';

export interface ShownField {
  readonly name: string;
  /** The standard wants it in every record, so it cannot be withheld. */
  readonly required: boolean;
  /** JSON text, or null where the record has no value. */
  json(seen: Seen): string;
  /** By the name that filters use, for example `org.sourcedId`. */
  readonly values: Readonly<Record<string, ShownValue>>;
}

export interface ShownValue {
  readonly kind: ValueKind;
  /** Of a role: its rows, up to their conditions. */
  sql(seen: Seen): string;
  /** Of a role: what is compared. */
  readonly column?: string;
}

interface Made {
  readonly required?: boolean;
  /** SQL that is true where this client may see the value. */
  readonly shownIf?: (seen: Seen) => string | null;
}

/** Hides the value where the client may not see it. */
const guarded =
  (value: (seen: Seen) => string, { shownIf }: Made) =>
  (seen: Seen): string => {
    const condition = shownIf?.(seen) ?? null;
    return condition === null ? value(seen) : `CASE WHEN ${condition} THEN ${value(seen)} END`;
  };

function field(
  name: string,
  made: Made,
  json: (seen: Seen) => string,
  values: Readonly<Record<string, ShownValue>>,
): ShownField {
  return { name, required: made.required ?? false, json: guarded(json, made), values };
}

const scalar =
  (kind: ValueKind, write: (value: string) => string) =>
  (name: string, value: string, made: Made = {}): ShownField =>
    field(name, made, () => write(value), { [name]: { kind, sql: guarded(() => value, made) } });

export const shownText = scalar('text', jsonText);
export const shownDate = scalar('date', jsonDate);
export const shownFlag = scalar('flag', jsonFlag);
export const shownTexts = scalar('texts', jsonSet);
/** The standard requires a text where the hub may have none. */
export const shownTextOrEmpty = (name: string, value: string): ShownField =>
  field(name, { required: true }, () => jsonTextOrEmpty(value), {
    [name]: { kind: 'text', sql: () => `coalesce(${value}, '')` },
  });

export const shownRef = (name: string, type: RefType, id: string, made: Made = {}): ShownField =>
  field(name, made, (seen) => jsonRef(seen, type, id), {
    [`${name}.sourcedId`]: { kind: 'id', sql: guarded(() => id, made) },
  });

/** `ids` is a query of a column `id`. */
export const shownRefs = (name: string, type: RefType, ids: (seen: Seen) => string, made: Made = {}): ShownField =>
  field(name, made, (seen) => jsonRefs(seen, type, ids(seen)), {
    [`${name}.sourcedId`]: { kind: 'ids', sql: guarded((seen) => `ARRAY(${ids(seen)})`, made) },
  });

export const shownMetadata = (made: Made = {}): ShownField =>
  field('metadata', made, () => 't.metadata::text', {
    metadata: { kind: 'document', sql: guarded(() => 't.metadata', made) },
  });

/** What every record begins with. A record that has ended, or that the client's schools have lost, is `tobedeleted`. */
export function shownHead(isActive: (seen: Seen) => string = () => 't.active'): ShownField[] {
  const status = (seen: Seen) => `CASE WHEN ${isActive(seen)} THEN '"active"' ELSE '"tobedeleted"' END`;
  return [
    field('sourcedId', { required: true }, () => jsonText('t.id'), { sourcedId: { kind: 'id', sql: () => 't.id' } }),
    field('status', { required: true }, status, { status: { kind: 'status', sql: isActive } }),
    field('dateLastModified', { required: true }, () => jsonInstant('t.updated_at'), {
      dateLastModified: { kind: 'instant', sql: () => 't.updated_at' },
    }),
  ];
}

export const shownAs = field;
