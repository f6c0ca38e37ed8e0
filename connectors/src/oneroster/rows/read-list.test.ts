/** What is read of a page's bytes: all rows or only those not known, the same either way; and what is no page says why. */
import { describe, expect, it } from '@jest/globals';
import { entityNames, type EntityName } from '@rollcall/core';
import fc from 'fast-check';
import { hash } from 'node:crypto';
import { wireRow, wireUser } from '../../testing/wire-rows.js';
import { readList, type ListBody } from './read-list.js';
import { rowReader } from './read-rows.js';
import { readerVersion, rowDigests } from './row-digest.js';

const digestOf = rowDigests({ volatileMetadata: ['metrics'] }).users;
const reading = (body: Buffer | string, isKnown?: (digest: string) => boolean) =>
  readList(Buffer.from(body), { listKey: 'users', digestOf, isKnown });

function list(body: Buffer | string, isKnown?: (digest: string) => boolean): ListBody {
  const read = reading(body, isKnown);
  if (!('value' in read)) throw new Error(read.detail);
  return read.value;
}

const page = (rows: readonly unknown[]) => JSON.stringify({ users: rows, totalCount: 40, note: 'Zoë' });
/** Such a body is never split. */
const whole = (body: string) => list(`\ufeff${body}`);
const two = page([wireUser(), wireUser({ sourcedId: 'user-hugo', givenName: 'Hugo' })]);

describe('rows of a page', () => {
  it('are the same whether the page is split or parsed as a whole, and whichever of them are known', () => {
    const anyRows = fc.array(fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.nat({ max: 3 })), { maxLength: 8 });
    fc.assert(
      fc.property(anyRows, fc.func(fc.boolean()), (rows, isKnown) => {
        const body = page(rows);
        const expected = whole(body);
        const read = list(body);
        expect(JSON.stringify(read.rows)).toBe(JSON.stringify(expected.rows));
        expect(read.envelope).toEqual({ users: [], totalCount: 40, note: 'Zoë' });
        expect([read.rowCount, read.digests.length, expected.digests.length]).toEqual([rows.length, rows.length, 0]);
        const some = list(body, isKnown);
        expect(some).toEqual({
          ...read,
          rows: read.rows.filter((_, index) => !isKnown(read.digests[index]!)),
          digests: read.digests.filter((digest) => !isKnown(digest)),
          unchanged: read.digests.filter((digest) => isKnown(digest)),
        });
      }),
    );
  });

  it('that did not change are known whatever stands around them; the one that changed is read', () => {
    const known = new Set(list(two).digests);
    const edited = two
      .replace('"Hugo"', '"Hugh"')
      .replace('},{"sourcedId":"user-hugo"', '} ,\n {"sourcedId":"user-hugo"');
    const read = list(edited, (digest) => known.has(digest));
    expect(read.rows).toMatchObject([{ sourcedId: 'user-hugo', givenName: 'Hugh' }]);
    expect(read.unchanged).toEqual([[...known][0]]);
    expect(read.digests).toHaveLength(1);
    expect(read.keysDigest).not.toBe(list(two).keysDigest);
  });

  it('come in their order with their digests, however many stand side by side', () => {
    const users = Array.from({ length: 200 }, (_, n) => wireUser({ sourcedId: `user-${n}` }));
    const body = page(users);
    const { digests } = list(body);
    const known = new Set(digests.filter((_, n) => n % 90 === 7 || n % 40 === 0));
    const read = list(body, (digest) => known.has(digest));
    const rest = users.filter((_, n) => !known.has(digests[n]!));
    expect(read.rows).toEqual(rest);
    expect(read.digests).toEqual(rest.map((user) => digests[users.indexOf(user)]));
  });

  it('in the same order have one keys digest, also where the envelope differs and with it the body digest', () => {
    const [one, other] = [list(two), list(two.replace('40', '41'))];
    expect(other.keysDigest).toBe(one.keysDigest);
    expect(other.bodyDigest).not.toBe(one.bodyDigest);
    expect(list(page([])).keysDigest).toBe(whole(page([])).keysDigest);
  });
});

describe('what is no page, or holds a row that is no JSON, is unreadable although all other rows are known', () => {
  it.each([
    ['is not UTF-8', Buffer.from(two.replace('Hugo', 'Zo\xeb'), 'latin1')],
    ['is not whole JSON', two.replace('"Hugo"', 'Hugo')],
    ['is not whole JSON', two.slice(0, -3)],
    ['is not whole JSON', two.replace('"totalCount"', '"totalCount":')],
    ['is a web page', '<html></html>'],
    ['is empty', ''],
    ["has no list 'users'", two.replace('"users"', '"user"')],
    ["has no list 'users'", '{"users":{}}'],
  ])('%s', (detail, body) => {
    const known = new Set(list(two).digests);
    const failure = { kind: 'unreadable', detail: `the body ${detail}` };
    expect(reading(body, (digest) => known.has(digest))).toEqual(failure);
  });
});

describe('the digest of a row', () => {
  const row = Buffer.from(JSON.stringify(wireUser()));
  const of = (volatileMetadata: string[], entity: EntityName) =>
    rowDigests({ volatileMetadata })[entity](row, { start: 0, end: row.length });

  it('tells collections and settings apart, but not the order in which settings are written', () => {
    expect(of(['a', 'b'], 'users')).toBe(of(['b', 'a', 'b'], 'users'));
    const different = [of(['a'], 'users'), of([], 'users'), of(['a,b'], 'users'), of(['a'], 'orgs'), of([], 'orgs')];
    expect(new Set(different).size).toBe(different.length);
  });

  it('covers every byte of a row of any length, and none beside it', () => {
    const memory = Buffer.alloc(9000, 'x');
    const digest = (start: number, end: number) => digestOf(memory, { start, end });
    const lengths = [0, 1, 800, 5000, 2, 8000];
    const digests = lengths.map((length) => digest(10, 10 + length));
    expect(new Set(digests).size).toBe(lengths.length);
    expect(lengths.map((length) => digest(20, 20 + length))).toEqual(digests);
    memory[809] = 0;
    expect(digest(10, 810)).not.toBe(digests[2]);
    expect(digest(810, 1610)).toBe(digests[2]);
  });

  it('stands for one reading: what the readers make of a row changes only with the reader version', () => {
    const readRows = rowReader(['metrics']);
    // Whoever changes the hash raises the version with it.
    const read = entityNames.map((entity) => readRows(entity, [wireRow[entity](), { ...wireRow[entity](), name: 7 }]));
    expect([readerVersion, hash('sha256', JSON.stringify(read))]).toEqual([
      2,
      '525004382d2f06d55a2a0773773d74b6cf0e9767aaf0c9731cc5d5fe78ad63a1',
    ]);
  });
});
