/** What becomes of a run that cannot go on: it waits and goes on by itself, asks for a person, or has failed. Never 'running'. */
import type { Fault, FaultCode, RunState } from '@rollcall/core';
import { writeAudit } from '../store/audit.js';
import type { Database } from '../store/database.js';
import { setIntegrationStatus } from '../store/integrations.js';
import { proveFence, type Lease } from '../store/leases.js';
import { releaseEntities } from '../store/run-entities.js';
import { moveRun, type Run } from '../store/runs.js';

const longestPauseMs = 15 * 60_000;
const shortestPauseMs = 5_000;
/** Attempts in a row that may find the source down before a person is asked. */
const patience = 8;

const outcomes: Readonly<Partial<Record<FaultCode, RunState>>> = {
  source_unreachable: 'paused',
  source_rate_limited: 'paused',
  run_does_not_add_up: 'failed',
  busy: 'failed',
  invalid_configuration: 'failed',
};

export async function stopRun(db: Database, lease: Lease, run: Run, fault: Fault): Promise<void> {
  const wanted = outcomes[fault.code] ?? 'needs_attention';
  const state = wanted === 'paused' && run.attempt >= patience ? 'needs_attention' : wanted;
  const backoffMs = Math.min(longestPauseMs, shortestPauseMs * 2 ** (run.attempt - 1));
  await db.withTenant(run.tenantId, async (tx) => {
    await proveFence(tx, lease);
    await moveRun(tx, lease, state, {
      reason: fault.publicText,
      nextStep: fault.nextStep,
      ...(state === 'paused' ? { resumeInMs: Math.min(fault.retryAfterMs ?? backoffMs, longestPauseMs) } : {}),
    });
    if (state === 'failed') await releaseEntities(tx, lease);
    if (fault.code !== 'busy')
      await setIntegrationStatus(
        tx,
        { tenantId: run.tenantId, id: run.integrationId },
        {
          state: state === 'paused' ? 'active' : 'needs_attention',
          reason: fault.publicText,
          nextStep: fault.nextStep,
          runId: run.id,
          succeeded: false,
        },
      );
    await writeAudit(tx, {
      tenantId: run.tenantId,
      integrationId: run.integrationId,
      runId: run.id,
      action: `run.${state === 'failed' ? 'failed' : 'stopped'}`,
      details: { state, code: fault.code },
    });
  });
}
