/** Finds the row that an id stands for, and writes references to it as rows have them; an id that nobody has is refused with 404. */
import { Refusal } from '../answers.js';
import { type Collection, collectionByName } from '../collections/catalogue.js';
import { shownIndexOf } from '../collections/shown.js';
import { HREF_HOST } from '../district/references.js';
import type { Row } from '../query/matches.js';
import type { View } from '../view.js';
import type { Field } from './fields.js';
import { contentNames, type ContentName, type WrittenName } from './written.js';

export interface Found {
  readonly index: number;
  readonly row: Row;
}

const nouns: Record<WrittenName, [type: string, noun: string]> = {
  orgs: ['org', 'Org'],
  academicSessions: ['academicSession', 'Academic session'],
  courses: ['course', 'Course'],
  users: ['user', 'User'],
  classes: ['class', 'Class'],
  enrollments: ['enrollment', 'Enrollment'],
  demographics: ['demographics', 'Demographics'],
  courseComponents: ['courseComponent', 'Course component'],
  componentResources: ['componentResource', 'Component resource'],
};

/** In a collection, or in one of the lists of course content. */
export function find(view: View, name: string, id: string): Found | undefined {
  const collection = collectionByName.get(name);
  const [entity, index] = collection ? [collection.entity, shown(view, collection, id)] : content(view, name, id);
  if (index < 0) return undefined;
  const text = collection ? view.soundText(collection.entity, index) : view.written.at(entity, index)!.text;
  return { index, row: JSON.parse(text) as Row };
}

export function findOrRefuse(view: View, name: string, id: string): Found {
  const found = find(view, name, id);
  if (found) return found;
  throw new Refusal(404, `${collectionByName.get(name)?.noun ?? nouns[name as WrittenName][1]} not found.`);
}

const shown = (view: View, collection: Collection, id: string): number =>
  view.emptied.has(collection.entity) ? -1 : shownIndexOf(view, collection, id);

function content(view: View, name: string, id: string): [ContentName, number] {
  const entity = contentNames.find((each) => each === name)!;
  return [entity, view.written.indexOf(entity, id)];
}

/** A given value with each of its references as rows show them. */
export function withReferences(view: View, value: unknown, field: Field): unknown {
  if (Array.isArray(value)) return value.map((one) => withReferences(view, one, field));
  if (value === null) return null;
  const given = value as Row;
  if (field.within) return { ...given, [field.within]: referenceTo(view, given[field.within] as Row, field) };
  return referenceTo(view, given, field);
}

function referenceTo(view: View, { sourcedId }: Row, { to, named, bare }: Field): Row {
  const id = sourcedId as string;
  const { row } = findOrRefuse(view, to!, id);
  if (bare) return { sourcedId };
  const href = `${HREF_HOST}${view.district.hrefBase}/${to!}/${encodeURIComponent(id)}`;
  const reference = { href, sourcedId, type: nouns[to!][0] };
  return named ? { ...reference, name: row.name ?? row.title ?? `${row.givenName} ${row.familyName}` } : reference;
}
