/** One page or one record as a OneRoster server sends it: the standard's envelope, totals and links in headers if at all. */
import type { Answer } from '../answers.js';
import type { Collection } from '../collections/catalogue.js';
import type { ListQuery } from '../query/parameters.js';
import { keepFields } from '../query/fields.js';
import type { View } from '../view.js';
import type { OneRosterProfile } from './profile.js';
import { shapedRow } from './row-shape.js';

export interface OneRosterPage {
  view: View;
  collection: Collection;
  profile: OneRosterProfile;
  query: ListQuery;
  rows: number[];
  /** undefined when it is not told */
  total: number | undefined;
  listKey: string;
}

export const root = 'https://oneroster.example.org/ims/oneroster';

export function oneRosterPage({ view, collection, profile, query, rows, total, listKey }: OneRosterPage): Answer {
  const { entity } = collection;
  const texts = rows.map((row) => {
    const text = shapedRow(entity, view.rowText(entity, row), { version: profile.version, root });
    return query.fields ? keepFields(text, query.fields) : text;
  });
  const body = `{"${listKey}":[${texts.join(',')}]}`;
  return total === undefined ? { status: 200, body } : { status: 200, body, headers: told(collection, query, total) };
}

export function oneRosterSingle(view: View, collection: Collection, index: number, profile: OneRosterProfile): Answer {
  const text = shapedRow(collection.entity, view.rowText(collection.entity, index), { version: profile.version, root });
  return { status: 200, body: `{"${itemKeys[collection.entity]}":${text}}` };
}

const itemKeys: Record<string, string> = {
  orgs: 'org',
  academicSessions: 'academicSession',
  courses: 'course',
  users: 'user',
  classes: 'class',
  enrollments: 'enrollment',
  demographics: 'demographics',
};

function told({ name }: Collection, { limit, offset }: ListQuery, total: number): Record<string, string> {
  const link = (rel: string, at: number) => `<${root}/${name}?limit=${limit}&offset=${at}>; rel="${rel}"`;
  const links = [link('first', 0), link('last', Math.max(0, Math.ceil(total / limit) - 1) * limit)];
  if (offset + limit < total) links.push(link('next', offset + limit));
  if (offset > 0) links.push(link('prev', Math.max(0, offset - limit)));
  return { 'x-total-count': String(total), link: links.join(', ') };
}
