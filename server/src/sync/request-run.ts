/**
 * Asks for a run of an integration. A run under way is joined, not doubled; one that waits for a person gives way to the new one,
 * with its reason kept. What has to happen next is returned, not done: the caller rings the bell.
 */
import { writeAudit } from '../store/audit.js';
import type { Database, Tx } from '../store/database.js';
import { findIntegration, type Integration } from '../store/integrations.js';
import { modeOf, type RunMode } from '@rollcall/core';
import { createRun, tryNow } from '../store/runs.js';
import { makeWay } from './make-way.js';

export interface RequestedRun {
  readonly tenantId: string;
  readonly runId: string;
  readonly integration: Integration;
  /** False when the run was under way already. */
  readonly created: boolean;
}

export interface WantedRun {
  readonly tenantId: string;
  /** Name or id. */
  readonly integration: string;
  /** Without it, what the integration's strategy says. */
  readonly mode?: RunMode | undefined;
  readonly trigger: string;
  readonly actor: string;
}

/** Throws Fault not_found or integration_paused. */
export async function requestRun(db: Database, wanted: WantedRun): Promise<RequestedRun> {
  return db.withTenant(wanted.tenantId, (tx) => requestRunWithin(tx, wanted));
}

/** The same within a transaction of the caller's, so that what else it writes stands or falls with the request. */
export async function requestRunWithin(tx: Tx, wanted: WantedRun): Promise<RequestedRun> {
  const { tenantId, trigger, actor } = wanted;
  const integration = await findIntegration(tx, tenantId, wanted.integration);
  const mode = wanted.mode ?? modeOf(integration.strategy);
  const active = await makeWay(tx, tenantId, integration.id);
  if (active?.stoppedClass === 'auth') await tryNow(tx, { tenantId, runId: active.id });
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
}
