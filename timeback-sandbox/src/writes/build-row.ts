/** What is wrong with the body of a write, field by field, and the row that it makes of a former one or of nothing. */
import type { Row } from '../query/matches.js';
import type { View } from '../view.js';
import { object } from './checks.js';
import type { Field, Fields, WritableName } from './fields.js';
import { findOrRefuse, withReferences } from './look-up.js';

/** part: what is left out stays as it was. */
export type Manner = 'create' | 'replace' | 'part';

/** Each wrong field by its path, with what was expected of it. */
export function misfits(fields: Fields, body: unknown, manner: Manner, key: string): Record<string, string>[] {
  if (object(body)) return [{ [key]: 'must be an object' }];
  const given = body as Row;
  return Object.entries(fields).flatMap(([name, field]) => {
    if (field.fixed && manner !== 'create') return [];
    const value = given[name];
    if (value === undefined) return field.required && manner !== 'part' ? [{ [`${key}.${name}`]: 'is missing' }] : [];
    const expected = field.check(value);
    return expected ? [{ [`${key}.${name}`]: `must be ${expected}` }] : [];
  });
}

export interface Making {
  readonly view: View;
  readonly name: WritableName;
  readonly fields: Fields;
  readonly body: Row;
  readonly manner: Manner;
  readonly sourcedId: string;
  readonly former?: Row;
}

export function buildRow(making: Making): Row {
  const { fields, sourcedId, former, view, name } = making;
  const row: Row = { sourcedId, status: 'active', dateLastModified: former?.dateLastModified };
  for (const [field, how] of Object.entries(fields)) {
    const value = valueOf(making, field, how);
    if (value !== undefined) row[how.as ?? field] = value;
  }
  if (name === 'classes') row.org = null;
  return name === 'enrollments' ? ofClass(view, row) : row;
}

function valueOf({ view, body, manner, former }: Making, name: string, field: Field): unknown {
  const given = field.fixed && manner !== 'create' ? undefined : body[name];
  const was = former?.[field.as ?? name];
  if (given === undefined) {
    const stays = former && (manner === 'part' || field.stays || field.fixed);
    return stays ? was : field.otherwise;
  }
  if (field.merges || (manner === 'part' && name === 'metadata')) return merged(was, given);
  if (field.to) return withReferences(view, given, field);
  return field.show ? field.show(given) : given;
}

/** As in RFC 7396: objects grow into each other, all else is replaced. */
function merged(was: unknown, given: unknown): unknown {
  if (object(was) || object(given)) return given;
  const row = { ...(was as Row) };
  for (const [name, value] of Object.entries(given as Row)) row[name] = merged(row[name], value);
  return row;
}

/** An enrollment tells the school and the course of its class. */
function ofClass(view: View, row: Row): Row {
  const { row: group } = findOrRefuse(view, 'classes', idIn(row.class));
  const of = (to: 'orgs' | 'courses', reference: unknown) => {
    const check = () => undefined;
    return withReferences(view, { sourcedId: idIn(reference) }, { check, to, named: true });
  };
  return { ...row, school: row.school ?? of('orgs', group.school), course: of('courses', group.course) };
}

const idIn = (reference: unknown): string => (reference as { sourcedId: string }).sourcedId;
