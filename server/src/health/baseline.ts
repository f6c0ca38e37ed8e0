/**
 * What is usual: the median of earlier figures of the same hours of the day, and their spread (MAD), which one wild hour does not
 * move. A figure deviates when it is beyond the spread and beyond what anybody would notice.
 */
export interface Baseline {
  readonly median: number;
  /** The median distance from the median, scaled to a standard deviation. */
  readonly spread: number;
}

export interface Tolerance {
  /** Spreads above the median that are still usual. */
  readonly spreads: number;
  /** As a share of the median. */
  readonly share: number;
  readonly least: number;
}

/** Fewer hours say nothing. */
const fewestFigures = 5;
/** Makes the MAD of normal figures their standard deviation. */
const madToDeviation = 1.4826;

export function baselineOf(figures: readonly number[]): Baseline | null {
  if (figures.length < fewestFigures) return null;
  const median = medianOf(figures);
  return { median, spread: madToDeviation * medianOf(figures.map((figure) => Math.abs(figure - median))) };
}

export const highestUsual = ({ median, spread }: Baseline, tolerance: Tolerance): number =>
  median + Math.max(tolerance.spreads * spread, tolerance.share * median, tolerance.least);

function medianOf(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

const hoursOfDay = 24;

/** Whether an hour of the day is the same or next to another, across midnight. */
export function inHourBand(hour: number, of: number): boolean {
  const apart = Math.abs(hour - of) % hoursOfDay;
  return Math.min(apart, hoursOfDay - apart) <= 1;
}
