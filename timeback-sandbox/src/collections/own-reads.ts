/**
 * Reads that are no collection of the district: course content, which is there only once it was written, and a user together with the
 * demographics.
 */
import { type Answer, json } from '../answers.js';
import type { Preset } from '../presets.js';
import { keepFields } from '../query/fields.js';
import { matches, type Row, valuesAt } from '../query/matches.js';
import { readFields, readListQuery } from '../query/parameters.js';
import type { View } from '../view.js';
import { find, findOrRefuse } from '../writes/look-up.js';
import { idsIn, isPattern } from './path-pattern.js';
import type { ContentName } from '../writes/written.js';
import { envelope } from './list.js';

type Read = (view: View, preset: Preset, id: string, params: URLSearchParams) => Answer;

const contentList =
  (name: ContentName): Read =>
  (view, preset, _, params) => {
    const query = readListQuery(params, preset);
    const all = view.written.created(name).map((index) => JSON.parse(view.written.at(name, index)!.text) as Row);
    const found = all.filter((row) => !query.condition || matches(query.condition, (field) => valuesAt(row, field)));
    const key = (row: Row) => String(valuesAt(row, query.sort)[0] ?? '');
    if (query.sort !== 'sourcedId') found.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
    if (query.descending) found.reverse();
    const page = found.slice(query.offset, query.offset + query.limit).map((row) => JSON.stringify(row));
    const texts = page.map((text) => (query.fields ? keepFields(text, query.fields) : text));
    return { status: 200, body: `{"${name}":[${texts.join(',')}]${envelope(preset, query, found.length)}}` };
  };

const contentSingle =
  (name: ContentName, itemKey: string): Read =>
  (view, _, id, params) => {
    const text = JSON.stringify(findOrRefuse(view, name, id).row);
    const fields = readFields(params);
    return { status: 200, body: `{"${itemKey}":${fields ? keepFields(text, fields) : text}}` };
  };

const userWithDemographics: Read = (view, _, id) => {
  const { row: user } = findOrRefuse(view, 'users', id);
  return json(200, { user: { ...user, demographics: find(view, 'demographics', id)?.row ?? null } });
};

const table: readonly (readonly [pattern: string, read: Read])[] = [
  ['courses/components', contentList('courseComponents')],
  ['courses/components/*', contentSingle('courseComponents', 'courseComponent')],
  ['courses/component-resources', contentList('componentResources')],
  ['courses/component-resources/*', contentSingle('componentResources', 'componentResource')],
  ['users/*/demographics', userWithDemographics],
];

export interface OwnRead {
  readonly pattern: string;
  read(view: View, preset: Preset, params: URLSearchParams): Answer;
}

/** `parts` are those of the path below the rostering base, decoded. */
export function ownReadAt(parts: readonly string[]): OwnRead | undefined {
  const found = table.find(([pattern]) => isPattern(pattern, parts));
  if (!found) return undefined;
  const [pattern, read] = found;
  const id = idsIn(pattern, parts)[0] ?? '';
  return { pattern, read: (view, preset, params) => read(view, preset, id, params) };
}
