/**
 * One integration is asked for one thing at a time: whoever asks takes its turn here and sees the run that is under way. A run that
 * waits for a person gives way to what the person asks for, with its reason kept.
 */
import { Fault } from '@rollcall/core';
import type { Tx } from '../store/database.js';
import { refusePaused } from '../store/integration-pauses.js';
import { findIntegration } from '../store/integrations.js';
import { raiseFence } from '../store/leases.js';
import { releaseEntities } from '../store/run-entities.js';
import { activeRun, findRun, moveRun, type Run } from '../store/runs.js';

/**
 * The run that is under way, or null when the caller may create one. Nobody else asks until the caller's transaction
 * ends. Throws Fault integration_paused.
 */
export async function makeWay(tx: Tx, tenantId: string, integrationId: string): Promise<Run | null> {
  await lock(tx, integrationId);
  await refusePaused(tx, { tenantId, integrationId });
  const active = await activeRun(tx, tenantId, integrationId);
  if (active === null) return null;
  const run = await findRun(tx, tenantId, active);
  if (run.state !== 'needs_attention' && !(await isOutdated(tx, run))) return run;
  await raiseFence(tx, { tenantId, runId: active });
  await moveRun(tx, { tenantId, runId: active }, 'failed', {
    reason: run.reason,
    nextStep: 'A later run took its place.',
  });
  await releaseEntities(tx, { tenantId, runId: active });
  return null;
}

/** A run that waits for a new secret under a configuration that has changed meanwhile would wait for ever. */
async function isOutdated(tx: Tx, run: Run): Promise<boolean> {
  if (run.state !== 'paused' || run.stoppedClass !== 'auth') return false;
  const { configurationVersion } = await findIntegration(tx, run.tenantId, run.integrationId);
  return configurationVersion !== run.configurationVersion;
}

/** Whether nothing is under way, not even a run that waits for a person; for what nobody asks for. Throws Fault integration_paused. */
export async function isIdle(tx: Tx, tenantId: string, integrationId: string): Promise<boolean> {
  await lock(tx, integrationId);
  await refusePaused(tx, { tenantId, integrationId });
  return (await activeRun(tx, tenantId, integrationId)) === null;
}

const lock = (tx: Tx, integrationId: string) =>
  tx.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`request-run ${integrationId}`]);

/** As makeWay, for what cannot join a run under way. Throws Fault busy. */
export async function takeTurn(tx: Tx, tenantId: string, integrationId: string): Promise<void> {
  const run = await makeWay(tx, tenantId, integrationId);
  if (run !== null)
    throw new Fault('busy', `Run ${run.id} of this integration is under way (${run.state.replaceAll('_', ' ')}).`);
}
