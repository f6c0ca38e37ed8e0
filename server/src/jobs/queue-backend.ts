/** BullMQ on our PostgreSQL: the only place that knows the schema, the pool and the times of the queue. */
import { createPostgresBackend, withBackend } from 'bullmq';

export const { Queue, Worker } = withBackend(createPostgresBackend);

export const queueSchema = 'bullmq';

/** A connection without `migrate` never changes the schema: that is `migrateQueue`'s to do, as owner. */
export const queueConnection = (databaseUrl: string, connections = 2) => ({
  connectionString: databaseUrl,
  schema: queueSchema,
  max: connections,
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

