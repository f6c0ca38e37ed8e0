/**
 * What becomes of a run whose attempt ended in an error that nobody foresaw: it pauses and is tried again, each time later;
 * after some such attempts in a row, or far too many of any kind, it has failed. Nothing crashes for ever.
 */
import { crashesAllowed, finalRunStates, pauseMs, treatments } from '@rollcall/core';
import { writeAudit } from '../store/audit.js';
import type { Database, Tx } from '../store/database.js';
import { runLetter } from '../store/raise-letters.js';
import { setIntegrationStatus } from '../store/integrations.js';
import { proveFence, type Lease } from '../store/leases.js';
import { releaseEntities } from '../store/run-entities.js';
import { findRun, moveRun, type Run } from '../store/runs.js';

/** Attempts since the last orderly stop. Only a run whose workers die again and again gets here. */
export const attemptsAllowed = 25;

const nextStep = 'Look for this run in the log of the worker and report what stands there; then sync again.';

/** Call it under the lease of the attempt. `errorName` is the error's class, never its text, which may hold anything. */
export async function noteCrash(db: Database, lease: Lease, errorName: string): Promise<'paused' | 'failed'> {
  return db.withTenant(lease.tenantId, async (tx) => {
    await proveFence(tx, lease);
    const run = await findRun(tx, lease.tenantId, lease.runId);
    if (finalRunStates.includes(run.state)) return 'failed';
    const crashes = 1 + (await crashesSoFar(tx, run));
    const details = { attempt: run.attempt, error: errorName };
    await writeAudit(tx, {
      tenantId: run.tenantId,
      integrationId: run.integrationId,
      runId: run.id,
      action: 'attempt.crashed',
      details,
    });
    if (crashes >= crashesAllowed) return fail(tx, run, 'internal error');
    await moveRun(tx, lease, 'paused', {
      reason: 'internal error',
      nextStep,
      resumeInMs: pauseMs('unforeseen', crashes),
    });
    return 'paused';
  });
}

/** Fails a run that has had too many attempts. False when it may go on. */
export async function giveUp(db: Database, lease: Lease): Promise<boolean> {
  return db.withTenant(lease.tenantId, async (tx) => {
    const run = await findRun(tx, lease.tenantId, lease.runId);
    if (run.attempt - run.settledAttempt < attemptsAllowed) return false;
    await proveFence(tx, lease);
    await fail(tx, run, `given up after ${run.attempt - run.settledAttempt} attempts that came to no end`);
    return true;
  });
}

/** Crashes since the run last came to an orderly stop. */
async function crashesSoFar(tx: Tx, run: Run): Promise<number> {
  const { rows } = await tx.query<{ crashes: number }>(
    `SELECT count(*)::int AS crashes FROM integration_audit_logs a
     WHERE a.tenant_id = $1 AND a.run_id = $2 AND a.action = 'attempt.crashed' AND a.id > coalesce(
       (SELECT s.id FROM integration_audit_logs s WHERE s.tenant_id = $1 AND s.run_id = $2 AND s.action = 'run.stopped'
        ORDER BY s.id DESC LIMIT 1), '00000000-0000-0000-0000-000000000000')`,
    [run.tenantId, run.id],
  );
  return rows[0]!.crashes;
}

async function fail(tx: Tx, run: Run, reason: string): Promise<'failed'> {
  const { tenantId, id: runId, integrationId } = run;
  await moveRun(tx, { tenantId, runId }, 'failed', { reason, nextStep });
  await releaseEntities(tx, { tenantId, runId });
  await runLetter(tx, run, { class: treatments.unforeseen.class, code: 'unforeseen', reason });
  const status = { state: 'needs_attention', reason, nextStep, runId, succeeded: false } as const;
  await setIntegrationStatus(tx, { tenantId, id: integrationId }, status);
  await writeAudit(tx, { tenantId, integrationId, runId, action: 'run.failed', details: { state: 'failed', reason } });
  return 'failed';
}
