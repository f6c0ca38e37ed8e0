/**
 * Cancels a run at any moment: whoever works on it writes nothing more, its claims are let go, and what it has applied stays and
 * can be undone. Its stage is dropped by the next worker that tidies up, because only workers own stages.
 */
import { Fault, finalRunStates } from '@rollcall/core';
import { writeAudit } from '../store/audit.js';
import type { Database } from '../store/database.js';
import { raiseFence } from '../store/leases.js';
import { releaseEntities } from '../store/run-entities.js';
import { findRun, moveRun, saveReport, type Run } from '../store/runs.js';
import { buildReport } from './report.js';

/** The cancelled run. Throws Fault not_found, or wrong_state when the run is over. */
export async function cancelRun(
  db: Database,
  wanted: { tenantId: string; runId: string; actor: string; reason: string | null },
): Promise<Run> {
  const { tenantId, runId, actor, reason } = wanted;
  const key = { tenantId, runId };
  return db.withTenant(tenantId, async (tx) => {
    await findRun(tx, tenantId, runId);
    // Waits for the write that is under way, which may be the run's last.
    await raiseFence(tx, key);
    const { state, integrationId } = await findRun(tx, tenantId, runId);
    if (finalRunStates.includes(state))
      throw new Fault('wrong_state', `The run is over (${state.replaceAll('_', ' ')}) and cannot be cancelled.`);
    await moveRun(tx, key, 'cancelled', {
      reason: reason === null ? 'cancelled' : `cancelled: ${reason}`,
      nextStep: 'What it had applied stays and can be undone; a new run starts afresh.',
    });
    await releaseEntities(tx, key);
    const cancelled = await findRun(tx, tenantId, runId);
    await saveReport(tx, key, await buildReport(tx, cancelled));
    const details = { from: state, ...(reason === null ? {} : { reason }) };
    await writeAudit(tx, { tenantId, integrationId, runId, action: 'run.cancelled', actor, details });
    return findRun(tx, tenantId, runId);
  });
}
