/**
 * Turns: the runs that one process works on side by side give way to those of other tenants that have had less. A district of a
 * million rows costs a small one next to nothing, and is never stopped by it: it waits a moment for each page or chunk, and not
 * for one that waits itself, for a slow source or for a lock.
 */
import type { Clock } from '@rollcall/connectors';

/** A run goes on with a page or a chunk after this time, however many others there are. */
const longestWaitMs = 3_000;
/** A run whose source has not answered for this long waits for it, and not for us; nor does one whose transaction takes longer. */
const answerWithinMs = 250;
const writtenWithinMs = 2_000;
const lookAgainMs = 10;

export interface Turn {
  /** Say that the run asks its source for something. */
  asks(): void;
  /** Say that the run is at work: it begins a transaction, or has dealt with so many rows. */
  works(rows?: number): void;
  /** Waits until it is this run's turn for a page or a chunk. Throws the signal's reason when it aborts. */
  take(signal: AbortSignal): Promise<void>;
  end(): void;
}

interface Running {
  readonly tenantId: string;
  rows: number;
  busyUntil: number;
  /** When it last went on although it was the others' turn. */
  insistedAt: number;
}

export class Turns {
  readonly #running = new Set<Running>();

  constructor(private readonly clock: Clock) {}

  begin(tenantId: string): Turn {
    const run: Running = { tenantId, rows: 0, busyUntil: this.clock.now() + writtenWithinMs, insistedAt: -Infinity };
    this.#running.add(run);
    return {
      asks: () => void (run.busyUntil = this.clock.now() + answerWithinMs),
      works: (rows = 0) => {
        run.rows += rows;
        run.busyUntil = this.clock.now() + writtenWithinMs;
      },
      take: (signal) => this.#take(run, signal),
      end: () => void this.#running.delete(run),
    };
  }

  /** Pages and chunks that one run has under way side by side insist one by one. */
  async #take(run: Running, signal: AbortSignal): Promise<void> {
    const since = this.clock.now();
    while (this.#othersFirst(run)) {
      if (this.clock.now() - Math.max(since, run.insistedAt) >= longestWaitMs) {
        run.insistedAt = this.clock.now();
        break;
      }
      await this.clock.sleep(lookAgainMs, signal);
    }
    signal.throwIfAborted();
    run.busyUntil = this.clock.now() + writtenWithinMs;
  }

  #othersFirst(run: Running): boolean {
    const now = this.clock.now();
    for (const other of this.#running)
      if (other.tenantId !== run.tenantId && other.rows < run.rows && now < other.busyUntil) return true;
    return false;
  }
}
