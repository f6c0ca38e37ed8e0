/**
 * The projection: the fixed-order text of what is compared of a record. Two records with the same projection are the same to
 * us; every value carries its length, so no two different records share one. Hashing is handed to the caller.
 */
import type { Entity } from './entities.js';
import type { Field } from './field.js';
import type { Role } from './user.js';

type Values = Readonly<Record<string, unknown>>;

/** Source: OneRoster record in canonical shape. `dateLastModified` is left out: it moves without a change. */
export function projectionOf(entity: Entity, record: { sourcedId: string; status: string }): string {
  const values = record as unknown as Values;
  let out = `${entity.projectionVersion}${record.status === 'active' ? 'a' : 'd'}${measured(record.sourcedId)}`;
  for (const field of entity.fields) out += projected(field, values[field.name]);
  return out;
}

const measured = (value: string): string => `${value.length}:${value}`;

function projected(field: Field, value: unknown): string {
  if (value === null || value === undefined) return '-';
  switch (field.kind) {
    case 'flag':
      return value ? 't' : 'f';
    case 'set':
    case 'references':
      return list(value as readonly string[]);
    case 'roles':
      return rolesText(value as readonly Role[]);
    case 'document':
      return measured(stableJson(value));
    default:
      return measured(value as string);
  }
}

function list(values: readonly string[]): string {
  let out = `${values.length}[`;
  for (const value of values) out += measured(value);
  return out;
}

function rolesText(values: readonly Role[]): string {
  let out = `${values.length}[`;
  for (const r of values) {
    out += `${r.roleType === 'primary' ? 'p' : 's'}${measured(r.role)}${measured(r.org)}`;
    out += `${r.beginDate === null ? '-' : r.beginDate}${r.endDate === null ? '-' : r.endDate}`;
  }
  return out;
}

/** JSON with its keys in order, so that a provider's key order never looks like a change. Used for `metadata` only: it is slow. */
export function stableJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(stableJson).join(',')}]`;
  const entries = Object.entries(value)
    .filter(([, v]) => v !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${stableJson(v)}`).join(',')}}`;
}
