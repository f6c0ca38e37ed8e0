/** Which run of a tenant applies, and whether another integration has brought in records since a plan was made. */
import type { Tx } from './database.js';

interface RunKey {
  readonly tenantId: string;
  readonly runId: string;
  readonly integrationId: string;
}

/** Another run of the tenant that is applying under a lease; a worker that died does not keep anybody waiting for longer than that. */
export async function whoApplies(tx: Tx, { tenantId, runId, integrationId }: RunKey): Promise<string | null> {
  const { rows } = await tx.query<{ id: string }>(
    `SELECT r.id FROM run_leases l JOIN runs r ON r.tenant_id = l.tenant_id AND r.id = l.run_id
     WHERE l.tenant_id = $1 AND l.run_id <> $2 AND l.held_until > now() AND r.integration_id <> $3
       AND r.state IN ('applying', 'verifying') LIMIT 1`,
    [tenantId, runId, integrationId],
  );
  return rows[0]?.id ?? null;
}

/** Whether the run would make records that a run of another integration, which ended after this one's plan was begun, may have made. */
export async function overtakenPlan(tx: Tx, { tenantId, runId, integrationId }: RunKey): Promise<boolean> {
  const { rows } = await tx.query<{ overtaken: boolean }>(
    `SELECT EXISTS (SELECT FROM sync_chunks k WHERE k.tenant_id = $1 AND k.run_id = $2 AND k.creates > 0 AND k.applied_at IS NULL)
       AND NOT EXISTS (SELECT FROM sync_chunks k WHERE k.tenant_id = $1 AND k.run_id = $2 AND k.applied_at IS NOT NULL)
       AND EXISTS (SELECT FROM runs r WHERE r.tenant_id = $1 AND r.integration_id <> $3
         AND (r.finished_at IS NULL OR r.finished_at >= (SELECT min(e.at) FROM run_events e
           WHERE e.tenant_id = $1 AND e.run_id = $2 AND e.kind = 'plan.completed'))
         AND EXISTS (SELECT FROM sync_chunks k WHERE k.tenant_id = r.tenant_id AND k.run_id = r.id
           AND k.created + k.linked + k.reactivated > 0)) AS overtaken`,
    [tenantId, runId, integrationId],
  );
  return rows[0]!.overtaken;
}
