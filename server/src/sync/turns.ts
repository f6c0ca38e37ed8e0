/**
 * Turns: the runs that one process works on side by side give way to those of other tenants that have had less. A district of a
 * million rows costs a small one next to nothing, and is never stopped by it: it waits a moment for each page or chunk, and not
 * for one that waits itself, for a slow source or for a lock.
 */
import type { Clock } from '@rollcall/connectors';

/** The longest that one page or chunk waits for others. */
const longestWaitMs = 1_000;
/** A run that has not moved for this long waits for something else than us. */
const idleAfterMs = 250;
const lookAgainMs = 10;

export interface Turn {
  /** Say that the run moves: it begins a transaction, or an answer has come, with so many rows. */
  moved(rows?: number): void;
  /** Waits until it is this run's turn for a page or a chunk. Throws the signal's reason when it aborts. */
  take(signal: AbortSignal): Promise<void>;
  end(): void;
}

interface Running {
  readonly tenantId: string;
  rows: number;
  movedAt: number;
}

export class Turns {
  readonly #running = new Set<Running>();

  constructor(private readonly clock: Clock) {}

  begin(tenantId: string): Turn {
    const run: Running = { tenantId, rows: 0, movedAt: this.clock.now() };
    this.#running.add(run);
    return {
      moved: (rows = 0) => {
        run.rows += rows;
        run.movedAt = this.clock.now();
      },
      take: (signal) => this.#take(run, signal),
      end: () => void this.#running.delete(run),
    };
  }

  async #take(run: Running, signal: AbortSignal): Promise<void> {
    const until = this.clock.now() + longestWaitMs;
    while (this.#othersFirst(run) && this.clock.now() < until) await this.clock.sleep(lookAgainMs, signal);
    signal.throwIfAborted();
    run.movedAt = this.clock.now();
  }

  #othersFirst(run: Running): boolean {
    const now = this.clock.now();
    for (const other of this.#running)
      if (other.tenantId !== run.tenantId && other.rows < run.rows && now - other.movedAt < idleAfterMs) return true;
    return false;
  }
}
