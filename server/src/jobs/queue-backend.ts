/**
 * BullMQ on our PostgreSQL, or on a Redis beside it where one is named: the only place that knows which of them it is, and the
 * schema, the connections and the times of the queue.
 */
import { createHash } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPostgresBackend, Queue, withBackend, Worker, type Processor } from 'bullmq';
import type { PostgresConnection, PostgresConnectionOptions, PostgresQueueBackend } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';

export interface QueueAddress {
  readonly databaseUrl: string;
  /** Without it the queue lives in the database. */
  readonly redisUrl?: string | undefined;
}

export interface NewJob<Payload> {
  readonly name: string;
  readonly data: Payload;
  readonly opts: { readonly jobId: string };
}

export interface OpenQueue<Payload> {
  addBulk(jobs: readonly NewJob<Payload>[]): Promise<void>;
  /** Also when the queue is away. */
  close(): Promise<void>;
}

export interface OpenWorker {
  readonly worker: Pick<Worker, 'on'>;
  waitUntilReady(): Promise<void>;
  close(force?: boolean): Promise<void>;
}

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
const workerTimes = {
  lockDuration: 10_000,
  stalledInterval: 5_000,
  maxStalledCount: 1_000_000,
  runRetryDelay: 1_000,
} as const;

const jobKeeping = { removeOnComplete: true, removeOnFail: true } as const;

/** A session that the server ends between two statements of BullMQ's would end the process, were nobody listening. */
const postgres = withBackend<PostgresQueueBackend, PostgresConnectionOptions>((...how) => {
  const backend = createPostgresBackend(...how);
  keepAliveThroughLoss(backend.connection);
  return backend;
});

/** The statement that was under way, or the next one, still fails. */
export function keepAliveThroughLoss(connection: PostgresConnection): void {
  const pool = connection.pool as unknown as EventEmitter;
  pool.on('connect', (client: EventEmitter) => client.on('error', () => undefined));
}

/** `onError` hears of the connection's troubles; calls on the queue reject for themselves. */
export function openQueue<Payload>(
  { databaseUrl, redisUrl }: QueueAddress,
  name: string,
  onError: (error: Error) => void,
): OpenQueue<Payload> {
  // Whoever rings does not wait for a Redis that is away: the call fails at once, and the next one connects anew.
  const redis = redisUrl
    ? connect(redisUrl, { retryStrategy: () => null, maxRetriesPerRequest: 0, commandTimeout: 5_000 }, onError)
    : null;
  const queue = redis
    ? new Queue(name, { connection: redis, prefix: prefixOf(databaseUrl) })
    : new postgres.Queue(name, { connection: queueConnection(databaseUrl) });
  queue.on('error', onError);
  return {
    async addBulk(jobs) {
      await queue.addBulk(jobs.map(({ opts, ...job }) => ({ ...job, opts: { ...opts, ...jobKeeping } })));
    },
    async close() {
      redis?.disconnect();
      await queue.close().catch(() => undefined);
    },
  };
}

/** A worker on Redis that is away waits for it by itself; one on PostgreSQL has to be made anew. */
export function openWorker(
  { databaseUrl, redisUrl }: QueueAddress,
  name: string,
  processor: Processor,
  concurrency: number,
): OpenWorker {
  if (!redisUrl) {
    const options = { connection: queueConnection(databaseUrl), concurrency, ...workerTimes };
    const worker = new postgres.Worker(name, processor, options);
    return {
      worker: worker as unknown as Pick<Worker, 'on'>,
      waitUntilReady: async () => void (await worker.waitUntilReady()),
      close: (force) => worker.close(force),
    };
  }
  const retryStrategy = (times: number) => Math.min(times * 100, 1_000);
  const redis = connect(redisUrl, { retryStrategy, maxRetriesPerRequest: null }, () => undefined);
  const copies = copiesOf(redis);
  const options = { connection: redis, prefix: prefixOf(databaseUrl), concurrency, ...workerTimes };
  const worker = new Worker(name, processor, options);
  const hangUp = () => [redis, ...copies].forEach((connection) => connection.disconnect());
  return {
    worker,
    waitUntilReady: async () => void (await worker.waitUntilReady()),
    async close(force) {
      // BullMQ would wait for an answer, which a Redis that is away does not give.
      const away = !(await answers(redis));
      const closed = worker.close(force || away);
      if (away) hangUp();
      else await closed.finally(hangUp);
      closed.catch(() => undefined);
    },
  };
}

async function answers(redis: Redis): Promise<boolean> {
  if (redis.status !== 'ready') return false;
  const late = sleep(1_000, null, { ref: false });
  return (await Promise.race([redis.ping().catch(() => null), late])) !== null;
}

/** BullMQ works on copies of the connection that it was given; these have to be ended when it cannot end them itself. */
function copiesOf(redis: Redis): readonly Redis[] {
  const copies: Redis[] = [];
  const duplicate = redis.duplicate.bind(redis);
  redis.duplicate = (override) => {
    const copy = duplicate(override);
    copies.push(copy);
    return copy;
  };
  return copies;
}

export function connect(redisUrl: string, options: RedisOptions, onError: (error: Error) => void): Redis {
  const redis = new Redis(redisUrl, { connectTimeout: 3_000, connectionName: 'rollcall', ...options });
  redis.on('error', onError);
  return redis;
}

/** Keeps the queues of several installations in one Redis apart; braces keep one installation's keys on one node of a cluster. */
export const prefixOf = (databaseUrl: string): string => {
  const { host, pathname } = new URL(databaseUrl);
  return `{rollcall-${createHash('sha256').update(`${host}${pathname}`).digest('hex').slice(0, 12)}}`;
};
