/** Brings the schema up (or down) to a version. Each step is one transaction under an advisory lock; running it twice does nothing. */
import { join } from 'node:path';
import { runner } from 'node-pg-migrate';
import { singleConnection } from './single-connection.js';

export interface MigrationResult {
  readonly applied: readonly string[];
}

/**
 * `count` limits the steps; up means all by default, down means one. `ownerUrl` is the owner's. Rejects when the
 * session is lost under way; whatever was not committed is not there, and the next call goes on.
 */
export async function migrate(
  ownerUrl: string,
  direction: 'up' | 'down' = 'up',
  count?: number,
): Promise<MigrationResult> {
  const client = singleConnection(ownerUrl);
  await client.connect();
  try {
    const steps = await runner({
      dbClient: client,
      dir: join(import.meta.dirname, 'migrations'),
      migrationsTable: 'schema_migrations',
      direction,
      count: count ?? (direction === 'up' ? Infinity : 1),
      advisoryLockMode: 'wait',
      singleTransaction: true,
      checkOrder: true,
      log: () => undefined,
      verbose: false,
    });
    return { applied: steps.map((step) => step.name) };
  } finally {
    await client.end().catch(() => undefined);
  }
}
