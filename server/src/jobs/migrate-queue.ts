/**
 * Brings BullMQ's tables up to the installed version, as their owner, and lets the API and the worker use them. To be run on
 * every upgrade; twice does nothing.
 */
import { PostgresConnection } from 'bullmq';
import { keepAliveThroughLoss, queueConnection, queueSchema } from './queue-backend.js';

/** Objects that BullMQ makes while it runs, a sequence for each queue, belong to rollcall_app already: see `queueConnection`. */
const grants = `
  GRANT USAGE, CREATE ON SCHEMA ${queueSchema} TO rollcall_app;
  ALTER DEFAULT PRIVILEGES IN SCHEMA ${queueSchema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO rollcall_app;
  ALTER DEFAULT PRIVILEGES IN SCHEMA ${queueSchema} GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO rollcall_app;
  ALTER DEFAULT PRIVILEGES IN SCHEMA ${queueSchema} GRANT EXECUTE ON FUNCTIONS TO rollcall_app;
  DO $$
  DECLARE
    ours record;
  BEGIN
    FOR ours IN SELECT oid::regclass AS name, relkind FROM pg_class
      WHERE relnamespace = '${queueSchema}'::regnamespace AND relowner = current_user::regrole AND relkind IN ('r', 'p', 'S')
    LOOP
      IF ours.relkind = 'S' THEN EXECUTE format('GRANT USAGE, SELECT, UPDATE ON SEQUENCE %s TO rollcall_app', ours.name);
      ELSE EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO rollcall_app', ours.name);
      END IF;
    END LOOP;
    GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${queueSchema} TO rollcall_app;
  END $$`;

export async function migrateQueue(ownerUrl: string): Promise<void> {
  const connection = new PostgresConnection({ ...queueConnection(ownerUrl), options: '', max: 1, migrate: true });
  connection.on('error', () => undefined);
  keepAliveThroughLoss(connection);
  try {
    await connection.waitUntilReady();
    // Concurrent grants on one object fail with 'tuple concurrently updated'.
    await connection.pool.query(
      `BEGIN; SELECT pg_advisory_xact_lock(hashtext('rollcall queue grants')); ${grants}; COMMIT`,
    );
  } finally {
    await connection.close();
  }
}
