/**
 * Brings BullMQ's tables up to the installed version, as their owner, and lets the API and the worker use them. To be run on
 * every upgrade; twice does nothing.
 */
import { PostgresConnection } from 'bullmq';
import { queueConnection, queueSchema } from './queue-backend.js';

const grants = `
  GRANT USAGE, CREATE ON SCHEMA ${queueSchema} TO rollcall_app, rollcall_worker;
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${queueSchema} TO rollcall_app, rollcall_worker;
  GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA ${queueSchema} TO rollcall_app, rollcall_worker;
  GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${queueSchema} TO rollcall_app, rollcall_worker;
  ALTER DEFAULT PRIVILEGES IN SCHEMA ${queueSchema}
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO rollcall_app, rollcall_worker;
  ALTER DEFAULT PRIVILEGES IN SCHEMA ${queueSchema} GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO rollcall_app, rollcall_worker;
  ALTER DEFAULT PRIVILEGES IN SCHEMA ${queueSchema} GRANT EXECUTE ON FUNCTIONS TO rollcall_app, rollcall_worker`;

export async function migrateQueue(ownerUrl: string): Promise<void> {
  const connection = new PostgresConnection({ ...queueConnection(ownerUrl, 1), migrate: true });
  connection.on('error', () => undefined);
  try {
    await connection.waitUntilReady();
    // Concurrent grants on one object fail with 'tuple concurrently updated'.
    await connection.pool.query(`BEGIN; SELECT pg_advisory_xact_lock(hashtext('rollcall queue grants')); ${grants}; COMMIT`);
  } finally {
    await connection.close();
  }
}
