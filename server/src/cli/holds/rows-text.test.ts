/** Rows about identity show both sides of each pair and what agrees; a source's values never steer the terminal. */
import { describe, expect, it } from '@jest/globals';
import type { HeldRow } from '../../store/holds.js';
import { linkOf } from './link-option.js';
import { rowsText } from './rows-text.js';

const row: HeldRow = {
  ...{ localId: 'l1', externalId: 'new-1', operation: 'link', absent: false, before: {}, after: {} },
  ...{ formerly: 'old-1', name: 'Ada Quill', candidates: [] },
  agreement: { score: 90, rules: ['identifier + name', 'e-mail + name'], differs: ['identifier'] },
};

describe('a re-key', () => {
  it('shows a pair a line: who it is, both ids, the best rule that agrees, and what differs', () => {
    const [heads, line] = rowsText('rekey', [row]).split('\n');
    expect(heads).toMatch(/^formerly +new id +name +score +agrees +differs +local id$/);
    expect(line).toMatch(/^old-1 +new-1 +Ada Quill +90 +identifier \+ name +identifier +l1$/);
  });
});

describe('a possible match', () => {
  const candidate = { score: 65, rules: ['identifier'], differs: [], formerly: null, name: 'Ada\u001B[2J Reed' };
  const asked: HeldRow = {
    ...{ ...row, operation: 'create', formerly: null, name: null, agreement: null },
    after: { givenName: 'Ada', familyName: 'Quill', identifier: '7' },
    candidates: [
      { ...candidate, localId: 'c1' },
      { ...candidate, localId: 'c2', score: 55 },
    ],
  };

  it('shows a candidate a line, and the new record with the first of its own', () => {
    const [, first, second] = rowsText('match', [asked]).split('\n');
    expect(first).toMatch(/^new-1 +Ada Quill +l1 +- +Ada\?\[2J Reed +65 +identifier +c1$/);
    expect(second).toMatch(/^- +- +- +- +Ada\?\[2J Reed +55 +identifier +c2$/);
  });
});

describe('--link', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((digit) => `00000000-0000-7000-8000-00000000000${digit}`);

  it('is gathered, row by row', () => {
    expect(linkOf(`${a}=${b}`, linkOf(` ${b!.toUpperCase()} = ${c}`, {}))).toEqual({ [a!]: b, [b!]: c });
  });

  it.each([`${a}`, `${a}=1`, `${a}=${b}=${c}`, ''])('refuses %j', (text) => {
    expect(() => linkOf(text, {})).toThrow(/two local ids/);
  });

  it('refuses a row that would be two records', () => {
    expect(() => linkOf(`${a}=${c}`, { [a!]: b! })).toThrow(/one record only/);
  });
});
