/** What becomes of a run that cannot go on: it waits and goes on by itself, asks for a person, or has failed. Never 'running'. */
import {
  finalRunStates,
  patienceAllowed,
  pauseMs,
  treatments,
  type Fault,
  type RunState,
  type Trouble,
} from '@rollcall/core';
import { writeAudit } from '../store/audit.js';
import type { Database, Tx } from '../store/database.js';
import { runLetter } from '../store/raise-letters.js';
import { setIntegrationStatus } from '../store/integrations.js';
import { proveFence, type Lease } from '../store/leases.js';
import { releaseEntities } from '../store/run-entities.js';
import { countStop, findRun, moveRun, type Run } from '../store/runs.js';

/** Why a run stops; both texts are for people. */
export interface Stop {
  readonly trouble: Trouble;
  readonly reason: string;
  readonly nextStep: string;
  readonly askedMs?: number | null;
}

export async function stopRun(db: Database, lease: Lease, run: Run, fault: Fault): Promise<void> {
  const { code: trouble, publicText: reason, nextStep, retryAfterMs: askedMs } = fault;
  await db.withTenant(run.tenantId, async (tx) => {
    await proveFence(tx, lease);
    await stopFor(tx, run, { trouble, reason, nextStep, askedMs });
  });
}

const ofDatabase: Readonly<Partial<Record<Trouble, Pick<Stop, 'reason' | 'nextStep'>>>> = {
  database_full: {
    reason: 'storage: the database has no room, or takes no writes.',
    nextStep: 'Give the database room or let it write; the run goes on by itself.',
  },
  database_raced: {
    reason: 'The database was too busy with other work.',
    nextStep: 'Nothing to do: the run goes on by itself.',
  },
};

/** The same for trouble of the database that can still be written down. Call it under the lease of the attempt. */
export async function stopForDatabase(db: Database, lease: Lease, trouble: Trouble): Promise<RunState> {
  const words = ofDatabase[trouble];
  if (!words) throw new RangeError(`no run stops for ${trouble}`);
  return db.withTenant(lease.tenantId, async (tx) => {
    await proveFence(tx, lease);
    const run = await findRun(tx, lease.tenantId, lease.runId);
    if (finalRunStates.includes(run.state)) return run.state;
    return stopFor(tx, run, { trouble, ...words });
  });
}

async function stopFor(tx: Tx, run: Run, stop: Stop): Promise<RunState> {
  const { tenantId, id: runId, integrationId } = run;
  const key = { tenantId, runId };
  const treatment = treatments[stop.trouble];
  if (treatment.state === null) throw new RangeError(`no run stops for ${stop.trouble}`);
  const counted = await countStop(tx, key, treatment);
  const impatient = treatment.patience && counted.patienceSpent >= patienceAllowed;
  const state = impatient ? 'needs_attention' : treatment.state;
  const { reason, nextStep } = stop;
  const wait = state === 'paused' ? { resumeInMs: pauseMs(stop.trouble, counted.stops, stop.askedMs) } : {};
  await moveRun(tx, key, state, { reason, nextStep, ...wait });
  if (state === 'failed') {
    await releaseEntities(tx, key);
    await runLetter(tx, run, { class: treatment.class, code: stop.trouble, reason });
  }
  // A person has to bring the new secret, though the run asks by itself whether it is there.
  const calm = state === 'paused' && treatment.class !== 'auth';
  if (stop.trouble !== 'busy')
    await setIntegrationStatus(
      tx,
      { tenantId, id: integrationId },
      { state: calm ? 'active' : 'needs_attention', reason, nextStep, runId, succeeded: false },
    );
  await writeAudit(tx, {
    ...{ tenantId, integrationId, runId },
    action: `run.${state === 'failed' ? 'failed' : 'stopped'}`,
    details: { state, code: stop.trouble, class: treatment.class },
  });
  return state;
}
