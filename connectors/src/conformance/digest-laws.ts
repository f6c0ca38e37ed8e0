/**
 * The laws of rows that are known by their digest: leaving them unread loses none, invents none, and tells apart what differs. A
 * provider without digests keeps them by reading every row.
 */
import assert from 'node:assert/strict';
import type { EntityName } from '@rollcall/core';
import type { IRosterProvider, RosterPage } from '../contracts.js';
import { context, plain, type ReadingLaw } from './law.js';

/** What must be the same of a page however many of its rows were known. */
const measures = ({ rowCount, rejects, announcedTotal, effectiveLimit, bodyDigest, keysDigest, bytes }: RosterPage) =>
  plain({ rowCount, rejects, announcedTotal, effectiveLimit, bodyDigest, keysDigest, bytes });

const read = (provider: IRosterProvider, entity: EntityName, isKnown?: (digest: string) => boolean) =>
  provider.readPage(entity, { offset: 0, limit: 50 }, { ...context(), ...(isKnown && { isKnown }) });

export const digestLaws: readonly ReadingLaw[] = [
  {
    name: 'each record has its own digest, or none has one',
    async check(provider, entity) {
      const { records, digests } = await read(provider, entity);
      if (digests.length === 0) return;
      assert.equal(digests.length, records.length);
      assert.equal(new Set(digests).size, records.length);
      for (const digest of digests) assert.match(digest, /^[0-9a-f]{32}$/);
    },
  },
  {
    name: 'a page whose rows are all known gives their digests in order, no record, and is the same page',
    async check(provider, entity) {
      const first = await read(provider, entity);
      const known = new Set(first.digests);
      const again = await read(provider, entity, (digest) => known.has(digest));
      assert.deepEqual(measures(again), measures(first));
      assert.deepEqual(again.unchanged, first.digests);
      if (first.digests.length > 0) assert.deepEqual([again.records.length, again.digests.length], [0, 0]);
    },
  },
  {
    name: 'a page of which no row is known gives every record',
    async check(provider, entity) {
      const first = await read(provider, entity);
      const again = await read(provider, entity, () => false);
      assert.deepEqual(measures(again), measures(first));
      assert.deepEqual(plain(again.records), plain(first.records));
      assert.deepEqual([again.digests, again.unchanged], [first.digests, []]);
    },
  },
  {
    name: 'a page of which some rows are known gives the other records with their digests',
    async check(provider, entity) {
      const first = await read(provider, entity);
      const known = new Set(first.digests.filter((_, index) => index % 2 === 0));
      const again = await read(provider, entity, (digest) => known.has(digest));
      const rest = first.records.filter((_, index) => !known.has(first.digests[index] ?? ''));
      assert.deepEqual(measures(again), measures(first));
      assert.deepEqual(plain(again.records), plain(rest));
      assert.deepEqual(again.unchanged, [...known]);
      assert.deepEqual(
        again.digests,
        first.digests.filter((digest) => !known.has(digest)),
      );
    },
  },
];
