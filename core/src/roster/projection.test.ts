/** Laws of the projection: it changes exactly when the compared content of a record changes. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { arbitraryRecord, metadata } from '../testing/arbitrary-records.js';
import { aClass, aRecordOf, aUser } from '../testing/builders.js';
import { entities, entityNamed } from './entities.js';
import { projectionOf, stableJson } from './projection.js';

const users = entityNamed('users');
const asJson = (record: object): unknown => JSON.parse(JSON.stringify(record));

/** Keys in reverse, at every depth. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, part]) => [key, reversed(part)]),
  );
}

describe.each(entities)('the projection of $name', (entity) => {
  it('differs whenever two records differ', () => {
    // The second record takes some fields from the first, so that near misses are tried as well as strangers.
    const names = ['sourcedId', 'status', ...entity.fields.map((field) => field.name)];
    const pair = fc.tuple(arbitraryRecord(entity), arbitraryRecord(entity), fc.subarray(names));
    fc.assert(
      fc.property(pair, ([a, other, own]) => {
        const parts = own.map((name) => [name, (other as unknown as Record<string, unknown>)[name]]);
        const b = { ...a, ...Object.fromEntries(parts) } as typeof a;
        const same = isDeepStrictEqual(asJson(a), asJson(b));
        expect(projectionOf(entity, a) === projectionOf(entity, b)).toBe(same);
      }),
      { numRuns: 500 },
    );
  });

  it('differs when any single field becomes null or another value', () => {
    for (const field of entity.fields) {
      const base = aRecordOf[entity.name]() as unknown as Record<string, unknown>;
      const given = { ...base, [field.name]: field.kind === 'document' ? { a: 1 } : base[field.name] };
      const emptied = { ...base, [field.name]: field.kind === 'document' ? { a: 2 } : null };
      if (isDeepStrictEqual(given[field.name], emptied[field.name])) continue;
      const [one, two] = [given, emptied].map((r) =>
        projectionOf(entity, r as unknown as { sourcedId: string; status: string }),
      );
      expect({ field: field.name, differs: one !== two }).toEqual({ field: field.name, differs: true });
    }
  });

  it('ignores dateLastModified', () => {
    const record = aRecordOf[entity.name]();
    expect(projectionOf(entity, { ...record, dateLastModified: '2030-01-01T00:00:00.000Z' } as typeof record)).toBe(
      projectionOf(entity, record),
    );
  });

  it('is another one under another projection version', () => {
    const record = aRecordOf[entity.name]();
    expect(projectionOf({ ...entity, projectionVersion: 2 }, record)).not.toBe(projectionOf(entity, record));
  });
});

it('the key order of metadata is never a change', () => {
  fc.assert(
    fc.property(metadata, (value) => {
      const [one, two] = [aUser({ metadata: value }), aUser({ metadata: reversed(value) as typeof value })];
      expect(projectionOf(users, two)).toBe(projectionOf(users, one));
    }),
  );
});

it('a text cannot pass for its neighbour by moving a character over', () => {
  const one = aUser({ givenName: 'Ab', familyName: 'c' });
  const two = aUser({ givenName: 'A', familyName: 'bc' });
  expect(projectionOf(users, one)).not.toBe(projectionOf(users, two));
});

it('an element cannot move over from one set into the next', () => {
  const [one, two] = [aClass({ subjects: ['a'], subjectCodes: [] }), aClass({ subjects: [], subjectCodes: ['a'] })];
  expect(projectionOf(entityNamed('classes'), one)).not.toBe(projectionOf(entityNamed('classes'), two));
});

it('stable JSON is JSON of the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(stableJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
