/**
 * Stops asking a source that fails as a whole, for longer each time, and lets exactly one call try whether it is back. Decides by
 * what this process saw, and shares the decision with the others through the board.
 */
import type { CircuitBoard, Ports } from '../../ports.js';
import { failure, type Failure, type Outcome } from '../outcome.js';
import { SlidingCount } from './sliding-count.js';

export interface BreakerPolicy {
  readonly windowMs: number;
  /** Fewer calls in the window say nothing. */
  readonly minimumCalls: number;
  /** From this share of failed calls on it opens. */
  readonly failureShare: number;
  readonly openMs: number;
  readonly longestOpenMs: number;
}

export const usualBreaker: BreakerPolicy = {
  windowMs: 30_000,
  minimumCalls: 20,
  failureShare: 0.5,
  openMs: 15_000,
  longestOpenMs: 300_000,
};

/** How long a closed circuit is taken as closed before the board is asked again: others may have opened it. */
const trustMs = 1_000;
/** A probe may take its whole time and still be the only one. */
const probeMarginMs = 5_000;

export class CircuitBreaker {
  readonly #calls: SlidingCount;
  readonly #failed: SlidingCount;
  #closedUntil = 0;
  #openUntil = 0;

  constructor(
    /** One for each integration and host; holds no secret. */
    private readonly key: string,
    private readonly policy: BreakerPolicy,
    private readonly board: CircuitBoard,
    private readonly ports: Ports,
  ) {
    this.#calls = new SlidingCount(policy.windowMs);
    this.#failed = new SlidingCount(policy.windowMs);
  }

  /** Runs the call, which may take `callMs`, or answers at once that the circuit is open and for how long. */
  async run<O extends Outcome>(callMs: number, work: () => Promise<O>): Promise<O | Failure> {
    const now = this.ports.clock.now();
    if (now < this.#openUntil) return refused(this.#openUntil - now);
    if (now >= this.#closedUntil) {
      const answer = await this.board.ask(this.key, callMs + probeMarginMs);
      if (answer === 'probe') return this.#probe(work);
      if (answer !== 'closed') return refused(answer.waitMs);
      this.#closedUntil = now + trustMs;
    }
    const outcome = await work();
    await this.#note(outcome);
    return outcome;
  }

  async #note(outcome: Outcome): Promise<void> {
    const now = this.ports.clock.now();
    this.#calls.add(now);
    if (!isFailed(outcome)) return;
    this.#failed.add(now);
    const calls = this.#calls.total(now);
    if (now < this.#openUntil || calls < this.policy.minimumCalls) return;
    if (this.#failed.total(now) >= calls * this.policy.failureShare) await this.#open('closed');
  }

  async #probe<O extends Outcome>(work: () => Promise<O>): Promise<O> {
    this.#moved('open', 'half-open', 0);
    try {
      const outcome = await work();
      if (isFailed(outcome)) await this.#open('half-open');
      else await this.#close();
      return outcome;
    } catch (error) {
      // The caller gave up, so nothing was learnt; without a word to the board nobody could try until the probe's time is over.
      await this.#open('half-open');
      throw error;
    }
  }

  async #open(from: 'closed' | 'half-open'): Promise<void> {
    const jitter = 1 + this.ports.random() / 10;
    const openMs = this.policy.openMs * jitter;
    // Set before the board answers: calls that fail meanwhile must not trip it again.
    this.#openUntil = this.ports.clock.now() + openMs;
    const forMs = await this.board.trip(this.key, { openMs, longestOpenMs: this.policy.longestOpenMs });
    this.#openUntil = this.ports.clock.now() + forMs;
    this.#closedUntil = 0;
    this.#forget();
    this.#moved(from, 'open', forMs);
  }

  async #close(): Promise<void> {
    this.#forget();
    await this.board.close(this.key);
    this.#moved('half-open', 'closed', 0);
  }

  #forget(): void {
    this.#calls.clear();
    this.#failed.clear();
  }

  #moved(from: string, to: string, forMs: number): void {
    this.ports.metrics.count('rollcall_circuit_moved_total', { outcome: to });
    this.ports.log.warn('circuit.moved', { circuit: this.key, from, to, forMs: Math.round(forMs) });
  }
}

const refused = (waitMs: number): Failure => failure('refused', 'the circuit is open', Math.ceil(waitMs));

/** Signs that the source is down; a refusal, also to go slower, shows that it is up. */
function isFailed(outcome: Outcome): boolean {
  if (outcome.kind === 'answer') return outcome.status >= 500;
  return outcome.kind === 'network' || outcome.kind === 'timeout';
}
