/** The rows of a collection as a reader meets them: the computed ones that are live, then those that were written as new. */
import { FIRST_NEW } from '../writes/written.js';
import type { View } from '../view.js';
import type { Collection } from './catalogue.js';
import { countRows, isInCollection, rowsAt } from './positions.js';

export function countShown(view: View, collection: Collection): number {
  return countRows(view.district, collection) + created(view, collection).length;
}

/** The numbers of the rows at positions [offset, offset + limit). */
export function shownAt(view: View, collection: Collection, offset: number, limit: number): number[] {
  const rows = rowsAt(view.district, collection, offset, limit);
  if (view.written.isEmpty || rows.length === limit) return rows;
  const from = Math.max(0, offset - countRows(view.district, collection));
  return [...rows, ...created(view, collection).slice(from, from + limit - rows.length)];
}

/** The number of the row with this id, or -1 where the collection shows none. */
export function shownIndexOf(view: View, collection: Collection, id: string): number {
  const { entity, kind } = collection;
  const computed = view.district.entities[entity].ids.indexOf(id);
  if (isInCollection(view.district, collection, computed)) return computed;
  const index = view.written.indexOf(entity, id);
  return index >= FIRST_NEW && (!kind || view.written.at(entity, index)!.kind === kind) ? index : -1;
}

const created = ({ written }: View, { entity, kind }: Collection) => written.created(entity, kind);
