/**
 * The bell for runs: puts a job for a run into the queue. It may fail, and may ring twice: the sweeper rings again for what was
 * not heard, and equal jobs collapse.
 */
import type { Log } from '@rollcall/connectors';
import { jobKeeping, Queue, queueConnection } from './queue-backend.js';
import { runRequested, type RunRequest } from './queues.js';

type RunQueue = InstanceType<typeof Queue<RunRequest>>;

export interface Ring extends RunRequest {
  /** How many attempts the run has had: part of the job's id, so that a new attempt is a new job. */
  readonly attempt?: number;
}

export class RunBell {
  #queue: RunQueue | null = null;

  constructor(
    private readonly databaseUrl: string,
    private readonly log: Log,
  ) {}

  /** Whether the ring was put down. A false one is logged and left to the sweeper. */
  async ring(...rings: readonly Ring[]): Promise<boolean> {
    if (rings.length === 0) return true;
    try {
      await this.#open().addBulk(
        rings.map(({ attempt = 0, ...request }) => {
          const data = runRequested.payload.parse(request);
          return { name: runRequested.name, data, opts: { ...jobKeeping, jobId: runRequested.jobId(data, attempt) } };
        }),
      );
      return true;
    } catch (error) {
      this.log.warn('bell.unheard', { count: rings.length, errorName: error instanceof Error ? error.name : null });
      // BullMQ remembers a connection that failed at first for ever; the next ring starts afresh.
      await this.close();
      return false;
    }
  }

  async close(): Promise<void> {
    const queue = this.#queue;
    this.#queue = null;
    await queue?.close().catch(() => undefined);
  }

  #open(): RunQueue {
    if (this.#queue) return this.#queue;
    const queue: RunQueue = new Queue<RunRequest>(runRequested.name, { connection: queueConnection(this.databaseUrl) });
    queue.on('error', (error) => this.log.debug('queue.failed', { errorName: error.name }));
    this.#queue = queue;
    return queue;
  }
}
