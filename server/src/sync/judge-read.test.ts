/** A read is complete only if nothing speaks against it: laws over random pages. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { firstGap, judgeRead, type ReadFacts } from './judge-read.js';

const sound = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 }).map((sizes): ReadFacts => {
  let offset = 0;
  const pages = sizes.map((rowCount) => {
    const page = { offset, rowCount };
    offset += rowCount;
    return page;
  });
  return {
    pages: [...pages, { offset, rowCount: 0 }],
    announcedAtStart: offset,
    announcedAtEnd: offset,
    distinct: offset,
    keyless: 0,
    activeBefore: offset,
    endError: null,
  };
});

const spoil: [string, (facts: ReadFacts) => ReadFacts][] = [
  ['a page is missing', (f) => ({ ...f, pages: f.pages.slice(1) })],
  ['the total moved', (f) => ({ ...f, announcedAtEnd: f.announcedAtEnd! + 1 })],
  ['the total vanished', (f) => ({ ...f, announcedAtEnd: null })],
  ['fewer keys than announced', (f) => ({ ...f, distinct: f.distinct - 1 })],
  ['more keys than announced', (f) => ({ ...f, distinct: f.distinct + 1 })],
  ['a key could not be read', (f) => ({ ...f, keyless: 1 })],
  ['the end could not be seen', (f) => ({ ...f, endError: 'an error past the end' })],
  [
    'nothing where something is known',
    (f) => ({ ...f, pages: [], announcedAtStart: 0, announcedAtEnd: 0, distinct: 0 }),
  ],
];

describe('judgeRead', () => {
  it('calls a sound read complete, whatever the order in which its pages came', () => {
    fc.assert(
      fc.property(sound, fc.integer(), (facts, turn) => {
        const at = Math.abs(turn) % facts.pages.length;
        const pages = [...facts.pages.slice(at), ...facts.pages.slice(0, at)];
        expect(judgeRead({ ...facts, pages })).toEqual({ incompleteReason: null, readAgain: false });
      }),
    );
  });

  it.each(spoil)('never calls it complete when %s', (_, spoiled) => {
    fc.assert(
      fc.property(sound, (facts) => {
        expect(judgeRead(spoiled(facts)).incompleteReason).not.toBeNull();
      }),
    );
  });

  it('calls an empty collection complete where nothing was known, with or without a total', () => {
    for (const total of [0, null]) {
      const facts = {
        announcedAtStart: total,
        announcedAtEnd: total,
        distinct: 0,
        keyless: 0,
        activeBefore: 0,
        endError: null,
      };
      expect(judgeRead({ ...facts, pages: [{ offset: 0, rowCount: 0 }] }).incompleteReason).toBeNull();
    }
  });
});

describe('firstGap', () => {
  it('finds the first row that no page gave', () => {
    expect(
      firstGap([
        { offset: 0, rowCount: 10 },
        { offset: 20, rowCount: 5 },
      ]),
    ).toBe(10);
    expect(
      firstGap([
        { offset: 0, rowCount: 10 },
        { offset: 8, rowCount: 5 },
        { offset: 13, rowCount: 0 },
      ]),
    ).toBeNull();
  });
});
