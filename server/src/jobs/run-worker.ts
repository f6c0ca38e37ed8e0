/**
 * The worker of a queue: takes jobs, checks their payload, calls the use case. It outlives a database that goes away, and stops
 * within seconds when it is told to: what it was at is let go, so that another worker goes on.
 */
import type { Log } from '@rollcall/connectors';
import type { z } from 'zod';
import { queueConnection, Worker, workerTimes } from './queue-backend.js';
import type { QueueDefinition } from './queues.js';

export interface WorkerOptions {
  readonly databaseUrl: string;
  readonly log: Log;
  /** Jobs at the same time. */
  readonly concurrency?: number;
}

export interface RunningWorker {
  /** Resolves when nothing is being worked on any more. `stop` must have been aborted before. */
  close(): Promise<void>;
}

/** Throws when the queue's tables are missing or the database is away: then there is nothing to close. */
export async function startWorker<Payload extends z.ZodType, Parts>(
  queue: QueueDefinition<Payload, Parts>,
  parts: Parts,
  stop: AbortSignal,
  { databaseUrl, log, concurrency = 2 }: WorkerOptions,
): Promise<RunningWorker> {
  const worker = new Worker(
    queue.name,
    async (job) => {
      const payload = queue.payload.safeParse(job.data);
      if (payload.success) await queue.call(parts, payload.data, stop);
      else log.error('job.refused', { queue: queue.name, job: job.id ?? null });
    },
    { connection: queueConnection(databaseUrl), concurrency, ...workerTimes },
  );
  worker.on(
    'error',
    atMostOnceASecond((error, suppressed) =>
      log.warn('queue.failed', { queue: queue.name, errorName: error.name, suppressed }),
    ),
  );
  worker.on('failed', (job, error) =>
    log.error('job.failed', { queue: queue.name, job: job?.id ?? null, errorName: error.name }),
  );
  try {
    await worker.waitUntilReady();
  } catch (error) {
    await worker.close(true).catch(() => undefined);
    throw error;
  }
  return { close: () => worker.close() };
}

/** A database that is starting up refuses us many times a second. */
function atMostOnceASecond(report: (error: Error, suppressed: number) => void): (error: Error) => void {
  let last = Number.NEGATIVE_INFINITY;
  let suppressed = 0;
  return (error) => {
    if (performance.now() - last < 1_000) {
      suppressed += 1;
      return;
    }
    report(error, suppressed);
    last = performance.now();
    suppressed = 0;
  };
}
