/** The laws of reading one record by its id: the same record as in its list, nothing for an unknown id, and never another record. */
import assert from 'node:assert/strict';
import type { EntityName } from '@rollcall/core';
import type { IRosterProvider } from '../contracts.js';
import { context, plain, type ReadingLaw } from './law.js';

async function someRecords(provider: IRosterProvider, entity: EntityName) {
  const { records } = await provider.readPage(entity, { offset: 0, limit: 12 }, context());
  assert.ok(records.length > 0, 'the source under test has no rows');
  return records;
}

export const singleReadLaws: readonly ReadingLaw[] = [
  {
    name: 'a single read gives the same record as the page',
    async check(provider, entity) {
      for (const record of await someRecords(provider, entity))
        assert.deepEqual(
          plain(await provider.readOne(entity, record.sourcedId, context())),
          plain({ found: true, record }),
        );
    },
  },
  {
    name: 'single reads side by side give each asker its own record, whatever their order',
    async check(provider, entity) {
      const ids = (await someRecords(provider, entity)).map((record) => record.sourcedId).toReversed();
      const asked = [...ids, ...ids];
      const answers = await Promise.all(asked.map((id) => provider.readOne(entity, id, context())));
      assert.deepEqual(
        answers.map((answer) => ('record' in answer ? answer.record.sourcedId : null)),
        asked,
      );
    },
  },
  {
    name: 'an unknown id is not found, without an error',
    async check(provider, entity) {
      assert.deepEqual(await provider.readOne(entity, 'no such / id?', context()), { found: false });
    },
  },
  {
    name: 'a part of an id, or one with something behind it, is another id',
    async check(provider, entity) {
      const { sourcedId } = (await someRecords(provider, entity))[0]!;
      for (const other of [`${sourcedId}x`, `${sourcedId}/`, `${sourcedId}?`, sourcedId.slice(0, -1)])
        assert.deepEqual(await provider.readOne(entity, other, context()), { found: false });
    },
  },
  {
    name: 'an aborted single read ends with the reason of its signal',
    async check(provider, entity) {
      const reason = new Error('enough');
      const { sourcedId } = (await someRecords(provider, entity))[0]!;
      const read = provider.readOne(entity, sourcedId, { ...context(), signal: AbortSignal.abort(reason) });
      await assert.rejects(read, (error) => error === reason);
    },
  },
  {
    name: 'what a caller does to a single record changes no later one',
    async check(provider, entity) {
      const { sourcedId } = (await someRecords(provider, entity))[0]!;
      const read = async () => {
        const answer = await provider.readOne(entity, sourcedId, context());
        assert.ok('record' in answer);
        return answer.record;
      };
      const first = await read();
      const before = plain(first);
      first.sourcedId = 'spoiled';
      assert.deepEqual(plain(await read()), before);
    },
  },
];
