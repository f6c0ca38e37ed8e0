/** What one attempt at reading a collection cost: retries, waits, rows a second. It lives with the attempt; what it tells is an event. */
import type { Retry } from '@rollcall/connectors';
import type { RunEventFigures } from '@rollcall/core';

/** Shorter waits than this are not worth a line of their own. */
const tellingWaitMs = 1_000;
/** A source that asks for a wait before every page would fill the run's story; the total is told at the end. */
const mostTold = 20;

export class ReadTally {
  #rows = 0;
  #retries = 0;
  #waits = 0;
  #waitedMs = 0;
  #untold = { times: 0, longestMs: 0 };
  #told = 0;

  constructor(private readonly startedAt: number) {}

  onRetry = ({ waitMs, asked }: Retry): void => {
    this.#retries += 1;
    if (!asked) return;
    this.#waits += 1;
    this.#waitedMs += Math.round(waitMs);
    if (waitMs < tellingWaitMs) return;
    const { times, longestMs } = this.#untold;
    this.#untold = { times: times + 1, longestMs: Math.max(longestMs, Math.round(waitMs)) };
  };

  onPage(rows: number): void {
    this.#rows += rows;
  }

  /** The waits since the last call, or null when there is nothing to tell. */
  takeWaits(): RunEventFigures<'source.waited'> | null {
    const waits = this.#untold;
    if (waits.times === 0 || this.#told >= mostTold) return null;
    this.#untold = { times: 0, longestMs: 0 };
    this.#told += 1;
    return waits;
  }

  cost(now: number): Pick<RunEventFigures<'read.completed'>, 'retries' | 'waits' | 'waitedMs' | 'seconds' | 'rate'> {
    const waited = { retries: this.#retries, waits: this.#waits, waitedMs: this.#waitedMs };
    return { ...waited, ...pace(this.#rows, now - this.startedAt) };
  }
}

/** Rows a second, in whole rows. */
export function pace(rows: number, ms: number): { seconds: number; rate: number } {
  const seconds = Math.max(0, ms) / 1000;
  return { seconds, rate: seconds > 0 ? Math.round(rows / seconds) : 0 };
}
