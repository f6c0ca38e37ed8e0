/**
 * Watermarks: from where an incremental read may begin. Only the provider's own clock counts; it is never compared with ours.
 * Whatever speaks against an incremental read makes it a full one: checksums make those cheap, and a lost change is dear.
 */

/** Read again on both sides of the border: providers stamp before they commit, and some by whole seconds. */
export const overlapMs = 5 * 60_000;

export interface Watermark {
  /** ISO 8601 in UTC, all three. */
  readonly watermark: string;
  readonly providerTime: string;
  readonly readInFullAt: string;
  readonly projectionVersion: number;
  readonly configurationVersion: number;
}

export interface ReadGrounds {
  readonly watermark: Watermark | null;
  /** Whether the provider offers a filter on dateLastModified. */
  readonly filter: boolean;
  readonly projectionVersion: number;
  readonly configurationVersion: number;
  /** Holds of this entity that are open: their rows must be seen whole to be refreshed. */
  readonly openHolds: number;
  /** Our clock, only to measure how long ago the last full read was by the same clock. */
  readonly now: string;
  readonly fullEveryMs: number;
}

export type ReadChoice = { readonly since: string } | { readonly fullBecause: string };

export function chooseRead(grounds: ReadGrounds): ReadChoice {
  const { watermark: mark } = grounds;
  if (!grounds.filter) return { fullBecause: 'the provider has no filter on dateLastModified' };
  if (mark === null) return { fullBecause: 'there is no watermark yet' };
  if (mark.projectionVersion !== grounds.projectionVersion)
    return { fullBecause: 'what is compared of a record has changed' };
  if (mark.configurationVersion !== grounds.configurationVersion)
    return { fullBecause: 'the configuration has changed' };
  if (grounds.openHolds > 0) return { fullBecause: 'a hold is open' };
  if (Date.parse(grounds.now) - Date.parse(mark.readInFullAt) >= grounds.fullEveryMs)
    return { fullBecause: 'the last full read is long ago' };
  return { since: mark.watermark };
}

/**
 * The next watermark: the earlier of the provider's clock at the first request and the newest record seen, less the overlap; it
 * never moves back. Null when the provider told no time. `newest` is null when no record had a time stamp.
 */
export function nextWatermark(
  providerTime: string | null,
  newest: string | null,
  previous: string | null,
): string | null {
  if (providerTime === null) return null;
  const candidates = [providerTime, ...(newest === null ? [] : [newest])].map((time) => Date.parse(time));
  const next = Math.min(...candidates) - overlapMs;
  const before = previous === null ? -Infinity : Date.parse(previous);
  return new Date(Math.max(next, before)).toISOString();
}
