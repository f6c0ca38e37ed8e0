/** The provider's spellings of closed vocabularies, each mapped to the canonical word. */
import { classTypes, enrollmentRoles, orgTypes, sessionTypes, userRoles } from '@rollcall/core';

/** Each word under itself and under its lower case. */
function spellings<W extends string>(
  words: readonly W[],
  more: Readonly<Record<string, W>> = {},
): ReadonlyMap<string, W> {
  const map = new Map<string, W>(Object.entries(more));
  for (const word of words) map.set(word, word).set(word.toLowerCase(), word);
  return map;
}

export const orgTypeWords = spellings(orgTypes);
export const sessionTypeWords = spellings(sessionTypes, {
  grading_period: 'gradingPeriod',
  school_year: 'schoolYear',
});
export const classTypeWords = spellings(classTypes);
// A provider of 1.2 that keeps words which only 1.1 has tells them as words of its own.
export const enrollmentRoleWords = spellings(enrollmentRoles, { 'ext:aide': 'aide' });
export const roleTypeWords = spellings(['primary', 'secondary']);
export const userRoleWords = spellings(userRoles, {
  'ext:administrator': 'administrator',
  system_administrator: 'systemAdministrator',
  district_administrator: 'districtAdministrator',
  site_administrator: 'siteAdministrator',
});

/** TimeBack's codes are -1 (Pre-K), 0 (K), 1 to 13; OneRoster's and CEDS's are mapped to them, anything else is kept. */
const grades: ReadonlyMap<string, string> = new Map([
  ['PK', '-1'],
  ['PREK', '-1'],
  ['PRE-K', '-1'],
  ['K', '0'],
  ['KG', '0'],
  ['00', '0'],
  ['AP', '13'],
]);

export function gradeCode(text: string): string {
  if (text.length === 1 && text >= '0' && text <= '9') return text;
  if (text.length === 2 && text[0] === '0' && text[1]! >= '1' && text[1]! <= '9') return text[1]!;
  const [, ordinal] = /^(\d{1,2})(?:st|nd|rd|th)$/i.exec(text) ?? [];
  return ordinal ? gradeCode(ordinal) : (grades.get(text.toUpperCase()) ?? text);
}
