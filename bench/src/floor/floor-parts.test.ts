/** The floor's own parts: a wrong one would make the measure that everything is compared with meaningless. */
import { describe, expect, test } from '@jest/globals';
import { arrayText, copyText } from '../feed/copy-text.js';
import { differences } from '../end-state.js';
import { LocalIds } from './local-ids.js';

describe('local ids', () => {
  test('a record keeps its id, whether it is read or referred to first', () => {
    const ids = new LocalIds();
    const referred = ids.of('users', 'a');
    expect(ids.of('users', 'a')).toBe(referred);
    expect(ids.of('orgs', 'a')).not.toBe(referred);
  });

  test('rise, and are uuids', () => {
    const ids = new LocalIds();
    const given = Array.from({ length: 300 }, () => ids.next());
    expect([...given].sort()).toEqual(given);
    for (const id of given) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe('copy text', () => {
  test('escapes what would end a value or a line', () => {
    expect(copyText('a\tb\\c\n', false)).toBe('a\\tb\\\\c\\n');
    expect(copyText(null, true)).toBe('\\N');
  });

  test('a quote in a list survives both notations', () => {
    expect(arrayText(['say "x"'])).toBe('{"say \\"x\\""}');
    expect(copyText(['say "x"'], true)).toBe('{"say \\\\"x\\\\""}');
  });
});

test('a subject that did less than the product is found out', () => {
  expect(differences({ users: '10' }, { users: '9' })).toEqual(['users: 9 instead of 10']);
  expect(differences({ users: '10', change_log: '5' }, { users: '10' })).toEqual([]);
});
