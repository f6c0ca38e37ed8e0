/** Asks for a run to be undone, whole or in part. The undoing is a run of its own, planned row by row like any other. */
import { Fault } from '@rollcall/core';
import { writeAudit } from '../store/audit.js';
import type { Database } from '../store/database.js';
import { activeRun, createRun, findRun } from '../store/runs.js';

const undoable = new Set([
  'completed',
  'completed_with_holds',
  'completed_with_rejects',
  'failed',
  'cancelled',
  'partly_rolled_back',
]);

export async function requestUndo(
  db: Database,
  wanted: { tenantId: string; runId: string; rows: readonly string[] | null; reason: string; actor: string },
): Promise<{ tenantId: string; runId: string }> {
  const { tenantId, rows, reason, actor } = wanted;
  if (reason.trim() === '') throw new Fault('invalid_input', 'Undoing a run needs a reason.');
  return db.withTenant(tenantId, async (tx) => {
    const target = await findRun(tx, tenantId, wanted.runId);
    if (target.mode === 'plan') throw new Fault('invalid_input', 'That run only planned; there is nothing to undo.');
    if (!undoable.has(target.state))
      throw new Fault('invalid_input', `A run that is ${target.state} cannot be undone.`);
    if ((await activeRun(tx, tenantId, target.integrationId)) !== null)
      throw new Fault('busy', 'A run of this integration is under way.');
    const runId = await createRun(tx, {
      tenantId,
      integrationId: target.integrationId,
      mode: 'undo',
      trigger: 'undo',
      undoesRunId: target.id,
      selection: rows,
      requestedBy: actor,
      requestReason: reason,
    });
    await writeAudit(tx, {
      tenantId,
      integrationId: target.integrationId,
      runId,
      action: 'run.undo-requested',
      actor,
      details: { undoes: target.id, reason, rows: rows?.length ?? null },
    });
    return { tenantId, runId };
  });
}
