/** The laws of reading one collection of a started provider. */
import { entityNamed, type EntityName } from '@rollcall/core';
import assert from 'node:assert/strict';
import type { IRosterProvider, RosterPage } from '../contracts.js';
import { digestLaws } from './digest-laws.js';
import { context, plain, type ReadingLaw } from './law.js';
import { singleReadLaws } from './single-read-laws.js';

const keysOf = (page: RosterPage) => [
  ...page.records.map((r) => r.sourcedId),
  ...page.rejects.map((r) => r.externalId),
];

async function allPages(provider: IRosterProvider, entity: EntityName, limit: number): Promise<RosterPage[]> {
  const pages: RosterPage[] = [];
  for (let offset = 0; pages.length < 10_000;) {
    const page = await provider.readPage(entity, { offset, limit }, context());
    if (page.rowCount === 0) return pages;
    pages.push(page);
    offset += page.rowCount;
  }
  throw new assert.AssertionError({ message: 'the collection has no end' });
}

/** A page size that cuts the collection a few times, and unevenly. */
const smallLimit = (provider: IRosterProvider, rows: number) =>
  Math.max(1, Math.min(provider.capabilities.maxPageSize, Math.floor(rows / 4) + 1));

const firstPage = (provider: IRosterProvider, entity: EntityName, limit = 3) =>
  provider.readPage(entity, { offset: 0, limit }, context());

export const readingLaws: readonly ReadingLaw[] = [
  {
    name: 'pages of any size give the same rows, each once',
    async check(provider, entity) {
      const whole = (await allPages(provider, entity, provider.capabilities.pageSize)).flatMap(keysOf);
      const cut = (await allPages(provider, entity, smallLimit(provider, whole.length))).flatMap(keysOf);
      assert.deepEqual(cut.toSorted(), whole.toSorted());
      assert.equal(new Set(whole).size, whole.length);
    },
  },
  {
    name: 'the announced total is the number of rows',
    async check(provider, entity) {
      const pages = await allPages(provider, entity, provider.capabilities.pageSize);
      const rows = pages.reduce((sum, page) => sum + page.rowCount, 0);
      for (const page of pages) if (page.announcedTotal !== null) assert.equal(page.announcedTotal, rows);
    },
  },
  {
    name: 'rows come in the order of their keys, and twice in the same order with the same digest',
    async check(provider, entity) {
      const [one, two] = [await firstPage(provider, entity, 50), await firstPage(provider, entity, 50)];
      assert.equal(one.bodyDigest, two.bodyDigest);
      assert.equal(one.keysDigest, two.keysDigest);
      assert.deepEqual(plain(one.records), plain(two.records));
      const keys = one.records.map((record) => record.sourcedId);
      if (provider.capabilities.sort) assert.deepEqual(keys, keys.toSorted());
    },
  },
  {
    name: 'every row is a record that fits the schema, or a reject',
    async check(provider, entity) {
      for (const page of await allPages(provider, entity, provider.capabilities.pageSize)) {
        assert.equal(page.records.length + page.rejects.length + page.unchanged.length, page.rowCount);
        assert.deepEqual(page.unchanged, []);
        assert.equal(page.entity, entity);
        for (const record of page.records)
          assert.deepEqual(plain(entityNamed(entity).schema.parse(record)), plain(record));
      }
    },
  },
  ...digestLaws,
  ...singleReadLaws,
  {
    name: 'a page says what it was: offset, limit, digest, bytes',
    async check(provider, entity) {
      const page = await provider.readPage(entity, { offset: 1, limit: 1 }, context());
      assert.equal(page.offset, 1);
      assert.ok(page.rowCount <= 1 && page.effectiveLimit === 1 && page.bytes > 0);
      assert.match(page.bodyDigest, /^[0-9a-f]{64}$/);
      assert.match(page.keysDigest, /^[0-9a-f]{64}$/);
      const first = await provider.readPage(entity, { offset: 0, limit: 1 }, context());
      assert.notEqual(page.keysDigest, first.keysDigest);
    },
  },
  {
    name: 'past the end there is an empty page, not an error',
    async check(provider, entity) {
      const page = await provider.readPage(entity, { offset: 1_000_000, limit: 5 }, context());
      assert.equal(page.rowCount, 0);
    },
  },
  {
    name: 'an aborted call ends with the reason of its signal',
    async check(provider, entity) {
      const reason = new Error('enough');
      const controller = new AbortController();
      const call = provider.readPage(entity, { offset: 0, limit: 1 }, { ...context(), signal: controller.signal });
      controller.abort(reason);
      // A provider that is quicker than the abort may still answer.
      await call.catch((error: unknown) => assert.equal(error, reason));
      const late = provider.readPage(entity, { offset: 0, limit: 1 }, { ...context(), signal: controller.signal });
      await assert.rejects(late, (error) => error === reason);
    },
  },
  {
    name: 'what a caller does to a page changes no later page',
    async check(provider, entity) {
      const page = await firstPage(provider, entity);
      const before = plain(page.records);
      for (const record of page.records) record.sourcedId = 'spoiled';
      page.records.length = 0;
      assert.deepEqual(plain((await firstPage(provider, entity)).records), before);
    },
  },
];
