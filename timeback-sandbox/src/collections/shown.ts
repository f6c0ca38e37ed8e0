/**
 * The rows of a collection as a reader meets them: the computed ones that are live, then those that were written as new. A row that was
 * written as one of another kind (a student's as a teacher's) is shown with that kind.
 */
import { FIRST_NEW } from '../writes/written.js';
import type { View } from '../view.js';
import type { Collection } from './catalogue.js';
import { countRows, isInCollection, rowsAt } from './positions.js';

export function countShown(view: View, collection: Collection): number {
  const moved = movedRows(view, collection);
  const computed = countRows(view.district, collection);
  return computed - moved.out.size + moved.in.length + created(view, collection).length;
}

/** The numbers of the rows at positions [offset, offset + limit). */
export function shownAt(view: View, collection: Collection, offset: number, limit: number): number[] {
  if (view.written.isEmpty) return rowsAt(view.district, collection, offset, limit);
  const moved = movedRows(view, collection);
  const total = countRows(view.district, collection);
  if (moved.out.size + moved.in.length > 0) {
    const stay = rowsAt(view.district, collection, 0, total).filter((index) => !moved.out.has(index));
    const all = [...stay, ...moved.in].sort((a, b) => a - b);
    return [...all, ...created(view, collection)].slice(offset, offset + limit);
  }
  const rows = rowsAt(view.district, collection, offset, limit);
  const from = Math.max(0, offset - total);
  return [...rows, ...created(view, collection).slice(from, from + limit - rows.length)];
}

/** The number of the row with this id, or -1 where the collection shows none. */
export function shownIndexOf(view: View, collection: Collection, id: string): number {
  const { entity, kind } = collection;
  const { ids, live } = view.district.entities[entity];
  const computed = ids.indexOf(id);
  const written = kind ? view.writtenAt(entity, computed) : undefined;
  if (written ? live.isLive(computed) && written.kind === kind : isInCollection(view.district, collection, computed))
    return computed;
  const index = view.written.indexOf(entity, id);
  return index >= FIRST_NEW && (!kind || view.written.at(entity, index)!.kind === kind) ? index : -1;
}

const created = ({ written }: View, { entity, kind }: Collection) => written.created(entity, kind);

/** Live computed rows that were written as another kind than the collection's, and those that were written as its kind. */
function movedRows(view: View, collection: Collection): { out: Set<number>; in: number[] } {
  const moved = { out: new Set<number>(), in: [] as number[] };
  const { entity, kind } = collection;
  if (!kind || view.written.isEmpty) return moved;
  const { live } = view.district.entities[entity];
  for (const index of view.written.replaced(entity)) {
    const row = view.writtenAt(entity, index);
    if (!row || !live.isLive(index)) continue;
    const belongs = isInCollection(view.district, collection, index);
    if (belongs && row.kind !== kind) moved.out.add(index);
    if (!belongs && row.kind === kind) moved.in.push(index);
  }
  return moved;
}
