/**
 * The fixed mix of a bench: how many students the sandbox needs for a number of rows over all six entities, and what those
 * rows are. The mix follows from the sandbox's district, so it is stated here and measured in each run.
 */
export const mix = 'users 30 %, enrollments 62 %, classes 6 %, courses, academic sessions and orgs 2 %';

/** Rows of all six entities for each student of a large district. */
const rowsForStudent = 8.97;

/** Shares of a sample; the rest of the mix is too small to matter in one. */
const sampleShares = { users: 0.3, classes: 0.06, enrollments: 0.62, courses: 0.02 } as const;

export function studentsFor(records: number): number {
  return Math.max(1, Math.round(records / rowsForStudent));
}

/** How many rows of each collection a sample of `size` rows takes; never more than there are. */
export function sampleOf(size: number, totals: Readonly<Record<string, number>>): { name: string; rows: number }[] {
  return Object.entries(sampleShares).map(([name, share]) => ({
    name,
    rows: Math.min(totals[name] ?? 0, Math.round(size * share)),
  }));
}
