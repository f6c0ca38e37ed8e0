/** The laws of reading wire rows, for any input that JSON can hold: total, valid, quiet about values, never throwing. */
import { describe, expect, it } from '@jest/globals';
import { entities, entityNames, maxTextLength, projectionOf, type Reject } from '@rollcall/core';
import fc from 'fast-check';
import { wireRow } from '../../testing/wire-rows.js';
import { timebackConfigSchema } from '../../timeback/config.js';
import { rowReader } from './read-rows.js';

const volatileKeys = timebackConfigSchema.shape.volatileMetadata.parse(undefined);
const readRows = rowReader(volatileKeys);

/** What could stand anywhere in a row by mistake, malice or another version of the API. */
const strange = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom('', ' ', '\0', 'a\0b', '\ud800', '2026-02-30', '2026-08-17T00:00:00Z', 'x'.repeat(maxTextLength + 1)),
  fc.constantFrom(
    '\u0958'.repeat(6000),
    'İ'.repeat(maxTextLength),
    Number('1e999'),
    Number('12345678901234567890'),
    -0,
    '0000-01-01',
    'TRUE',
    'tobedeleted',
  ),
  fc.constant({ sourcedId: 5 }),
  fc.constant(JSON.parse('{"__proto__":{"sourcedId":"x"},"a":{"__proto__":1}}')),
  fc.constant(JSON.parse('['.repeat(5000) + ']'.repeat(5000))),
  fc.string({ unit: 'binary' }),
);

/** The row with some values replaced at any depth, or removed. */
function mutated(row: Record<string, unknown>): fc.Arbitrary<unknown> {
  const places = placesIn(row);
  const change = fc.tuple(fc.constantFrom(...places), fc.option(strange, { nil: undefined }));
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
    const copy = JSON.parse(JSON.stringify(row)) as Record<string, unknown>;
    for (const [path, value] of changes) replace(copy, path, value);
    return copy;
  });
}

function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [...(path.length > 0 ? [path] : []), ...Object.entries(value).flatMap(([k, v]) => placesIn(v, [...path, k]))];
}

function replace(target: unknown, [key, ...rest]: readonly string[], value: unknown): void {
  if (typeof target !== 'object' || target === null || key === undefined) return;
  const row = target as Record<string, unknown>;
  if (rest.length > 0) replace(row[key], rest, value);
  else if (value === undefined) delete row[key];
  else row[key] = value;
}

