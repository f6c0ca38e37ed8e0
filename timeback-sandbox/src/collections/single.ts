/** One row by its sourcedId; soft-deleted rows are still answered with 200, unknown ones with the API's 404. */
import { type Answer, Refusal } from '../answers.js';
import type { Collection } from './catalogue.js';
import type { OneRosterProfile } from '../oneroster/profile.js';
import type { View } from '../view.js';
import { oneRosterSingle } from '../oneroster/page.js';
import { shownIndexOf } from './shown.js';
import { keepFields } from '../query/fields.js';
import { readFields } from '../query/parameters.js';

export function single(
  view: View,
  collection: Collection,
  id: string,
  params: URLSearchParams,
  profile?: OneRosterProfile,
): Answer {
  const index = shownIndexOf(view, collection, id);
  const hidden = view.emptied.has(collection.entity);
  if (hidden || index < 0) throw new Refusal(404, `${collection.noun} not found.`);
  if (profile) return oneRosterSingle(view, collection, index, profile);
  const text = view.rowText(collection.entity, index);
  const fields = readFields(params);
  return { status: 200, body: `{"${collection.itemKey}":${fields ? keepFields(text, fields) : text}}` };
}
