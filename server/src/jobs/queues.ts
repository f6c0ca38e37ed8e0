/**
 * The queue catalogue: each queue's name, what its jobs may carry, and the use case they call. Jobs only ring a bell: they carry
 * ids, and whatever has to be done stands in PostgreSQL.
 */
import { z } from 'zod';
import type { AttemptParts } from './attempt-run.js';
import { workOnNext } from './work-on-next.js';

export interface QueueDefinition<Payload extends z.ZodType, Parts> {
  /** noun.verb-past */
  readonly name: string;
  readonly payload: Payload;
  /** Jobs with equal ids that wait or run at the same time are one job. */
  readonly jobId: (payload: z.output<Payload>, attempt: number) => string;
  readonly call: (parts: Parts, payload: z.output<Payload>, stop: AbortSignal) => Promise<unknown>;
}

const defined = <Payload extends z.ZodType, Parts>(definition: QueueDefinition<Payload, Parts>) => definition;

export const runRequested = defined({
  name: 'run.requested',
  payload: z.strictObject({ tenantId: z.uuid(), runId: z.uuid() }),
  jobId: ({ runId }, attempt) => `${runId}-${attempt}`,
  call: (parts: AttemptParts, _run, stop) => workOnNext(parts, stop),
});

export type RunRequest = z.output<typeof runRequested.payload>;

export const queues = [runRequested] as const;
