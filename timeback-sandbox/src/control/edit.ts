/** Changes a share of the rows visibly: names and e-mails of people, titles, enrollment dates, birth cities. */
import { type EntityName, entityNames } from '../district/entities.js';
import { checkFields, oneOf, share } from '../body.js';
import type { Verb } from './verb.js';
import { collectionByName } from '../collections/catalogue.js';
import { countRows } from '../collections/positions.js';
import { sample } from './sample.js';

/** Without a named entity: the six that a roster is made of. */
const ROSTER = entityNames.filter((name) => name !== 'demographics');

export const edit: Verb = ({ view: { district } }, body) => {
  checkFields(body, { share, entity: oneOf(entityNames) }, ['share']);
  const chosen = body.entity === undefined ? ROSTER : [body.entity as EntityName];
  const modifiedAt = district.clock.tick();
  const edited: Record<string, number> = {};
  for (const name of chosen) {
    const collection = collectionByName.get(name)!;
    const count = Math.max(1, Math.round(countRows(district, collection) * (body.share as number)));
    const rows = sample(district, collection, count);
    for (const row of rows) district.entities[name].touch(row, modifiedAt).version += 1;
    edited[name] = rows.length;
  }
  district.revision += 1;
  return { edited, total: Object.values(edited).reduce((sum, n) => sum + n, 0), modifiedAt };
};
