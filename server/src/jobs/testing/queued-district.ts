/** For tests of jobs: a database with the queue on either backend, a mock integration, and what an attempt needs but the engine. */
import { expect } from '@jest/globals';
import type { Log } from '@rollcall/connectors';
import { Queue, createPostgresBackend, withBackend } from 'bullmq';
import { Redis } from 'ioredis';
import { Database } from '../../store/database.js';
import { addIntegration } from '../../store/integrations.js';
import { createRun, findRun, type Run } from '../../store/runs.js';
import { testDatabase, type TestDatabase } from '../../store/testing/test-database.js';
import { migrateQueue } from '../migrate-queue.js';
import { prefixOf, queueConnection, type QueueAddress } from '../queue-backend.js';
import { runRequested, type RunRequest } from '../queues.js';
import { RedisUnderTest } from './redis-under-test.js';

export const quietLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** The same suites run on both. */
export const backends = ['postgresql', 'redis'] as const;
export type Backend = (typeof backends)[number];

export interface WaitingJob {
  readonly id: string;
  readonly data: RunRequest;
}

export class QueuedDistrict {
  private constructor(
    readonly database: TestDatabase,
    private readonly admin: Database,
    readonly integrationId: string,
    private readonly given: RedisUnderTest | null,
  ) {}

  static async open(name: string, backend: Backend = 'postgresql'): Promise<QueuedDistrict> {
    const redis = backend === 'redis' ? await RedisUnderTest.open() : null;
    const database = await testDatabase(`${name}_${backend}`);
    await migrateQueue(database.urls.owner);
    const { tenantId } = database;
    const { id } = await database.app.withTenant(tenantId, (tx) =>
      addIntegration(tx, { tenantId, name: 'district', kind: 'mock', settings: {} }),
    );
    return new QueuedDistrict(database, new Database(database.adminUrl, { connections: 1 }), id, redis);
  }

  get redis(): RedisUnderTest {
    if (!this.given) throw new Error('this district has its queue in the database');
    return this.given;
  }

  queueAt(role: 'app' | 'worker'): QueueAddress {
    return { databaseUrl: this.database.urls[role], redisUrl: this.given?.url };
  }

  /** A run that nobody has asked a worker for. */
  async run(trigger = 'test'): Promise<{ tenantId: string; runId: string }> {
    const { tenantId, app } = this.database;
    const wanted = { tenantId, integrationId: this.integrationId, mode: 'full', trigger } as const;
    return { tenantId, runId: await app.withTenant(tenantId, (tx) => createRun(tx, wanted)) };
  }

  find({ tenantId, runId }: { tenantId: string; runId: string }): Promise<Run> {
    return this.database.app.withTenant(tenantId, (tx) => findRun(tx, tenantId, runId));
  }

  /** The ids of the jobs that wait or are being worked on. */
  async jobs(): Promise<string[]> {
    return (await this.waiting()).map((job) => job.id).toSorted();
  }

  async waiting(): Promise<WaitingJob[]> {
    const redis = this.given ? new Redis(this.given.url) : null;
    const prefix = prefixOf(this.database.urls.app);
    const queue = redis
      ? new Queue(runRequested.name, { connection: redis, prefix })
      : new (withBackend(createPostgresBackend).Queue)(runRequested.name, {
          connection: queueConnection(this.database.urls.app),
        });
    const jobs = await queue.getJobs(['waiting', 'active', 'delayed', 'prioritized', 'failed', 'completed']);
    await queue.close();
    redis?.disconnect();
    return jobs.map((job) => ({ id: job.id!, data: job.data as RunRequest }));
  }

  /** The queue forgets everything, as a Redis does that was emptied or lost its disk. */
  async forgetJobs(): Promise<void> {
    if (this.given) await this.given.flush();
    else await this.sql('DELETE FROM bullmq.job');
  }

  /** Looks at or breaks the database as a superuser would. */
  async sql<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.admin.withoutTenant(async (tx) => (await tx.query(text, values)).rows as Row[]);
  }

  /** Who holds a lease keeps it, as one does who renews it. */
  async holdOn(): Promise<void> {
    await this.sql(`UPDATE run_leases SET held_until = now() + interval '1 hour' WHERE isfinite(held_until)`);
  }

  async reset(): Promise<void> {
    await this.forgetJobs();
    await this.sql('DELETE FROM schedule_firings; DELETE FROM run_leases; DELETE FROM run_entities');
    await this.sql('DELETE FROM dead_letters; DELETE FROM integration_audit_logs; DELETE FROM runs');
  }

  async close(): Promise<void> {
    await this.admin.close();
    await this.database.close();
    await this.given?.close();
  }
}

const lookEveryMs = 50;

/**
 * Waits until it holds; what has held once is not asked again, for asking may do something. The patience is counted in looks, which take
 * longer where the machine is slow.
 */
export async function eventually(holds: () => Promise<boolean>, withinMs = 20_000): Promise<void> {
  let held = await holds();
  for (let looks = withinMs / lookEveryMs; !held && looks > 0; looks -= 1) {
    await new Promise((done) => setTimeout(done, lookEveryMs));
    held = await holds();
  }
  expect(held).toBe(true);
}

/** How long it takes by the beats of this process: those that a busy machine swallows do not count against what is measured. */
export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  let beats = 0;
  const beating = setInterval(() => (beats += 1), 100);
  try {
    await work();
  } finally {
    clearInterval(beating);
  }
  return beats / 10;
}
