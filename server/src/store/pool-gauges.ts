/** How busy a process's connections to PostgreSQL are. */
import { sample, type Gauges } from '../telemetry/metrics.js';
import type { Database } from './database.js';

export const poolGauges =
  (db: Database): Gauges =>
  () => {
    const { connections, waiting } = db.load;
    return [sample('rollcall_pg_pool_connections', connections, {}), sample('rollcall_pg_pool_waiting', waiting, {})];
  };
