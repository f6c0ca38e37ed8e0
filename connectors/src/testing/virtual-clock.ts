/** Time that passes only when everybody sleeps: whole minutes of waiting calls, in order, within milliseconds. */
import type { Clock } from '../ports.js';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

export class VirtualClock implements Clock {
  #sleepers: Sleeper[] = [];
  #held = 0;
  constructor(private time = Date.UTC(2026, 10, 23)) {}

  now(): number {
    return this.time;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const sleeper = { at: this.time + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal.reason as Error);
      });
    });
  }

  /** For work outside of this clock, on a network say: no time passes while it is under way. */
  async hold<T>(work: Promise<T>): Promise<T> {
    this.#held += 1;
    try {
      return await work;
    } finally {
      this.#held -= 1;
    }
  }

  /** Lets time pass until nobody sleeps any more, or it would be later than `untilMs` from now. */
  async pass(untilMs = Infinity): Promise<void> {
    const end = this.time + untilMs;
    for (;;) {
      do await settled();
      while (this.#held > 0);
      const next = this.#sleepers.reduce((first, { at }) => Math.min(first, at), Infinity);
      if (next === Infinity || next > end) break;
      this.time = Math.max(this.time, next);
      const due = this.#sleepers.filter(({ at }) => at <= this.time);
      this.#sleepers = this.#sleepers.filter(({ at }) => at > this.time);
      for (const { wake } of due) wake();
    }
    if (end !== Infinity) this.time = Math.max(this.time, end);
  }
}

/** Everything that can go on without time has gone on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
