/** How many calls a source allows. */

/** Both hold: a pace with bursts, and a quota of a window that slides. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
  readonly perWindow: number;
  readonly windowMs: number;
  /** The share of both, from 0 below 1, that background work leaves to people. */
  readonly interactiveShare: number;
}
