/** The limiter of a process that is alone: the same decisions as through Redis, without a wait. */
import type { Clock, Quota, RateLimit, RateLimiter } from '../../ports.js';
import type { Priority } from '../../contracts.js';
import { decide, newRateState, type RateState } from './rate-state.js';

/** More keys than integrations; a key that is full again after this says nothing. */
const mostKeys = 10_000;

export class LocalRateLimiter implements RateLimiter {
  readonly #states = new Map<string, RateState>();

  constructor(private readonly clock: Clock) {}

  async take(key: string, limit: RateLimit | null, priority: Priority): Promise<number> {
    const reserved = priority === 'interactive' ? 0 : (limit?.interactiveShare ?? 0);
    const { granted, waitUs } = decide(this.#stateOf(key), limit, 1, reserved, this.clock.now() * 1000);
    return granted === 1 ? 0 : Math.ceil(waitUs / 1000);
  }

  async block(key: string, ms: number): Promise<void> {
    const state = this.#stateOf(key);
    state.blockedUntil = Math.max(state.blockedUntil, (this.clock.now() + ms) * 1000);
  }

  async announce(key: string, { left, resetMs }: Quota): Promise<void> {
    const state = this.#stateOf(key);
    const nowUs = this.clock.now() * 1000;
    // Answers overtake each other, so within one period the smaller number counts.
    state.quota = nowUs < state.quotaUntil ? Math.min(state.quota, left) : left;
    state.quotaUntil = nowUs < state.quotaUntil ? state.quotaUntil : nowUs + resetMs * 1000;
  }

  #stateOf(key: string): RateState {
    let state = this.#states.get(key);
    if (!state) {
      if (this.#states.size >= mostKeys) this.#states.delete(this.#states.keys().next().value!);
      this.#states.set(key, (state = newRateState()));
    }
    return state;
  }
}