describe.each(entities)('reading $name', (entity) => {
  const row = wireRow[entity.name];

  it('reads a valid row to a record that fits the schema', () => {
    const { records, rejects } = readRows(entity.name, [row()]);
    expect(rejects).toEqual([]);
    expect(entity.schema.parse(records[0])).toEqual(records[0]);
  });

  it('makes of any row one valid, storable record or one reject, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof({ weight: 9, arbitrary: mutated(row()) }, { weight: 1, arbitrary: strange }), (wire) => {
        const { records, rejects } = readRows(entity.name, [wire]);
        expect(records.length + rejects.length).toBe(1);
        for (const record of records) {
          expect(JSON.parse(JSON.stringify(entity.schema.parse(record)))).toEqual(JSON.parse(JSON.stringify(record)));
          expect(JSON.stringify(record)).not.toMatch(/\\u0000|\\ud[89a-f]/i);
          expect(typeof projectionOf(entity, record)).toBe('string');
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('rejects with a known field and without any value of the row', () => {
    const canary = 'Canary-Value';
    const bad = fc.constantFrom(`${canary}\0`, canary.repeat(1000), { [canary]: canary }, [canary, { a: canary }]);
    const place = fc.constantFrom(...placesIn(row()).filter((path) => path[0] !== 'sourcedId'));
    fc.assert(
      fc.property(place, bad, (path, value) => {
        const wire = row();
        replace(wire, path, value);
        expect(JSON.stringify(readRows(entity.name, [wire]).rejects)).not.toContain(canary);
      }),
      { numRuns: 300 },
    );
  });

  it('reads a row marked tobedeleted whatever else it has lost, as long as its key is readable', () => {
    fc.assert(
      fc.property(mutated(row()), (wire) => {
        const marked = { ...(wire as object), sourcedId: 'gone-1', status: 'tobedeleted' };
        const { records, rejects } = readRows(entity.name, [marked]);
        expect(rejects).toEqual([]);
        expect(records[0]).toMatchObject({ sourcedId: 'gone-1', status: 'tobedeleted' });
        expect(entity.schema.safeParse(records[0]).success).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('leaves the wire row as it was', () => {
    const wire = row();
    readRows(entity.name, [wire]);
    expect(wire).toEqual(row());
  });

  it('one bad row never stops the others', () => {
    const { records, rejects } = readRows(entity.name, [row(), null, row({ sourcedId: 7 }), row({ sourcedId: 'b' })]);
    expect(records.map((record) => record.sourcedId)).toEqual([row().sourcedId, 'b']);
    expect(rejects.map((reject) => reject.code)).toEqual(['not_an_object', 'key_unreadable']);
  });
});

describe('an unreadable key', () => {
  it.each([
    ['missing', undefined],
    ['null', null],
    ['empty', ''],
    ['a number', 4711],
    ['an object', { sourcedId: 'x' }],
    ['with a NUL', 'a\0'],
    ['with half a surrogate pair', 'a\udc00'],
    ['over 1024 characters', 'k'.repeat(1025)],
  ])('%s is rejected without an id, in every entity, even when marked tobedeleted', (_, sourcedId) => {
    for (const entity of entityNames)
      for (const status of ['active', 'tobedeleted'])
        expect(onlyReject(entity, { sourcedId, status })).toMatchObject({ code: 'key_unreadable', externalId: null });
  });

  it('is not what a key is that only looks odd: it is kept as it is', () => {
    const { records } = readRows('orgs', [wireRow.orgs({ sourcedId: ' Été/1 ' })]);
    expect(records[0]?.sourcedId).toBe(' Été/1 ');
  });
});

function onlyReject(entity: (typeof entityNames)[number], over: Record<string, unknown>): Reject {
  const { records, rejects } = readRows(entity, [wireRow[entity](over)]);
  expect(records).toEqual([]);
  return rejects[0]!;
}

describe('a reject', () => {
  it.each([
    ['users', { familyName: null }, 'field_missing', 'familyName'],
    ['users', { givenName: '  ' }, 'field_missing', 'givenName'],
    ['users', { givenName: 'A\0b' }, 'nul_character', 'givenName'],
    ['users', { givenName: 'A\ud800' }, 'field_invalid', 'givenName'],
    ['users', { givenName: 'x'.repeat(maxTextLength + 1) }, 'field_too_long', 'givenName'],
    // Composing (NFC) makes two characters of this one.
    ['users', { givenName: '\u0958'.repeat(maxTextLength - 1) }, 'field_too_long', 'givenName'],
    ['users', { givenName: { first: 'A' } }, 'field_invalid', 'givenName'],
    ['users', { roles: [] }, 'field_missing', 'roles'],
    ['users', { roles: [], role: 'student' }, 'field_missing', 'roles'],
    ['users', { roles: null, role: 'wizard', orgs: ['o'] }, 'field_invalid', 'roles.role'],
    ['users', { roles: [{ roleType: 'primary', role: 'wizard', org: 'o' }] }, 'field_invalid', 'roles.role'],
    ['users', { roles: [{ roleType: 'primary', role: 'student' }] }, 'field_missing', 'roles.org'],
    ['users', { enabledUser: 'perhaps' }, 'field_invalid', 'enabledUser'],
    ['users', { status: 'retired' }, 'field_invalid', 'status'],
    ['users', { metadata: { note: 'a\0' } }, 'nul_character', 'metadata'],
    ['users', { metadata: { 'k\0': 1 } }, 'nul_character', 'metadata'],
    ['users', { metadata: { note: 'x'.repeat(100_001) } }, 'field_too_long', 'metadata'],
    ['users', { metadata: JSON.parse('{"a":'.repeat(40) + '1' + '}'.repeat(40)) }, 'field_invalid', 'metadata'],
    ['users', { metadata: 'text' }, 'field_invalid', 'metadata'],
    ['users', { agents: Array.from({ length: 1001 }, (_, i) => `g${i}`) }, 'field_too_long', 'agents'],
    ['users', { identifier: Number('12345678901234567890') }, 'field_invalid', 'identifier'],
    ['users', { userIds: [{ type: 'SIS', identifier: true }] }, 'field_invalid', 'userIds'],
    ['orgs', { name: undefined }, 'field_missing', 'name'],
    ['orgs', { type: 'castle' }, 'field_invalid', 'type'],
    ['orgs', { parent: { sourcedId: 5 } }, 'field_invalid', 'parent'],
    ['orgs', { parent: { sourcedId: 'p\0' } }, 'nul_character', 'parent'],
    ['academicSessions', { startDate: '2026-13-45' }, 'field_invalid', 'startDate'],
    ['academicSessions', { endDate: null }, 'field_missing', 'endDate'],
    ['academicSessions', { type: null }, 'field_missing', 'type'],
    ['courses', { title: '' }, 'field_missing', 'title'],
    ['classes', { title: null }, 'field_missing', 'title'],
    ['classes', { classType: 'secret' }, 'field_invalid', 'classType'],
    ['enrollments', { role: 'wizard' }, 'field_invalid', 'role'],
    ['enrollments', { user: null }, 'field_missing', 'user'],
    ['enrollments', { class: {} }, 'field_missing', 'class'],
    // An end that cannot be read must not become an enrollment without an end.
    ['enrollments', { endDate: '2026-02-30' }, 'field_invalid', 'endDate'],
  ] as const)('%s with %j says %s of %s', (entity, over, code, field) => {
    expect(onlyReject(entity, over)).toMatchObject({ externalId: wireRow[entity]().sourcedId, code, field });
  });
});
