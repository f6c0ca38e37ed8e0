/**
 * Turns: the runs that one process works on side by side give way to those of other tenants that have had less. A district of a
 * million rows costs a small one next to nothing, and is never stopped by it: it waits a moment for each page or chunk, and not
 * for one that waits itself, for a slow source or for a lock.
 */
import type { Clock } from '@rollcall/connectors';

/** A run goes on with a page or a chunk after this time, however many others there are. */
const longestWaitMs = 1_000;
/** A run whose source has not answered for this long waits for it, and not for us; nor does one whose transaction takes longer. */
const answerWithinMs = 250;
const writtenWithinMs = 2_000;
const lookAgainMs = 10;
/** Whoever ended this long ago still counts as being about. */
const companyMs = 2_000;

export interface Turn {
  /** Say that the run asks its source for something. */
  asks(): void;
  /** Say that the run is at work: it begins a transaction, or has dealt with so many rows. */
  works(rows?: number): void;
  /** Does a piece of work, a page or a chunk, when it is this run's turn. Throws the signal's reason when it aborts. */
  take<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
  end(): void;
}

interface Running {
  readonly tenantId: string;
  rows: number;
  /** Pages and chunks under way. */
  pieces: number;
  busyUntil: number;
  /** When it last went on although it was the others' turn. */
  insistedAt: number;
}

export class Turns {
  readonly #running = new Set<Running>();
  /** Runs that ended a moment ago: another of their kind may follow at once. */
  #ended: { readonly tenantId: string; readonly rows: number; readonly at: number }[] = [];

  constructor(private readonly clock: Clock) {}

  begin(tenantId: string): Turn {
    const busyUntil = this.clock.now() + writtenWithinMs;
    const run: Running = { tenantId, rows: 0, pieces: 0, busyUntil, insistedAt: -Infinity };
    this.#running.add(run);
    return {
      asks: () => void (run.busyUntil = this.clock.now() + answerWithinMs),
      works: (rows = 0) => {
        run.rows += rows;
        run.busyUntil = this.clock.now() + writtenWithinMs;
      },
      take: (signal, work) => this.#take(run, signal, work),
      end: () => this.#end(run),
    };
  }

  /** Pages and chunks that one run has under way side by side insist one by one. */
  async #take<T>(run: Running, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const since = this.clock.now();
    while (this.#othersFirst(run) || (run.pieces > 0 && this.#hasCompany(run))) {
      if (this.clock.now() - Math.max(since, run.insistedAt) >= longestWaitMs) {
        run.insistedAt = this.clock.now();
        break;
      }
      await this.clock.sleep(lookAgainMs, signal);
    }
    signal.throwIfAborted();
    run.busyUntil = this.clock.now() + writtenWithinMs;
    run.pieces += 1;
    return work().finally(() => (run.pieces -= 1));
  }

  #end(run: Running): void {
    const at = this.clock.now();
    this.#running.delete(run);
    this.#ended = [...this.#ended.filter((one) => at - one.at < companyMs), { ...run, at }];
  }

  /** Whether tenants that have had less are about: then a run has one piece under way, so that they find the machine half free. */
  #hasCompany(run: Running): boolean {
    const now = this.clock.now();
    const smaller = (one: { tenantId: string; rows: number }) => one.tenantId !== run.tenantId && one.rows < run.rows;
    return [...this.#running].some(smaller) || this.#ended.some((one) => now - one.at < companyMs && smaller(one));
  }

  #othersFirst(run: Running): boolean {
    const now = this.clock.now();
    for (const other of this.#running)
      if (other.tenantId !== run.tenantId && other.rows < run.rows && now < other.busyUntil) return true;
    return false;
  }
}
