/**
 * Bounds repeats to a share of the calls of the last minute, plus a few: a source that fails as a whole is not asked several times
 * as often as one that works.
 */
import type { Clock } from '../../ports.js';
import { SlidingCount } from './sliding-count.js';

export interface RetryBudgetPolicy {
  /** Repeats for each call. */
  readonly share: number;
  /** Repeats that are free in each window, so that a quiet client may repeat as well. */
  readonly floor: number;
  readonly windowMs: number;
}

export const usualRetryBudget: RetryBudgetPolicy = { share: 0.1, floor: 30, windowMs: 60_000 };

export class RetryBudget {
  readonly #calls: SlidingCount;
  readonly #repeats: SlidingCount;

  constructor(
    private readonly policy: RetryBudgetPolicy,
    private readonly clock: Clock,
  ) {
    this.#calls = new SlidingCount(policy.windowMs);
    this.#repeats = new SlidingCount(policy.windowMs);
  }

  /** To be said of each call, once. */
  called(): void {
    this.#calls.add(this.clock.now());
  }

  /** Whether one more repeat is within the budget; a yes is spent. */
  spend(): boolean {
    const now = this.clock.now();
    const allowed = this.policy.floor + this.policy.share * this.#calls.total(now);
    if (this.#repeats.total(now) + 1 > allowed) return false;
    this.#repeats.add(now);
    return true;
  }
}
