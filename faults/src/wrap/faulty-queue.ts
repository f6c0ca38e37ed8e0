/**
 * A queue that fails on purpose: a job is refused before it is put down, put down and then reported as lost, put down late, or said
 * to be put down and lost. What is promised must hold without it: the sweeper rings again, and equal jobs collapse.
 */
import type { NewJob, OpenQueue, openQueue } from '@rollcall/server/jobs/queue-backend.js';

export type QueueStrike = 'before' | 'after' | 'delay' | 'lost';
export const queueStrikes: readonly QueueStrike[] = ['before', 'after', 'delay', 'lost'];

const delayMs = 400;

/** `next` tells what befalls the next jobs that are put down; null leaves them alone. */
export const faultyQueue =
  (open: typeof openQueue, next: () => QueueStrike | null): typeof openQueue =>
  (...how) => {
    const queue = open(...how);
    return { addBulk: (jobs) => put(queue, jobs, next()), close: () => queue.close() } as ReturnType<typeof open>;
  };

async function put<Payload>(
  queue: OpenQueue<Payload>,
  jobs: readonly NewJob<Payload>[],
  strike: QueueStrike | null,
): Promise<void> {
  if (strike === 'lost') return;
  if (strike === 'before') throw new Error('the queue refused the job');
  if (strike === 'delay') await new Promise((done) => setTimeout(done, delayMs));
  await queue.addBulk(jobs);
  if (strike === 'after') throw new Error('the connection to the queue was lost');
}
