/** BullMQ on our PostgreSQL: the only place that knows the schema, the pool and the times of the queue. */
import { createPostgresBackend, withBackend } from 'bullmq';

export const { Queue, Worker } = withBackend(createPostgresBackend);

export const queueSchema = 'bullmq';

/**
 * A connection without `migrate` never changes the schema: that is `migrateQueue`'s to do, as owner. BullMQ makes a sequence for
 * a queue when it is first used; API and worker do so as the same role, so that each may use what the other made.
 */
export const queueConnection = (databaseUrl: string) => ({
  connectionString: databaseUrl,
  options: '-c role=rollcall_app',
  schema: queueSchema,
  max: 2,
  connectionTimeoutMillis: 10_000,
  application_name: 'rollcall-queue',
});

/** A killed worker's job goes to another after 10 to 15 s, as often as it takes; a job that is over leaves nothing behind. */
export const workerTimes = {
  lockDuration: 10_000,
  stalledInterval: 5_000,
  maxStalledCount: 1_000_000,
  runRetryDelay: 1_000,
} as const;

export const jobKeeping = { removeOnComplete: true, removeOnFail: true } as const;
