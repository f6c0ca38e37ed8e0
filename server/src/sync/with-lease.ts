/**
 * Works on a run under its lease: takes it, renews it while the work goes on, and lets it go. When the lease is lost the work is
 * told to stop, and its writes are refused by the fence in any case.
 */
import { Fault } from '@rollcall/core';
import type { Database } from '../store/database.js';
import { leaseSeconds, releaseLease, renewLease, takeLease, type Lease } from '../store/leases.js';

/** Null when somebody else holds the lease. `stop` ends the work early, for example when the process is to end. */
export async function withLease<T>(
  db: Database,
  run: { tenantId: string; runId: string; owner: string },
  stop: AbortSignal,
  work: (lease: Lease, signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  const lease = await takeLease(db, run);
  if (lease === null) return null;
  const lost = new AbortController();
  const renewal = setInterval(
    () => {
      renewLease(db, lease).then(
        (kept) => kept || lost.abort(new Fault('lease_lost', 'Another worker has taken this run over.')),
        () => undefined, // the database is away: the fence decides when it is back
      );
    },
    (leaseSeconds * 1000) / 3,
  );
  try {
    return await work(lease, AbortSignal.any([lost.signal, stop]));
  } finally {
    clearInterval(renewal);
    await releaseLease(db, lease).catch(() => undefined); // it runs out by itself
  }
}
