/** For tests of jobs: a database with the queue's tables, a mock integration, and what an attempt needs but the engine. */
import { expect } from '@jest/globals';
import type { Log } from '@rollcall/connectors';
import { Database } from '../../store/database.js';
import { addIntegration } from '../../store/integrations.js';
import { createRun, findRun, type Run } from '../../store/runs.js';
import { testDatabase, type TestDatabase } from '../../store/testing/test-database.js';
import { migrateQueue } from '../migrate-queue.js';

export const quietLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

export class QueuedDistrict {
  private constructor(
    readonly database: TestDatabase,
    private readonly admin: Database,
    private readonly integrationId: string,
  ) {}

  static async open(name: string): Promise<QueuedDistrict> {
    const database = await testDatabase(name);
    await migrateQueue(database.urls.owner);
    const { tenantId } = database;
    const { id } = await database.app.withTenant(tenantId, (tx) =>
      addIntegration(tx, { tenantId, name: 'district', kind: 'mock', settings: {} }),
    );
    return new QueuedDistrict(database, new Database(database.adminUrl, { connections: 1 }), id);
  }

  /** A run that nobody has asked a worker for. */
  async run(): Promise<{ tenantId: string; runId: string }> {
    const { tenantId, app } = this.database;
    const wanted = { tenantId, integrationId: this.integrationId, mode: 'full', trigger: 'test' } as const;
    return { tenantId, runId: await app.withTenant(tenantId, (tx) => createRun(tx, wanted)) };
  }

  find({ tenantId, runId }: { tenantId: string; runId: string }): Promise<Run> {
    return this.database.app.withTenant(tenantId, (tx) => findRun(tx, tenantId, runId));
  }

  /** The ids of the jobs that wait or are being worked on. */
  async jobs(): Promise<string[]> {
    return (await this.sql<{ id: string }>('SELECT id FROM bullmq.job ORDER BY id')).map((row) => row.id);
  }

  /** Looks at or breaks the database as a superuser would. */
  async sql<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.admin.withoutTenant(async (tx) => (await tx.query(text, values)).rows as Row[]);
  }

  async reset(): Promise<void> {
    await this.sql(
      'DELETE FROM bullmq.job; DELETE FROM run_leases; DELETE FROM integration_audit_logs; DELETE FROM runs',
    );
  }

  async close(): Promise<void> {
    await this.admin.close();
    await this.database.close();
  }
}

/** Waits until it holds, for `withinMs` at most. */
export async function eventually(holds: () => Promise<boolean>, withinMs = 20_000): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (!(await holds()) && Date.now() < deadline) await new Promise((done) => setTimeout(done, 50));
  expect(await holds()).toBe(true);
}
