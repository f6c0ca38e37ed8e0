/**
 * How two spellings of one value are told to be the same. The store compares with SQL of its own that gives the same texts; a test
 * holds the two against each other.
 */

/** name: case, diacritics, apostrophes and hyphens tell nobody apart. email: plus tags do. key: ids, as they are but for case. */
export type Spelling = 'name' | 'email' | 'key';

/** Null where nothing is left to compare. */
export function normalise(spelling: Spelling, value: string | null): string | null {
  if (value === null) return null;
  const text = spelling === 'name' ? plainName(value) : value.normalize('NFC');
  const bare = lower(text).replace(blanks, ' ').replace(/^ | $/g, '');
  return bare === '' ? null : spelling === 'email' ? bare.replaceAll(' ', '') : bare;
}

/** Written out, because what counts as a blank differs from language to language. */
export const blankCharacters = '\\t\\n\\u000b\\f\\r \\u00a0\\u2000-\\u200a\\u202f\\u3000';
const blanks = new RegExp(`[${blankCharacters}]+`, 'g');

const plainName = (value: string): string =>
  value
    .normalize('NFD')
    .replace(/[\u0300-\u036f'`\u2018\u2019\u02bc]/g, '')
    .replace(/[-\u2010\u2011.]/g, ' ');

/** One character for one, as databases do it: a sigma at the end of a word is a sigma. */
const lower = (text: string): string =>
  Array.from(text, (character) => {
    const small = character === 'İ' ? 'i' : character.toLowerCase();
    return Array.from(small).length === 1 ? small : character;
  })
    .join('')
    .replaceAll('ς', 'σ');
