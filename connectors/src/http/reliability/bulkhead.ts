/**
 * Keeps the calls to one provider that are under way at once within what it bears, never above its ceiling; those who wait are
 * served by priority and may give up.
 */
import type { CallContext } from '../../contracts.js';
import type { Ports, QueueState } from '../../ports.js';
import type { Outcome } from '../outcome.js';
import { AdaptiveLimit } from './adaptive-limit.js';
import { WaitingLine } from './waiting-line.js';

export class Bulkhead {
  readonly #limit: AdaptiveLimit;
  readonly #line: WaitingLine;
  #inFlight = 0;

  constructor(
    ceiling: number,
    private readonly ports: Ports,
  ) {
    this.#limit = new AdaptiveLimit(ceiling, ports.clock);
    this.#line = new WaitingLine(ports.clock);
  }

  get state(): QueueState {
    const { size: waiting, oldestMs } = this.#line;
    return { limit: this.#limit.present, inFlight: this.#inFlight, waiting, oldestMs };
  }

  setCeiling(ceiling: number): void {
    this.#limit.setCeiling(ceiling);
    this.#serve();
  }

  async run<O extends Outcome>(context: CallContext, work: () => Promise<O>): Promise<O> {
    context.signal.throwIfAborted();
    if (this.#inFlight < this.#limit.present && this.#line.size === 0) this.#inFlight += 1;
    else {
      const waitedMs = await this.#line.wait(context.priority ?? 'background', context.signal);
      this.ports.metrics.time('rollcall_limiter_wait_seconds', waitedMs, { reason: 'turn' });
    }
    const startedAt = this.ports.clock.now();
    try {
      const outcome = await work();
      if (isOverload(outcome)) this.#limit.overloaded(startedAt);
      else if (outcome.kind === 'answer') this.#limit.wentWell(this.#inFlight);
      return outcome;
    } finally {
      this.#inFlight -= 1;
      this.#serve();
    }
  }

  #serve(): void {
    while (this.#inFlight < this.#limit.present && this.#line.serveNext()) this.#inFlight += 1;
  }
}

function isOverload(outcome: Outcome): boolean {
  if (outcome.kind === 'answer') return outcome.status === 429 || outcome.status === 503;
  return outcome.kind === 'timeout';
}
