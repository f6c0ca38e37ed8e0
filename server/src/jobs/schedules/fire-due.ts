/**
 * Asks for the runs of schedules that are due, each due time once, however many schedulers there are: the run, the note of what
 * the due time led to, and the next due time are one transaction. What was missed while no scheduler ran leads to one run.
 */
import { Fault, treatments, type ErrorClass, type Trouble } from '@rollcall/core';
import type { Log } from '@rollcall/connectors';
import type { Database, Tx } from '../../store/database.js';
import { dueSchedules, settleDue, takeDue, type Firing, type Schedule } from '../../store/schedules.js';
import { scheduleLetter } from '../../store/raise-letters.js';
import { troubleOf } from '../../store/trouble.js';
import { requestRunWithin } from '../../sync/request-run.js';
import { isDatabaseAway } from '../database-away.js';
import { blackoutAt } from './blackouts.js';
import { nextTimes } from './due-times.js';

type RunKey = { tenantId: string; runId: string };

/** The runs that were asked for, which the caller rings for. Throws when the database is away. */
export async function fireDue({ db, log }: { db: Database; log: Log }, now: Date): Promise<RunKey[]> {
  const asked: RunKey[] = [];
  for (const { tenantId, id } of await dueSchedules(db, now)) {
    try {
      const runId = await db.withTenant(tenantId, (tx) => fire(tx, { tenantId, id }, now));
      if (runId !== null) asked.push({ tenantId, runId });
    } catch (error) {
      if (isDatabaseAway(error)) throw error;
      // One schedule that cannot be kept must not stop the others.
      log.error('schedule.failed', { id, tenant: tenantId, errorName: (error as Error).name });
      await db
        .withTenant(tenantId, (tx) => scheduleLetter(tx, { tenantId, id }, unkept(error)))
        .catch((lost: Error) => log.error('schedule.letter-lost', { id, tenant: tenantId, errorName: lost.name }));
    }
  }
  return asked;
}

function unkept(error: unknown): { code: Trouble; class: ErrorClass; reason: string } {
  const code = troubleOf(error);
  const reason = error instanceof Fault ? error.publicText : 'The due time could not be worked out.';
  return { code, class: treatments[code].class, reason };
}

/** Null when there is nothing to ring for. */
async function fire(tx: Tx, key: { tenantId: string; id: string }, now: Date): Promise<string | null> {
  const schedule = await takeDue(tx, key, now);
  if (schedule === null) return null;
  const firing = await outcomeOf(tx, schedule, now);
  const next = nextTimes(schedule.id, schedule, later(now, schedule.dueAt), schedule.dueAt);
  await settleDue(tx, schedule, { ...firing, firedAt: now }, next);
  return firing.outcome === 'requested' ? firing.runId : null;
}

type Outcome = Pick<Firing, 'outcome' | 'reason' | 'runId'>;

async function outcomeOf(tx: Tx, schedule: Schedule, now: Date): Promise<Outcome> {
  const { tenantId, integrationId, strategy, blackouts, timeZone } = schedule;
  const blackout = blackoutAt(blackouts, timeZone, now);
  if (blackout !== null) return { outcome: 'skipped', reason: `blackout: ${blackout}`, runId: null };
  try {
    const run = await requestRunWithin(tx, {
      tenantId,
      integration: integrationId,
      mode: strategy ?? undefined,
      trigger: 'schedule',
      actor: `schedule:${schedule.id}`,
    });
    return { outcome: run.created ? 'requested' : 'joined', reason: null, runId: run.runId };
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'integration_paused') throw error;
    return { outcome: 'skipped', reason: error.publicText, runId: null };
  }
}

const later = (a: Date, b: Date): Date => (a > b ? a : b);
