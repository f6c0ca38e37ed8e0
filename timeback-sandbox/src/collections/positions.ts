/** Positions in a collection as rows of its entity: any page is found in O(page), whatever its offset. */
import type { Collection } from './catalogue.js';
import type { District } from '../district/district.js';

export function countRows(district: District, collection: Collection): number {
  const { live } = district.entities[collection.entity];
  let count = 0;
  for (const [from, to] of collection.ranges(district)) count += live.rank(to) - live.rank(from);
  return count;
}

/** The indexes of the live rows at positions [offset, offset + limit). */
export function rowsAt(district: District, collection: Collection, offset: number, limit: number): number[] {
  const { live } = district.entities[collection.entity];
  const rows: number[] = [];
  let skip = offset;
  for (const [from, to] of collection.ranges(district)) {
    if (rows.length >= limit) break;
    const before = live.rank(from);
    const inRange = live.rank(to) - before;
    if (skip >= inRange) {
      skip -= inRange;
      continue;
    }
    let index = live.select(before + skip);
    skip = 0;
    for (; index < to && rows.length < limit; index += 1) if (live.isLive(index)) rows.push(index);
  }
  return rows;
}

export function isInCollection(district: District, collection: Collection, index: number): boolean {
  if (!district.entities[collection.entity].live.isLive(index)) return false;
  return collection.ranges(district).some(([from, to]) => index >= from && index < to);
}
