/**
 * Who waits for a slot, in order: people before background work, first come first served within each. One slot in five goes to
 * background work though people wait, so that it never stands still. Whoever gives up leaves the line.
 */
import type { Priority } from '../../contracts.js';
import type { Clock } from '../../ports.js';

const everyNthToBackground = 5;

interface Waiting {
  readonly since: number;
  readonly enter: () => void;
}

export class WaitingLine {
  // A Set keeps the order of coming and lets anybody leave at once.
  readonly #lines: Readonly<Record<Priority, Set<Waiting>>> = { interactive: new Set(), background: new Set() };
  #overtaken = 0;

  constructor(private readonly clock: Clock) {}

  get size(): number {
    return this.#lines.interactive.size + this.#lines.background.size;
  }

  get oldestMs(): number {
    const firsts = Object.values(this.#lines).map((line) => line.values().next().value?.since ?? Infinity);
    const oldest = Math.min(...firsts);
    return oldest === Infinity ? 0 : this.clock.now() - oldest;
  }

  /** Resolves, with the time waited in milliseconds, when `serveNext` comes to it; rejects with the signal's reason when that aborts. */
  wait(priority: Priority, signal: AbortSignal): Promise<number> {
    return new Promise((resolve, reject) => {
      const line = this.#lines[priority];
      const since = this.clock.now();
      const giveUp = () => {
        line.delete(waiting);
        reject(signal.reason as Error);
      };
      const waiting: Waiting = {
        since,
        enter: () => {
          signal.removeEventListener('abort', giveUp);
          resolve(this.clock.now() - since);
        },
      };
      signal.addEventListener('abort', giveUp, { once: true });
      line.add(waiting);
    });
  }

  /** False when nobody waits. */
  serveNext(): boolean {
    const { interactive, background } = this.#lines;
    const turn = background.size > 0 && this.#overtaken >= everyNthToBackground - 1;
    const line = interactive.size > 0 && !turn ? interactive : background;
    if (line === background) this.#overtaken = 0;
    else if (background.size > 0) this.#overtaken += 1;
    for (const next of line) {
      line.delete(next);
      next.enter();
      return true;
    }
    return false;
  }
}
