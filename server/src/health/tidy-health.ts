/** Sums counts into coarser spans and forgets what is older than its grain is kept. Twice does nothing, and any worker may do it. */
import { forgetCalls, rollUpCalls } from '../store/call-stats.js';
import type { Database } from '../store/database.js';
import { forgetAlerts } from '../store/health-alerts.js';
import { forgetChecks } from '../store/health-checks.js';
import { listTenants } from '../store/tenants.js';
import { alertsKeptMs, checksKeptMs, grains, grainStart, type Grain } from './grains.js';

/** Counts that a process could not write at once come late; whole spans are summed anew, so the finer ones must all be there still. */
const lateMs = 24 * 3_600_000;

export async function tidyHealth(db: Database, nowMs: number): Promise<void> {
  const before = (keptMs: number) => new Date(nowMs - keptMs);
  for (const { id: tenantId } of await listTenants(db))
    await db.withTenant(tenantId, async (tx) => {
      const { rows } = await tx.query<{ ours: boolean }>(`SELECT pg_try_advisory_xact_lock(hashtext($1)) AS ours`, [
        `tidy-health ${tenantId}`,
      ]);
      if (!rows[0]!.ours) return;
      await rollUpCalls(tx, tenantId, { from: '5m', to: 'hour', since: grainStart('hour', nowMs - lateMs) });
      await rollUpCalls(tx, tenantId, { from: 'hour', to: 'day', since: grainStart('day', nowMs - lateMs) });
      for (const [grain, { keptMs }] of Object.entries(grains) as [Grain, { keptMs: number }][])
        await forgetCalls(tx, tenantId, grain, before(keptMs));
      await forgetChecks(tx, tenantId, before(checksKeptMs));
      await forgetAlerts(tx, tenantId, before(alertsKeptMs));
    });
}
