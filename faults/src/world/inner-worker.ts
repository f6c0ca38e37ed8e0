/**
 * A worker of the product inside of this process, on either queue: real jobs, leases and engine; the database, the failpoints, the
 * clock and the way to the source are the trial's, and may be exchanged between two attempts as a new process would.
 */
import type { Clock, Log } from '@rollcall/connectors';
import type { AttemptParts } from '@rollcall/server/jobs/attempt-run.js';
import { runRequested } from '@rollcall/server/jobs/queues.js';
import { RunBell } from '@rollcall/server/jobs/run-bell.js';
import { startWorker, type RunningWorker } from '@rollcall/server/jobs/run-worker.js';
import { keepSweeping } from '@rollcall/server/jobs/sweeper.js';
import { workOnNext } from '@rollcall/server/jobs/work-on-next.js';
import { openQueue, type QueueAddress } from '@rollcall/server/jobs/queue-backend.js';
import { systemClock } from '@rollcall/server/telemetry/system-clock.js';
import { faultyQueue, type QueueStrike } from '../wrap/faulty-queue.js';

/** The sweeper's two seconds are a fifth of one here. */
const haste = 10;
const hastyClock: Clock = { now: systemClock.now, sleep: (ms, signal) => systemClock.sleep(ms / haste, signal) };

export class InnerWorker {
  #stop = new AbortController();
  #running: RunningWorker | null = null;
  #sweeping: Promise<void> = Promise.resolve();
  #inHand = 0;
  #lastEnd = 0;
  readonly bell: RunBell;

  private constructor(
    queueAt: QueueAddress,
    private readonly partsNow: () => AttemptParts,
    queueStrike: () => QueueStrike | null,
  ) {
    this.bell = new RunBell(queueAt, this.#log, faultyQueue(openQueue, queueStrike));
  }

  /** `partsNow` is asked at the beginning of each attempt, `queueStrike` before jobs are put down. */
  static async start(
    queueAt: QueueAddress,
    partsNow: () => AttemptParts,
    queueStrike: () => QueueStrike | null,
  ): Promise<InnerWorker> {
    const worker = new InnerWorker(queueAt, partsNow, queueStrike);
    const { partsNow: now } = worker;
    const parts: AttemptParts = {
      get db() {
        return now().db;
      },
      get log() {
        return now().log;
      },
      get engineVersion() {
        return now().engineVersion;
      },
      work: (lease, signal) => worker.#counted(() => now().work(lease, signal)),
    };
    worker.#running = await startWorker(runRequested, parts, worker.#stop.signal, {
      queueAt,
      log: worker.#log,
      concurrency: 3,
    });
    const { bell } = worker;
    const { signal } = worker.#stop;
    const sweeper = { log: worker.#log, clock: hastyClock, bell, workUnasked: () => workOnNext(parts, signal) };
    worker.#sweeping = keepSweeping(
      Object.defineProperty({ ...sweeper, db: now().db }, 'db', { get: () => now().db }),
      signal,
    );
    return worker;
  }

  /** Attempts under way. */
  get inHand(): number {
    return this.#inHand;
  }

  /** Whether no attempt has been under way for a while, so that a lease that is held is nobody's any more. */
  get isIdle(): boolean {
    return this.#inHand === 0 && performance.now() - this.#lastEnd > 250;
  }

  /** Until nothing is being worked on. False when that takes longer than `ms`. */
  async idle(ms: number): Promise<boolean> {
    const deadline = Date.now() + ms;
    while (this.#inHand > 0 && Date.now() < deadline) await new Promise((done) => setTimeout(done, 5));
    return this.#inHand === 0;
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('the lane is closed'));
    await Promise.all([this.#running?.close(), this.#sweeping]);
    await this.bell.close();
  }

  async #counted<T>(work: () => Promise<T>): Promise<T> {
    this.#inHand += 1;
    try {
      return await work();
    } finally {
      this.#inHand -= 1;
      this.#lastEnd = performance.now();
    }
  }

  get #log(): Log {
    const now = () => this.partsNow().log;
    return {
      debug: (event, fields) => now().debug(event, fields),
      info: (event, fields) => now().info(event, fields),
      warn: (event, fields) => now().warn(event, fields),
      error: (event, fields) => now().error(event, fields),
    };
  }
}
