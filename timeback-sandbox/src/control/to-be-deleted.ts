/** Soft deletes: active rows become tobedeleted and stay in lists and single reads. Nothing cascades. */
import { checkFields, oneOf, wholeFrom } from '../body.js';
import { type EntityName, entityNames } from '../district/entities.js';
import type { Verb } from './verb.js';
import { collectionByName } from '../collections/catalogue.js';
import { countRows, rowsAt } from '../collections/positions.js';
import { sample } from './sample.js';

export const toBeDeleted: Verb = ({ view: { district, rows } }, body) => {
  checkFields(body, { entity: oneOf(entityNames), count: wholeFrom(1) }, ['entity', 'count']);
  const name = body.entity as EntityName;
  const entity = district.entities[name];
  const wanted = body.count as number;
  const modifiedAt = district.clock.tick();
  const marked: number[] = [];
  const collection = collectionByName.get(name)!;
  const spread = sample(district, collection, wanted);
  // where the spread ones were deleted already, the first others take their place
  const others = () => rowsAt(district, collection, 0, countRows(district, collection));
  const isActive = (row: number) => rows.head.status(name, row) === 'active';
  for (const row of spread.every(isActive) ? spread : [...spread, ...others()]) {
    if (marked.length === wanted) break;
    if (!isActive(row)) continue;
    entity.touch(row, modifiedAt).status = 'tobedeleted';
    marked.push(row);
  }
  district.revision += 1;
  return { marked: marked.length, sourcedIds: marked.map((row) => entity.ids.of(row)), modifiedAt };
};
