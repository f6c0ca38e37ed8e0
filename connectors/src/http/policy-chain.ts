/**
 * What every attempt passes on its way out, from the outside in: circuit breaker, bulkhead with its queue, rate limiter. The breaker
 * is outermost, so that an open circuit costs no slot and no token; retries lie outside, so that each spends a token and is seen.
 */
import type { CallContext, Priority } from '../contracts.js';
import type { Ports, RateLimit } from '../ports.js';
import { LocalRateLimiter } from './limits/local-rate-limiter.js';
import { failure, type Failure, type Outcome } from './outcome.js';
import { Bulkhead } from './reliability/bulkhead.js';
import { CircuitBreaker, usualBreaker, type BreakerPolicy } from './reliability/circuit-breaker.js';
import { LocalCircuitBoard } from './reliability/circuit-board.js';
import { RetryBudget, usualRetryBudget, type RetryBudgetPolicy } from './reliability/retry-budget.js';
import { retryAfterMs } from './retry-after.js';

export interface ChainPolicy {
  /** The provider's ceiling. */
  readonly maxInFlight: number;
  /** The longest wait that is slept through. */
  readonly maxWaitMs: number;
  readonly attemptTimeoutMs?: number;
  /** Names the integration among all that share circuits and limits; holds no secret. Without it nothing is shared. */
  readonly identity?: string;
  readonly rateLimit?: RateLimit | null;
  readonly breaker?: BreakerPolicy;
  readonly retryBudget?: RetryBudgetPolicy;
}

export interface Attempted {
  readonly operation: string;
  readonly url: string;
  readonly context: CallContext;
  readonly remainingMs: number;
}

const timeoutWhenUnsaidMs = 120_000;
/** A source that asks for less time than this between two calls is not waiting for us. */
const shortestWaitMs = 1;
/** Whoever waits longer asks again: the limit may have been changed meanwhile. */
const longestSleepMs = 1_000;

export class PolicyChain {
  readonly bulkhead: Bulkhead;
  readonly budget: RetryBudget;
  readonly #breakers = new Map<string, CircuitBreaker>();
  readonly #board;
  readonly #limiter;
  #rateLimit: RateLimit | null;

  constructor(
    private readonly policy: ChainPolicy,
    private readonly ports: Ports,
  ) {
    const shared = policy.identity !== undefined;
    this.#board = (shared && ports.circuits) || new LocalCircuitBoard(ports.clock);
    this.#limiter = (shared && ports.limiter) || new LocalRateLimiter(ports.clock);
    this.#rateLimit = policy.rateLimit ?? null;
    this.bulkhead = new Bulkhead(policy.maxInFlight, ports);
    this.budget = new RetryBudget(policy.retryBudget ?? usualRetryBudget, ports.clock);
  }

  /** Takes effect with the next call; calls under way and those that wait are not lost. */
  adjust(limits: { readonly rateLimit?: RateLimit | null; readonly maxInFlight?: number }): void {
    if (limits.rateLimit !== undefined) this.#rateLimit = limits.rateLimit;
    if (limits.maxInFlight !== undefined) this.bulkhead.setCeiling(limits.maxInFlight);
  }

  attempt<O extends Outcome>(call: Attempted, work: () => Promise<O>): Promise<O | Failure> {
    const key = `${this.policy.identity ?? 'alone'} ${originOf(call.url)}`;
    // A probe may first wait for a slot that a silent call still holds.
    const callMs = 2 * (this.policy.attemptTimeoutMs ?? timeoutWhenUnsaidMs);
    return this.#breakerOf(key).run(callMs, () =>
      this.bulkhead.run<O | Failure>(call.context, () => this.#paced(key, call, work)),
    );
  }

  async #paced<O extends Outcome>(key: string, call: Attempted, work: () => Promise<O>): Promise<O | Failure> {
    const waitMs = await this.#turn(key, call);
    if (waitMs > 0) return failure('limited', 'our own limit is reached', waitMs);
    const outcome: Outcome = await work();
    if (outcome.kind === 'answer') {
      if (outcome.quota) await this.#limiter.announce(key, outcome.quota);
      if (outcome.status === 429 || outcome.status === 503) {
        const asked = retryAfterMs(outcome.retryAfter, this.ports.clock.now());
        if (asked) await this.#limiter.block(key, asked);
      }
    }
    return outcome as O;
  }

  /** Waits for a grant; what is left to wait where that is too long. */
  async #turn(key: string, { context, remainingMs }: Attempted): Promise<number> {
    const { clock, metrics } = this.ports;
    const priority: Priority = context.priority ?? 'background';
    const began = clock.now();
    const patience = Math.min(this.policy.maxWaitMs, remainingMs);
    for (;;) {
      const waitMs = await this.#limiter.take(key, this.#rateLimit, priority);
      const waitedMs = clock.now() - began;
      if (waitMs === 0) {
        if (waitedMs > 0) metrics.time('rollcall_limiter_wait_seconds', waitedMs, { reason: 'rate' });
        return 0;
      }
      if (waitedMs + waitMs > patience) return waitMs;
      await clock.sleep(Math.max(shortestWaitMs, Math.min(waitMs, longestSleepMs)), context.signal);
      context.signal.throwIfAborted();
    }
  }

  #breakerOf(key: string): CircuitBreaker {
    let breaker = this.#breakers.get(key);
    if (!breaker) {
      breaker = new CircuitBreaker(key, this.policy.breaker ?? usualBreaker, this.#board, this.ports);
      this.#breakers.set(key, breaker);
    }
    return breaker;
  }
}

function originOf(url: string): string {
  const end = url.indexOf('/', url.indexOf('//') + 2);
  return end < 0 ? url : url.slice(0, end);
}
