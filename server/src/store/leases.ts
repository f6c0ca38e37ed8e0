/**
 * Leases: one worker at a time writes for a run. Taking a lease raises its fence, and every writing transaction proves its
 * fence first, so that a worker which was thought dead writes nothing when it wakes up. Time is the database's.
 */
import { Fault } from '@rollcall/core';
import type { Database, Tx } from './database.js';

export interface Lease {
  readonly tenantId: string;
  readonly runId: string;
  readonly owner: string;
  readonly fence: number;
  /** How long nothing was heard of the one who held it before; null when it was let go of, or nobody did. */
  readonly silentMs?: number | null;
}

export const leaseSeconds = 10;

/** Null when another owner's lease is still alive. */
export async function takeLease(
  db: Database,
  run: { tenantId: string; runId: string; owner: string },
): Promise<Lease | null> {
  return db.withTenant(run.tenantId, async (tx) => {
    // Waits for whatever the former owner has under way: its writes are seen before ours begin.
    const insist = await endLateTransactions(db, tx, run);
    await tx
      .query('SELECT FROM run_leases WHERE tenant_id = $1 AND run_id = $2 FOR UPDATE', [run.tenantId, run.runId])
      .finally(() => clearInterval(insist));
    const { rows } = await tx.query<{ fence: number; silentMs: number | null }>(
      `INSERT INTO run_leases AS l (tenant_id, run_id, owner, fence, held_until)
       VALUES ($1, $2, $3, 1, now() + make_interval(secs => $4))
       ON CONFLICT (tenant_id, run_id) DO UPDATE
         SET owner = excluded.owner, fence = l.fence + 1, held_until = excluded.held_until
         WHERE l.held_until < now()
       RETURNING fence, CASE WHEN isfinite(old.held_until)
         THEN round(extract(epoch FROM now() - old.held_until) * 1000)::bigint + 1000 * $4::bigint END AS "silentMs"`,
      [run.tenantId, run.runId, run.owner, leaseSeconds],
    );
    return rows[0] ? { ...run, ...rows[0] } : null;
  });
}

/** How long a transaction of a holder whose lease has run out is waited for. */
const lateAfterMs = 1_000;

/**
 * A holder that is frozen, or cut off from the database, in the middle of a transaction would be waited for without end. Its lease
 * has run out and its word counts no more, so its connection is ended; who only waits, as we do, is left alone.
 */
async function endLateTransactions(
  db: Database,
  tx: Tx,
  { tenantId, runId }: { tenantId: string; runId: string },
): Promise<NodeJS.Timeout> {
  const { rows } = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const end = (other: Tx) =>
    other.query(
      `SELECT pg_terminate_backend(a.pid) FROM run_leases l
       JOIN pg_stat_activity a ON a.pid = ANY (pg_blocking_pids($3)) AND a.wait_event_type IS DISTINCT FROM 'Lock'
       WHERE l.tenant_id = $1 AND l.run_id = $2 AND l.held_until < now()`,
      [tenantId, runId, rows[0]!.pid],
    );
  return setInterval(() => void db.withTenant(tenantId, end).catch(() => undefined), lateAfterMs);
}

/** False when the lease was lost; then its holder must stop at once. */
export async function renewLease(db: Database, lease: Lease): Promise<boolean> {
  return db.withTenant(lease.tenantId, async (tx) => {
    const { rowCount } = await tx.query(
      `UPDATE run_leases SET held_until = now() + make_interval(secs => $4)
       WHERE tenant_id = $1 AND run_id = $2 AND fence = $3`,
      [lease.tenantId, lease.runId, lease.fence, leaseSeconds],
    );
    return rowCount === 1;
  });
}

/** Lets go, so that the next attempt need not wait for the lease to run out. */
export async function releaseLease(db: Database, lease: Lease): Promise<void> {
  await db.withTenant(lease.tenantId, (tx) =>
    tx.query(`UPDATE run_leases SET held_until = '-infinity' WHERE tenant_id = $1 AND run_id = $2 AND fence = $3`, [
      lease.tenantId,
      lease.runId,
      lease.fence,
    ]),
  );
}

/**
 * Takes a run away from whoever works on it, without working on it: waits for the transaction that is under way, and none that
 * begins later can write. Part of the transaction that says what becomes of the run instead.
 */
export async function raiseFence(tx: Tx, run: { tenantId: string; runId: string }): Promise<void> {
  const key = [run.tenantId, run.runId];
  // A run that nobody has taken yet gets a lease too, so that whoever takes it now waits for this transaction.
  await tx.query(
    `INSERT INTO run_leases (tenant_id, run_id, owner, fence, held_until) VALUES ($1, $2, 'nobody', 0, '-infinity')
     ON CONFLICT (tenant_id, run_id) DO NOTHING`,
    key,
  );
  await tx.query('SELECT FROM run_leases WHERE tenant_id = $1 AND run_id = $2 FOR UPDATE', key);
  await tx.query(
    `UPDATE run_leases SET fence = fence + 1, owner = 'nobody', held_until = '-infinity' WHERE tenant_id = $1 AND run_id = $2`,
    key,
  );
}

/**
 * Proves the fence and keeps it from moving until this transaction ends. Renewing goes on beside it: it locks less than taking
 * does. Throws Fault lease_lost.
 */
export async function proveFence(tx: Tx, lease: Lease): Promise<void> {
  const { rowCount } = await tx.query(
    `SELECT FROM run_leases WHERE tenant_id = $1 AND run_id = $2 AND fence = $3 FOR KEY SHARE`,
    [lease.tenantId, lease.runId, lease.fence],
  );
  if (rowCount !== 1) throw new Fault('lease_lost', 'Another worker has taken this run over.');
}
