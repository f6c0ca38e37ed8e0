/**
 * The bell for runs: puts a job for a run into the queue. It may fail, and may ring twice: the sweeper rings again for what was
 * not heard, and equal jobs collapse. It never keeps whoever rings for more than seconds, whatever becomes of the queue.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@rollcall/connectors';
import { openQueue, type NewJob, type OpenQueue, type QueueAddress } from './queue-backend.js';
import { runRequested, type RunRequest } from './queues.js';

export interface Ring extends RunRequest {
  /** How many attempts the run has had: part of the job's id, so that a new attempt is a new job. */
  readonly attempt?: number;
}

export class RunBell {
  #queue: OpenQueue<RunRequest> | null = null;

  constructor(
    private readonly address: QueueAddress,
    private readonly log: Log,
    private readonly open = openQueue,
  ) {}

  /** Whether the ring was put down. A false one is logged and left to the sweeper. */
  async ring(...rings: readonly Ring[]): Promise<boolean> {
    if (rings.length === 0) return true;
    const jobs = rings.map(({ attempt = 0, ...request }): NewJob<RunRequest> => {
      const data = runRequested.payload.parse(request);
      return { name: runRequested.name, data, opts: { jobId: runRequested.jobId(data, attempt) } };
    });
    // A connection that was open may have been cut since; one that was just made had its chance.
    for (let tries = this.#queue ? 2 : 1; tries > 0; tries -= 1) {
      try {
        await within(heardWithinMs, this.#open().addBulk(jobs));
        return true;
      } catch (error) {
        // BullMQ remembers a connection that failed at first for ever; the next ring starts afresh.
        await this.close();
        if (tries > 1 && !(error instanceof Unanswered)) continue;
        this.log.warn('bell.unheard', { count: rings.length, errorName: error instanceof Error ? error.name : null });
        return false;
      }
    }
    return false;
  }

  async close(): Promise<void> {
    const queue = this.#queue;
    this.#queue = null;
    // Closing waits for a queue that may be away.
    if (queue) await within(closedWithinMs, queue.close()).catch(() => undefined);
  }

  #open(): OpenQueue<RunRequest> {
    this.#queue ??= this.open<RunRequest>(this.address, runRequested.name, (error) =>
      this.log.debug('queue.failed', { errorName: error.name }),
    );
    return this.#queue;
  }
}

/** A queue that was let go while another ring was under way may leave that ring without any answer. */
const heardWithinMs = 3_000;
const closedWithinMs = 1_000;

class Unanswered extends Error {
  override readonly name = 'Unanswered';
}

/** Throws Unanswered when it takes longer; what becomes of it later is nobody's concern. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const enough = new AbortController();
  const late = sleep(ms, undefined, { signal: enough.signal }).then(() => {
    throw new Unanswered();
  });
  work.catch(() => undefined);
  late.catch(() => undefined);
  return Promise.race([work, late]).finally(() => enough.abort());
}
