/** Which run of a tenant applies, and whether another integration has brought in records since a plan was made. */
import type { EntityName } from '@rollcall/core';
import type { Tx } from './database.js';

interface RunKey {
  readonly tenantId: string;
  readonly runId: string;
  readonly integrationId: string;
}

/**
 * Another integration's run of the tenant that this one waits for: one that is applying under a lease, so that a worker that died keeps
 * nobody waiting for longer than that. Of two that were applying when their workers died, the older goes first.
 */
export async function whoApplies(tx: Tx, { tenantId, runId, integrationId }: RunKey): Promise<string | null> {
  const { rows } = await tx.query<{ id: string }>(
    `SELECT r.id FROM run_leases l JOIN runs r ON r.tenant_id = l.tenant_id AND r.id = l.run_id
     JOIN runs m ON m.tenant_id = l.tenant_id AND m.id = $2
     WHERE l.tenant_id = $1 AND l.held_until > now() AND r.integration_id <> $3 AND r.state IN ('applying', 'verifying')
       AND (m.state NOT IN ('applying', 'verifying') OR r.id < m.id) LIMIT 1`,
    [tenantId, runId, integrationId],
  );
  return rows[0]?.id ?? null;
}

/**
 * The entities whose plan has to be made anew: nothing of them is applied yet, and a run of another integration, which ended after this
 * one's plan was begun, may have made records that this one would make.
 */
export async function overtakenPlans(tx: Tx, { tenantId, runId, integrationId }: RunKey): Promise<EntityName[]> {
  const own = 'SELECT FROM sync_chunks k WHERE k.tenant_id = $1 AND k.run_id = $2';
  const { rows } = await tx.query<{ entity: EntityName }>(
    `WITH begun AS MATERIALIZED (SELECT min(e.at) AS at FROM run_events e
       WHERE e.tenant_id = $1 AND e.run_id = $2 AND e.kind = 'plan.completed')
     SELECT p.entity FROM run_entities p, begun WHERE p.tenant_id = $1 AND p.run_id = $2 AND p.state = 'planned'
       AND NOT EXISTS (${own} AND k.entity = p.entity AND k.applied_at IS NOT NULL)
       AND EXISTS (${own} AND k.creates > 0 AND k.applied_at IS NULL)
       AND EXISTS (SELECT FROM runs r WHERE r.tenant_id = $1 AND r.integration_id <> $3
         AND (r.finished_at IS NULL OR r.finished_at >= begun.at)
         -- The time is that of the beginning of a chunk's transaction.
         AND EXISTS (SELECT FROM sync_chunks k WHERE k.tenant_id = r.tenant_id AND k.run_id = r.id
           AND k.applied_at >= begun.at - interval '1 hour' AND k.created + k.linked + k.reactivated > 0))`,
    [tenantId, runId, integrationId],
  );
  return rows.map((row) => row.entity);
}
