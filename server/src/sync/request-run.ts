/**
 * Asks for a run of an integration. A run under way is joined, not doubled; one that waits for a person gives way to the new one,
 * with its reason kept. What has to happen next is returned, not done: the caller rings the bell.
 */
import { writeAudit } from '../store/audit.js';
import type { Database } from '../store/database.js';
import { findIntegration, type Integration } from '../store/integrations.js';
import type { RunMode } from '@rollcall/core';
import { createRun } from '../store/runs.js';
import { makeWay } from './make-way.js';

export interface RequestedRun {
  readonly tenantId: string;
  readonly runId: string;
  readonly integration: Integration;
  /** False when the run was under way already. */
  readonly created: boolean;
}

export async function requestRun(
  db: Database,
  wanted: { tenantId: string; integration: string; mode: RunMode; trigger: string; actor: string },
): Promise<RequestedRun> {
  const { tenantId, mode, trigger, actor } = wanted;
  return db.withTenant(tenantId, async (tx) => {
    const integration = await findIntegration(tx, tenantId, wanted.integration);
    const active = await makeWay(tx, tenantId, integration.id);
    if (active !== null) return { tenantId, runId: active.id, integration, created: false };
    const runId = await createRun(tx, { tenantId, integrationId: integration.id, mode, trigger });
    await writeAudit(tx, {
      tenantId,
      integrationId: integration.id,
      runId,
      action: 'run.requested',
      actor,
      details: { mode, trigger },
    });
    return { tenantId, runId, integration, created: true };
  });
}
