/** How many rows each collection shows now, and how many of them are active. */
import { type Collection, collections } from '../collections/catalogue.js';
import type { Verb } from './verb.js';
import type { View } from '../view.js';
import { countShown } from '../collections/shown.js';

export const totals: Verb = ({ view }) =>
  Object.fromEntries(collections.map((collection) => [collection.name, totalOf(view, collection)]));

function totalOf(view: View, collection: Collection): { rows: number; active: number } {
  if (view.emptied.has(collection.entity)) return { rows: 0, active: 0 };
  const rows = countShown(view, collection);
  return { rows, active: rows - deleted(view, collection) };
}

/** Live rows that say tobedeleted: the edited and the written ones, and the enrollments that were so from the start. */
function deleted(view: View, collection: Collection): number {
  const { entity } = collection;
  const { live, edits } = view.district.entities[entity];
  const ranges = collection.ranges(view.district);
  const isDeleted = (index: number) => view.status(entity, index) === 'tobedeleted';
  const counts = (index: number) => live.isLive(index) && isDeleted(index);
  let count = view.written.created(entity, collection.kind).filter(isDeleted).length;
  if (entity === 'enrollments') {
    for (const [from, to] of ranges) for (let index = from; index < to; index += 1) if (counts(index)) count += 1;
    return count;
  }
  for (const index of new Set([...edits.keys(), ...view.written.replaced(entity)])) {
    if (ranges.some(([from, to]) => index >= from && index < to) && counts(index)) count += 1;
  }
  return count;
}
