/** The laws of the index of ids: it agrees with a map, whatever the ids are. */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hashKey, KeyIndex } from './key-index.js';

it('finds what was added first under an id, and nothing else, as a map does', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 12 }), { maxLength: 200 }), fc.nat(), (ids, seed) => {
      const index = new KeyIndex(
        hashKey(() => ((seed += 1) % 1000) / 1000),
        16,
      );
      const map = new Map<string, number>();
      ids.forEach((id, row) => {
        expect(index.add(id, row)).toBe(!map.has(id));
        if (!map.has(id)) map.set(id, row);
      });
      for (const id of [...ids, 'never added']) expect(index.find(id)).toBe(map.get(id) ?? -1);
      expect(index.size).toBe(map.size);
    }),
  );
});

it('keeps 300,000 ids of districts apart', () => {
  const index = new KeyIndex(hashKey(Math.random));
  let added = 0;
  for (let n = 0; n < 300_000; n += 1)
    if (index.add(`00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`, n)) added += 1;
  expect(added).toBe(300_000);
  expect(index.find('00000000-0000-4000-8000-0000000493df')).toBe(299_999);
});
