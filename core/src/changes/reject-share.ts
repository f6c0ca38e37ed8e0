/** When so much of a collection is kept out that what is left of it proves nothing about removals. */

/** Both must be reached. The share is reference/reliability.md's F27; fewer rows than this are single bad records. */
export const rejectLimit = { share: 0.05, rows: 25 } as const;

/** Why nothing may be removed, or null. `distinct` counts the records that were read, the kept-out ones included. */
export function tooManyRejected(rejected: number, distinct: number): string | null {
  if (rejected < rejectLimit.rows || rejected < rejectLimit.share * distinct) return null;
  return `${rejected} of ${distinct} records were kept out; the limit is ${rejectLimit.share * 100} % and ${rejectLimit.rows} records`;
}
