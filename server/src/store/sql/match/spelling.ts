/** SQL that gives a text the spelling in which values are compared: the same as core's `normalise`, which a test holds against it. */
import { blankCharacters, type Spelling } from '@rollcall/core';

/** Null where nothing is left to compare. */
export function spelled(spelling: Spelling, value: string): string {
  const text = spelling === 'name' ? plainName(value) : `normalize(${value}, NFC)`;
  // The collation says what small letters are, whatever the database's own does.
  const small = `replace(lower((${text}) COLLATE "pg_c_utf8"), 'ς', 'σ')`;
  const single = `btrim(regexp_replace(${small}, '[${blankCharacters}]+', ' ', 'g'), ' ')`;
  return `nullif(${spelling === 'email' ? `replace(${single}, ' ', '')` : single}, '') COLLATE "C"`;
}

const plainName = (value: string): string =>
  `regexp_replace(regexp_replace(normalize(${value}, NFD), '[\\u0300-\\u036f''\`\\u2018\\u2019\\u02bc]', '', 'g'), '[-\\u2010\\u2011.]', ' ', 'g')`;
