/** Picks live rows spread evenly over a collection; another pick of the same size takes other rows where it can. */
import { countRows, rowsAt } from '../collections/positions.js';
import type { Collection } from '../collections/catalogue.js';
import type { District } from '../district/district.js';
import { mix } from '../district/hash.js';

export function sample(district: District, collection: Collection, count: number): number[] {
  const total = countRows(district, collection);
  const wanted = Math.min(count, total);
  const shift = mix(district.seed, district.revision) / 2 ** 32;
  return Array.from({ length: wanted }, (_, n) => {
    const position = Math.min(total - 1, Math.floor(((n + shift) * total) / wanted));
    return rowsAt(district, collection, position, 1)[0]!;
  });
}
