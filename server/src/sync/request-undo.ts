/** Asks for a run to be undone, whole or in part. The undoing is a run of its own, planned row by row like any other. */
import { Fault } from '@rollcall/core';
import { writeAudit } from '../store/audit.js';
import { countApplied } from '../store/changes.js';
import type { Database, Tx } from '../store/database.js';
import { createRun, findRun, type Run } from '../store/runs.js';
import { takeTurn } from './make-way.js';

const undoable = new Set([
  'completed',
  'completed_with_holds',
  'completed_with_rejects',
  'failed',
  'cancelled',
  'partly_rolled_back',
]);

/** The run that does it; the caller rings for it. Throws Fault busy, not_found, invalid_input. */
export async function requestUndo(
  db: Database,
  wanted: { tenantId: string; runId: string; rows: readonly string[] | null; reason: string; actor: string },
): Promise<{ tenantId: string; runId: string }> {
  const { tenantId, rows, reason, actor } = wanted;
  if (reason.trim() === '') throw new Fault('invalid_input', 'Undoing a run needs a reason.');
  return db.withTenant(tenantId, async (tx) => {
    const { integrationId } = await findRun(tx, tenantId, wanted.runId);
    await takeTurn(tx, tenantId, integrationId);
    const target = await findRun(tx, tenantId, wanted.runId);
    await proveUndoable(tx, target, rows);
    const runId = await createRun(tx, {
      tenantId,
      integrationId,
      mode: 'undo',
      trigger: 'undo',
      undoesRunId: target.id,
      selection: rows,
      requestedBy: actor,
      requestReason: reason,
    });
    await writeAudit(tx, {
      tenantId,
      integrationId,
      runId,
      action: 'run.undo-requested',
      actor,
      details: { undoes: target.id, reason, rows: rows?.length ?? null },
    });
    return { tenantId, runId };
  });
}

async function proveUndoable(tx: Tx, target: Run, rows: readonly string[] | null): Promise<void> {
  const { tenantId, id: runId, mode, state } = target;
  if (mode === 'plan') throw new Fault('invalid_input', 'That run only planned; there is nothing to undo.');
  if (!undoable.has(state))
    throw new Fault('invalid_input', `A run that is ${state.replaceAll('_', ' ')} cannot be undone.`);
  const applied = await countApplied(tx, { tenantId, runId }, rows);
  if (rows === null && applied === 0) throw new Fault('invalid_input', 'That run changed nothing to be undone.');
  if (rows !== null && (rows.length === 0 || applied !== new Set(rows).size))
    throw new Fault('invalid_input', 'Some of the rows that were named are not among those that the run changed.');
}
