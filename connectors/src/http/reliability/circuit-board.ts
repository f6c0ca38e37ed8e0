/** Where circuits are noted when one process is alone; with several, the same words are said to Redis. Promises one probe at a time. */
import type { CircuitAnswer, CircuitBoard, CircuitTimes, Clock } from '../../ports.js';

interface Noted {
  openUntil: number;
  openings: number;
  probeUntil: number;
}

/** While another one tries: when to ask again. */
const askAgainMs = 1_000;

export class LocalCircuitBoard implements CircuitBoard {
  readonly #circuits = new Map<string, Noted>();

  constructor(private readonly clock: Clock) {}

  async ask(key: string, probeMs: number): Promise<CircuitAnswer> {
    const noted = this.#circuits.get(key);
    if (!noted) return 'closed';
    const now = this.clock.now();
    if (now < noted.openUntil) return { waitMs: noted.openUntil - now };
    if (now < noted.probeUntil) return { waitMs: Math.min(askAgainMs, noted.probeUntil - now) };
    noted.probeUntil = now + probeMs;
    return 'probe';
  }

  async trip(key: string, { openMs, longestOpenMs }: CircuitTimes): Promise<number> {
    const now = this.clock.now();
    const noted = this.#circuits.get(key);
    if (noted && now < noted.openUntil) return noted.openUntil - now;
    const openings = (noted?.openings ?? 0) + 1;
    const forMs = Math.min(longestOpenMs, openMs * 2 ** (openings - 1));
    this.#circuits.set(key, { openUntil: now + forMs, openings, probeUntil: 0 });
    return forMs;
  }

  async close(key: string): Promise<void> {
    this.#circuits.delete(key);
  }
}
