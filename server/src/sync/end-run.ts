/** The end of a run: its report is kept, its claims are let go, its stage is dropped unless a hold still needs it. */
import { Fault, finalRunStates, tooManyRejected, type RunState } from '@rollcall/core';
import { writeAudit } from '../store/audit.js';
import type { Tx } from '../store/database.js';
import { passRunLetters } from '../store/raise-letters.js';
import { findHold, listHolds } from '../store/holds.js';
import { confirmIntegration, setIntegrationStatus } from '../store/integrations.js';
import { phasesOf, releaseEntities, type Phase } from '../store/run-entities.js';
import { findRun, moveRun, savePeakMemory, saveReport } from '../store/runs.js';
import { closeStage } from '../store/stage.js';
import { staleStages } from '../store/stage-leftovers.js';
import { shrinkHold } from './decide-hold.js';
import { buildReport } from './report.js';
import { write, type RunContext } from './run-context.js';

export async function endRun(context: RunContext): Promise<void> {
  const { tenantId, id: runId, integrationId, mode } = context.run;
  const key = { tenantId, runId };
  await write(context, async (tx) => {
    const { state } = await findRun(tx, tenantId, runId);
    if (finalRunStates.includes(state)) return;
    await savePeakMemory(tx, key, peakRssMb());
    await allDone(tx, context);
    const before = await buildReport(tx, await findRun(tx, tenantId, runId));
    const { reason, nextStep } = context.sourceRunId ? allWell : remarkOn(await phasesOf(tx, key));
    if (mode === 'full' || mode === 'incremental') await passRunLetters(tx, { tenantId, integrationId });
    await moveRun(tx, key, mode === 'plan' ? 'completed' : endState(before), { reason, nextStep });
    await releaseEntities(tx, key);
    const ended = await findRun(tx, tenantId, runId);
    await saveReport(tx, key, await buildReport(tx, ended));
    if (mode === 'apply') await settleHold(tx, context);
    if (mode === 'undo') await settleUndone(tx, context);
    if (mode === 'full' || mode === 'incremental')
      await setIntegrationStatus(
        tx,
        { tenantId, id: integrationId },
        {
          state: reason === null ? 'active' : 'needs_attention',
          reason,
          nextStep,
          runId,
          succeeded: true,
        },
      );
    if (mode === 'records') await confirmIntegration(tx, { tenantId, id: integrationId }, runId);
    await writeAudit(tx, {
      tenantId,
      integrationId,
      runId,
      action: 'run.finished',
      details: { state: ended.state, mode },
    });
    await dropStages(tx, context);
  });
}

interface Remark {
  readonly reason: string | null;
  readonly nextStep: string | null;
}

const allWell: Remark = { reason: null, nextStep: null };

/** What of the reading a person should know. */
function remarkOn(phases: readonly Phase[]): Remark {
  const incomplete = phases.filter((phase) => phase.incompleteReason !== null);
  if (incomplete.length > 0)
    return {
      reason: incomplete.map(doubtText).join('; '),
      nextStep: 'Nothing was removed there. Check the source, then sync again.',
    };
  const notFound = phases.reduce((sum, phase) => sum + (phase.counts.notFound ?? 0), 0);
  if (notFound === 0) return allWell;
  return {
    reason: `not found at the source by id: ${notFound} of the marked records`,
    nextStep: 'They stay as they are; the next full read says whether they are gone.',
  };
}

function doubtText({ entity, counts }: Phase): string {
  const doubt = tooManyRejected(counts.rejected ?? 0, counts.distinct ?? 0);
  return doubt === null ? `not read completely: ${entity}` : `too many rejects: ${entity} (${doubt})`;
}

/** No run ends well with a phase left behind, whatever the reason. */
async function allDone(tx: Tx, context: RunContext): Promise<void> {
  const wanted = context.run.mode === 'plan' ? 'planned' : 'verified';
  const phases = await phasesOf(tx, { tenantId: context.run.tenantId, runId: context.run.id });
  const behind = phases.filter((phase) => phase.state !== wanted).map((phase) => phase.entity);
  if (behind.length > 0) throw new Fault('run_does_not_add_up', `The run left ${behind.join(', ')} behind.`);
}

function endState(report: { holds: readonly unknown[]; rejects: readonly unknown[] }): RunState {
  if (report.holds.length > 0) return 'completed_with_holds';
  return report.rejects.length > 0 ? 'completed_with_rejects' : 'completed';
}

/** Closes the hold that this run released, or leaves what was not approved of it. */
async function settleHold(tx: Tx, context: RunContext): Promise<void> {
  const { tenantId, holdId } = context.run;
  await shrinkHold(tx, tenantId, await findHold(tx, tenantId, holdId!), 'approved');
}

/** Says on the run that was undone how much of it was. */
async function settleUndone(tx: Tx, context: RunContext): Promise<void> {
  const { tenantId, id: runId, undoesRunId } = context.run;
  const { rows } = await tx.query<{ whole: boolean }>(
    `SELECT NOT EXISTS (SELECT FROM sync_changes WHERE tenant_id = $1 AND run_id = $2 AND state IS NOT NULL)
       AND (SELECT selection IS NULL FROM runs WHERE tenant_id = $1 AND id = $2) AS whole`,
    [tenantId, runId],
  );
  await moveRun(tx, { tenantId, runId: undoesRunId! }, rows[0]!.whole ? 'rolled_back' : 'partly_rolled_back');
}

/** Stages of runs that are over and that no open hold refers to. */
async function dropStages(tx: Tx, context: RunContext): Promise<void> {
  const { tenantId, integrationId } = context.run;
  const open = await listHolds(tx, tenantId, { integrationId, state: 'open' });
  const needed = new Set(open.map((hold) => hold.lastRunId));
  for (const runId of await staleStages(tx, tenantId, integrationId))
    if (!needed.has(runId)) await closeStage(tx, runId);
}

/** The most memory that this process has had resident, in MiB. */
export function peakRssMb(): number {
  return Math.ceil(process.resourceUsage().maxRSS / 1024);
}
