/** How long calls took, kept as counts below fixed bounds, so that any number of calls, hours and processes add up to one picture. */

/** Milliseconds; one count more than bounds, for all that took longer. */
export const latencyBoundsMs = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000] as const;

export const noLatencies = (): number[] => Array.from({ length: latencyBoundsMs.length + 1 }, () => 0);

export function latencyPlace(ms: number): number {
  const place = latencyBoundsMs.findIndex((bound) => ms <= bound);
  return place < 0 ? latencyBoundsMs.length : place;
}

/** Element by element; both as long as `noLatencies`. */
export const addedLatencies = (a: readonly number[], b: readonly number[]): number[] => a.map((n, i) => n + b[i]!);

/** Milliseconds below which the share `q` of the calls stayed, evenly spread within its bounds; null without calls. */
export function quantileMs(latencies: readonly number[], q: number, longestMs: number): number | null {
  const all = latencies.reduce((sum, n) => sum + n, 0);
  if (all === 0) return null;
  let left = q * all;
  for (const [place, count] of latencies.entries()) {
    if (count > 0 && left <= count) {
      const from = place === 0 ? 0 : latencyBoundsMs[place - 1]!;
      const to = Math.max(from, Math.min(latencyBoundsMs[place] ?? longestMs, longestMs));
      return Math.round(from + (to - from) * (left / count));
    }
    left -= count;
  }
  return longestMs;
}
