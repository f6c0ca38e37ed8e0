/**
 * Pauses an integration and lets it go on. While it is paused no run of it starts; one under way stops at its last committed page
 * or chunk, and goes on from there. What has to happen next is returned, not done: the caller rings the bell.
 */
import { Fault, workableRunStates } from '@rollcall/core';
import { writeAudit } from '../store/audit.js';
import type { Database, Tx } from '../store/database.js';
import { clearPause, restRun, setPause, wakeRuns } from '../store/integration-pauses.js';
import { findIntegration, type Integration } from '../store/integrations.js';
import { raiseFence } from '../store/leases.js';
import { activeRun, findRun } from '../store/runs.js';

interface Wanted {
  readonly tenantId: string;
  /** Name or id. */
  readonly integration: string;
  readonly actor: string;
}

/** The run that stopped for it, if one was under way. Throws Fault wrong_state when it is paused already. */
export async function pauseIntegration(
  db: Database,
  wanted: Wanted & { reason: string },
): Promise<{ integration: Integration; runId: string | null }> {
  const { tenantId, actor, reason } = wanted;
  return db.withTenant(tenantId, async (tx) => {
    const { id: integrationId, name } = await takeTurn(tx, wanted);
    if (!(await setPause(tx, { tenantId, integrationId }, { reason, actor })))
      throw new Fault('wrong_state', `The integration ${name} is paused already.`);
    const runId = await stopActive(tx, { tenantId, integrationId }, reason);
    const details = { reason };
    await writeAudit(tx, { tenantId, integrationId, action: 'integration.paused', actor, details, ...named(runId) });
    return { integration: await findIntegration(tx, tenantId, integrationId), runId };
  });
}

/** The runs that go on, which the caller rings for. Throws Fault wrong_state when it is not paused. */
export async function resumeIntegration(
  db: Database,
  wanted: Wanted,
): Promise<{ integration: Integration; runIds: readonly string[] }> {
  const { tenantId, actor } = wanted;
  return db.withTenant(tenantId, async (tx) => {
    const { id: integrationId, name } = await takeTurn(tx, wanted);
    if (!(await clearPause(tx, { tenantId, integrationId })))
      throw new Fault('wrong_state', `The integration ${name} is not paused.`);
    const runIds = await wakeRuns(tx, { tenantId, integrationId });
    await writeAudit(tx, {
      tenantId,
      integrationId,
      action: 'integration.resumed',
      actor,
      ...named(runIds[0] ?? null),
    });
    return { integration: await findIntegration(tx, tenantId, integrationId), runIds };
  });
}

/** Requests of runs take the same lock, so that none slips in beside a pause. */
async function takeTurn(tx: Tx, { tenantId, integration }: Wanted): Promise<Integration> {
  const found = await findIntegration(tx, tenantId, integration);
  await tx.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`request-run ${found.id}`]);
  return found;
}

async function stopActive(
  tx: Tx,
  { tenantId, integrationId }: { tenantId: string; integrationId: string },
  reason: string,
): Promise<string | null> {
  const runId = await activeRun(tx, tenantId, integrationId);
  if (runId === null) return null;
  const key = { tenantId, runId };
  await raiseFence(tx, key);
  const { state } = await findRun(tx, tenantId, runId);
  // A run that asks for a person, or has come to its end meanwhile, stays what it is.
  if (state !== 'paused' && !workableRunStates.includes(state)) return null;
  await restRun(tx, key, `The integration is paused: ${reason}`);
  return runId;
}

const named = (runId: string | null): { runId?: string } => (runId === null ? {} : { runId });
