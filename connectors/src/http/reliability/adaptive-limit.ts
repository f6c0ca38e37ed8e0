/**
 * How many calls may be under way at once: one more after a round of good answers, three tenths fewer at a sign of overload, never
 * above the provider's ceiling and never below one (AIMD).
 */
import type { Clock } from '../../ports.js';

const cutTo = 0.7;

export class AdaptiveLimit {
  #limit: number;
  #cutAt = Number.NEGATIVE_INFINITY;

  constructor(
    private ceiling: number,
    private readonly clock: Clock,
  ) {
    this.#limit = ceiling;
  }

  get present(): number {
    return Math.floor(this.#limit);
  }

  /** A new ceiling holds at once. */
  setCeiling(ceiling: number): void {
    this.ceiling = ceiling;
    this.#limit = Math.min(this.#limit, ceiling);
  }

  /** The limit grows only while it is used: success at half load says nothing about a higher one. */
  wentWell(inFlight: number): void {
    if (inFlight * 2 >= this.#limit) this.#limit = Math.min(this.ceiling, this.#limit + 1 / this.#limit);
  }

  /** Calls that began before the last cut were part of the same overload: they do not cut again. */
  overloaded(startedAt: number): void {
    if (startedAt < this.#cutAt) return;
    this.#cutAt = this.clock.now();
    this.#limit = Math.max(1, this.#limit * cutTo);
  }
}
