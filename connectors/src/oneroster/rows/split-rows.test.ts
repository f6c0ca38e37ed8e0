/** The laws of splitting: rows and envelope are those that the parser sees, and what the parser refuses is refused in its parts too. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { splitRows } from './split-rows.js';

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', 'é', '\u{1f600}', '\n', '\0', 'a'),
    maxLength: 12,
  }),
);
const space = fc.string({ unit: fc.constantFrom(' ', '\n', '\r', '\t'), maxLength: 2 });

/** JSON as different writers write it: with any white space, and with letters escaped or not. */
const json: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    anyText.map((value) => JSON.stringify(value)),
    anyText.map((value) => JSON.stringify(value).replace(/[^\x20-\x7e]|a/gu, escaped)),
    fc.constantFrom('null', 'true', 'false', '0', '-1.5e+3', '{}', '[]', '""', '"\\\\"', '"\\""', '"\\\\\\""'),
    fc.array(tie('value'), { maxLength: 4 }).chain((values) => joined('[', values, ']')),
    fc.array(fc.tuple(anyText, tie('value')), { maxLength: 4 }).chain(objectOf),
  ),
})).value;

function escaped(letter: string): string {
  return letter.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function joined(open: string, values: readonly string[], close: string): fc.Arbitrary<string> {
  return fc
    .array(space, { minLength: values.length + 1, maxLength: values.length + 1 })
    .map((gaps) => open + gaps[0] + values.map((value, i) => value + gaps[i + 1]).join(',') + close);
}

function objectOf(members: readonly (readonly [string, string])[]): fc.Arbitrary<string> {
  const written = members.map(([name, value]) => `${JSON.stringify(name)}:${value}`);
  return joined('{', written, '}');
}

const anyKey = fc.constantFrom('users', 'Schüler', '__proto__');
const anyList = fc.array(json, { maxLength: 6 });
const anyMembers = fc.array(fc.tuple(anyText, json), { maxLength: 3 });

const document = fc
  .record({ key: anyKey, list: anyList, before: anyMembers, after: anyMembers })
  .chain(({ key, list, before, after }) => {
    const clean = (members: [string, string][]) =>
      members.filter(([name]) => name !== key && !/["\\\p{C}]/u.test(name));
    return fc
      .tuple(joined('[', list, ']'), space)
      .chain(([array, gap]) => objectOf([...clean(before), [key, gap + array], ...clean(after)]))
      .map((body) => ({ key, list, body }));
  });

/** At every alignment of its memory, as bodies come from pools and sockets. */
function bytesAt(offset: number, body: string | Uint8Array): Buffer {
  const bytes = Buffer.from(body);
  const memory = Buffer.from(new ArrayBuffer(bytes.length + offset + 3));
  bytes.copy(memory, offset);
  return memory.subarray(offset, offset + bytes.length);
}

const anyOffset = fc.integer({ min: 0, max: 3 });
const parsed = (text: string) => JSON.parse(text) as Record<string, unknown>;

/** What its parts make up, or undefined where one of them is no JSON. */
function assembled(bytes: Buffer, listKey: string): Record<string, unknown> | null | undefined {
  const split = splitRows(bytes, listKey);
  if (split === null) return null;
  try {
    const whole = parsed(split.envelope);
    const rows = split.rows.map(({ start, end }) => JSON.parse(bytes.toString('utf8', start, end)) as unknown);
    expect(whole[listKey]).toEqual([]);
    return Object.fromEntries(Object.entries(whole).map(([name, value]) => [name, name === listKey ? rows : value]));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function parsedOr<T>(otherwise: T, bytes: Buffer): Record<string, unknown> | T {
  try {
    return parsed(bytes.toString());
  } catch {
    return otherwise;
  }
}

const inOrder = (value: unknown): string => JSON.stringify(value);

describe('splitting', () => {
  it('finds exactly the bytes of the list’s elements, and leaves the document with an empty list', () => {
    fc.assert(
      fc.property(document, anyOffset, ({ key, list, body }, offset) => {
        const bytes = bytesAt(offset, body);
        const split = splitRows(bytes, key)!;
        expect(split.rows.map(({ start, end }) => bytes.toString('utf8', start, end))).toEqual(list);
        const { [key]: rows, ...rest } = parsed(body);
        const { [key]: none, ...envelope } = parsed(split.envelope);
        expect([none, inOrder(envelope)]).toEqual([[], inOrder(rest)]);
        expect(inOrder(rows)).toBe(`[${list.map((row) => inOrder(JSON.parse(row))).join(',')}]`);
      }),
      { numRuns: 1000 },
    );
  });

  it('of a damaged document makes what the parser makes of it, or gives up', () => {
    const damage = fc.tuple(fc.nat(), fc.nat({ max: 2 }), fc.constantFrom(...'{}[]",:\\ \0x1é'));
    fc.assert(
      fc.property(
        document,
        fc.array(damage, { minLength: 1, maxLength: 3 }),
        anyOffset,
        ({ key, body }, marks, offset) => {
          let damaged = body;
          for (const [place, removed, added] of marks) {
            const at = place % (damaged.length + 1);
            damaged = damaged.slice(0, at) + added + damaged.slice(at + removed);
          }
          const bytes = bytesAt(offset, damaged.toWellFormed());
          const parts = assembled(bytes, key);
          if (parts !== null) expect(inOrder(parts)).toBe(inOrder(parsedOr(undefined, bytes)));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('gives up on any document that was cut short', () => {
    fc.assert(
      fc.property(document, fc.nat(), anyOffset, ({ key, body }, place, offset) => {
        const whole = Buffer.from(body);
        const cut = whole.subarray(0, place % whole.length);
        expect(splitRows(bytesAt(offset, cut), key)).toBeNull();
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['a byte order mark', '\ufeff{"users":[]}'],
    ['a bare list', '[{"users":[]}]'],
    ['an empty object', '{}'],
    ['no such key', '{"user":[]}'],
    ['the key deeper down', '{"data":{"users":[]}}'],
    ['the key in a text', '{"note":"\\"users\\":[]"}'],
    ['two lists', '{"users":[{}],"users":[]}'],
    ['a second list under an escaped key', '{"users":[{}],"\\u0075sers":[]}'],
    ['a list that is an object', '{"users":{}}'],
    ['a list that is null', '{"users":null}'],
    ['something after the end', '{"users":[]}{}'],
    ['rows without a comma', '{"users":[{}{}]}'],
    ['a comma too many', '{"users":[{},]}'],
    ['a comma and no row', '{"users":[,]}'],
    ['members without a comma', '{"users":[]"limit":5}'],
    ['a comma after the last member', '{"users":[],}'],
    ['a web page', '<html></html>'],
  ])('gives up on %s', (_, body) => {
    expect(splitRows(Buffer.from(body), 'users')).toBeNull();
  });
});
