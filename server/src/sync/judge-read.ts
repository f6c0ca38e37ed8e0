/**
 * Whether a collection was provably read from end to end. Only then may anything be taken away because it was not there.
 * Pure: pages in, verdict out.
 */
import type { PageRecord } from '../store/pages.js';

export interface ReadFacts {
  readonly pages: readonly Pick<PageRecord, 'offset' | 'rowCount'>[];
  readonly announcedAtStart: number | null;
  readonly announcedAtEnd: number | null;
  /** Distinct keys read, and rows without a readable key. */
  readonly distinct: number;
  readonly keyless: number;
  readonly activeBefore: number;
  /** Why the end of the collection could not be seen, if so. */
  readonly endError: string | null;
}

export interface ReadVerdict {
  /** Null when the read is complete. */
  readonly incompleteReason: string | null;
  /** Whether reading once more may help. */
  readonly readAgain: boolean;
}

export function judgeRead(facts: ReadFacts): ReadVerdict {
  const { announcedAtStart: start, announcedAtEnd: end, distinct, activeBefore } = facts;
  const again = (incompleteReason: string): ReadVerdict => ({ incompleteReason, readAgain: true });
  const gap = firstGap(facts.pages);
  if (gap !== null) return again(`rows from ${gap} on were not given`);
  if (start !== end)
    return again(`the source announced ${start ?? 'no'} rows at the start and ${end ?? 'no'} at the end`);
  if (start !== null && start !== distinct)
    return again(`the source announced ${start} rows and gave ${distinct} different ones`);
  if (distinct === 0 && activeBefore > 0)
    return again(`the collection is empty, where ${activeBefore} records are known`);
  if (facts.endError !== null) return { incompleteReason: facts.endError, readAgain: false };
  if (facts.keyless > 0)
    return { incompleteReason: `${facts.keyless} rows have no readable sourcedId`, readAgain: false };
  return { incompleteReason: null, readAgain: false };
}

/** The first offset that no page covers before the last page, or null. */
export function firstGap(pages: readonly Pick<PageRecord, 'offset' | 'rowCount'>[]): number | null {
  let covered = 0;
  for (const page of [...pages].sort((a, b) => a.offset - b.offset)) {
    if (page.offset > covered) return covered;
    covered = Math.max(covered, page.offset + page.rowCount);
  }
  return null;
}
