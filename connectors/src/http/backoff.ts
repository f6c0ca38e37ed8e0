/** Full jitter: a random wait below a doubling ceiling, so that clients which failed together do not come back together. */
import type { Random } from '../ports.js';

export interface Backoff {
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
}

/** The wait in milliseconds after attempt number `attempt`, which counts from 1. */
export function backoffMs(backoff: Backoff, attempt: number, random: Random): number {
  const ceiling = Math.min(backoff.maxDelayMs, backoff.baseDelayMs * 2 ** (attempt - 1));
  return Math.floor(random() * ceiling);
}
