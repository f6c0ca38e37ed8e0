/** An emptied entity: its collections answer 200 with nothing, as TimeBack does for orgs outside of one's tree. */
import { checkFields, flag, oneOf } from '../body.js';
import { type EntityName, entityNames } from '../district/entities.js';
import type { Verb } from './verb.js';
import { collections } from '../collections/catalogue.js';
import { countShown } from '../collections/shown.js';

export const empty: Verb = ({ view }, body) => {
  checkFields(body, { entity: oneOf(entityNames), off: flag }, ['entity']);
  const entity = body.entity as EntityName;
  if (body.off) view.emptied.delete(entity);
  else view.emptied.add(entity);
  const affected = collections.filter((collection) => collection.entity === entity);
  const counts = affected.map((collection) => [collection.name, countShown(view, collection)]);
  return { [body.off ? 'shown' : 'hidden']: Object.fromEntries(counts), emptied: [...view.emptied] };
};
