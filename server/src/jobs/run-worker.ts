/**
 * The worker of a queue: takes jobs, checks their payload, calls the use case. It outlives a database that goes away, and stops
 * within seconds when it is told to: what it was at is let go, so that another worker goes on.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '@rollcall/connectors';
import type { Job } from 'bullmq';
import type { z } from 'zod';
import { openWorker, type QueueAddress } from './queue-backend.js';
import type { QueueDefinition } from './queues.js';

export interface WorkerOptions {
  readonly queueAt: QueueAddress;
  readonly log: Log;
  /** Jobs at the same time. */
  readonly concurrency?: number;
}

export interface RunningWorker {
  /** Resolves when nothing is being worked on any more. `stop` must have been aborted before. */
  close(): Promise<void>;
}

/**
 * Throws when the queue's tables are missing or the database is away: then there is nothing to close. A Redis that is away is no
 * reason: the worker hears again when it is back.
 */
export async function startWorker<Payload extends z.ZodType, Parts>(
  queue: QueueDefinition<Payload, Parts>,
  parts: Parts,
  stop: AbortSignal,
  { queueAt, log, concurrency = 2 }: WorkerOptions,
): Promise<RunningWorker> {
  const inHand = new Set<Promise<unknown>>();
  const work = async (job: Job) => {
    const payload = queue.payload.safeParse(job.data);
    if (!payload.success) return log.error('job.refused', { queue: queue.name, job: job.id ?? null });
    const call = queue.call(parts, payload.data, stop);
    inHand.add(call);
    await call.finally(() => inHand.delete(call));
  };
  const { worker, waitUntilReady, close } = openWorker(queueAt, queue.name, work, concurrency);
  worker.on(
    'error',
    seldom((error, suppressed) => log.warn('queue.failed', { queue: queue.name, errorName: error.name, suppressed })),
  );
  worker.on('failed', (job, error) =>
    log.error('job.failed', { queue: queue.name, job: job?.id ?? null, errorName: error.name }),
  );
  try {
    await (queueAt.redisUrl ? within(readyWithinMs, waitUntilReady()) : waitUntilReady());
  } catch (error) {
    await close(true).catch(() => undefined);
    throw error;
  }
  return {
    async close() {
      await Promise.allSettled(inHand);
      await within(closedWithinMs, close());
    },
  };
}

const readyWithinMs = 3_000;
/** What is in hand has ended by then; only the queue may be slow to hear of it. */
const closedWithinMs = 10_000;

/** Waits for it, and no longer than that; what becomes of it later is nobody's concern. */
async function within(ms: number, promise: Promise<void>): Promise<void> {
  const enough = new AbortController();
  try {
    await Promise.race([promise, sleep(ms, undefined, { signal: enough.signal }).catch(() => undefined)]);
  } finally {
    enough.abort();
    promise.catch(() => undefined);
  }
}

/** A database that is starting up refuses us many times a second, and a Redis may be away for hours. */
function seldom(report: (error: Error, suppressed: number) => void): (error: Error) => void {
  let last = Number.NEGATIVE_INFINITY;
  let suppressed = 0;
  return (error) => {
    if (performance.now() - last < 10_000) {
      suppressed += 1;
      return;
    }
    report(error, suppressed);
    last = performance.now();
    suppressed = 0;
  };
}
