/** Makes rows bad in a chosen way and names them; DELETE makes all of them good again. */
import { type BadKind, badKinds, suits } from '../faults/bad-records.js';
import { checkFields, oneOf, wholeFrom } from '../body.js';
import { type EntityName, entityNames } from '../district/entities.js';
import { Refusal } from '../answers.js';
import type { Verb } from './verb.js';
import { collectionByName } from '../collections/catalogue.js';
import { sample } from './sample.js';

export const addBadRecords: Verb = ({ view }, body) => {
  const checks = { entity: oneOf(entityNames), kind: oneOf(badKinds), count: wholeFrom(1, 10_000) };
  checkFields(body, checks, ['entity', 'kind', 'count']);
  const entity = body.entity as EntityName;
  const kind = body.kind as BadKind;
  const suited = suits(kind);
  if (suited && !suited.includes(entity)) throw new Refusal(400, `"${kind}" is for ${suited.join(', ')} only.`);
  const { district, bad } = view;
  const rows = sample(district, collectionByName.get(entity)!, body.count as number);
  const { ids } = district.entities[entity];
  // a cycle joins two rows; an odd one out names itself
  const partner = (n: number) => ids.of(rows[n ^ 1] ?? rows[n]!);
  rows.forEach((row, n) => bad.get(entity)!.set(row, { kind, variant: n, partner: partner(n) }));
  district.revision += 1;
  return { entity, kind, spoiled: rows.length, sourcedIds: rows.map((row) => ids.of(row)) };
};

export const clearBadRecords: Verb = ({ view }) => {
  let cleared = 0;
  for (const bad of view.bad.values()) {
    cleared += bad.size;
    bad.clear();
  }
  view.district.revision += 1;
  return { cleared };
};
