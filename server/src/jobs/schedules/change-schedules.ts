/** Adds, changes and removes schedules. Terms that cannot be kept are refused in one sentence, and nothing is changed. */
import { randomUUID } from 'node:crypto';
import { Fault } from '@rollcall/core';
import { writeAudit } from '../../store/audit.js';
import type { Database } from '../../store/database.js';
import { findIntegration } from '../../store/integrations.js';
import {
  findSchedule,
  hideSchedule,
  insertSchedule,
  updateSchedule,
  type Schedule,
  type ScheduleTerms,
  type Times,
} from '../../store/schedules.js';
import { parseBlackout } from './blackouts.js';
import { nextTimes } from './due-times.js';

interface Asked {
  readonly tenantId: string;
  readonly actor: string;
}

/** Throws Fault invalid_input, or not_found for the integration, which is named by name or id. */
export async function addSchedule(
  db: Database,
  wanted: Asked & { integration: string; terms: ScheduleTerms },
  now: Date,
): Promise<Schedule> {
  const { tenantId, actor, terms } = wanted;
  const id = randomUUID();
  const times = timesOf(id, terms, now);
  return db.withTenant(tenantId, async (tx) => {
    const { id: integrationId } = await findIntegration(tx, tenantId, wanted.integration);
    await insertSchedule(tx, { ...terms, ...times, tenantId, id, integrationId, createdBy: actor });
    const details = { schedule: id, ...terms };
    await writeAudit(tx, { tenantId, integrationId, action: 'schedule.added', actor, details });
    return findSchedule(tx, { tenantId, id });
  });
}

/** Throws Fault invalid_input or not_found. */
export async function changeSchedule(
  db: Database,
  wanted: Asked & { id: string; terms: ScheduleTerms },
  now: Date,
): Promise<Schedule> {
  const { tenantId, actor, id, terms } = wanted;
  const times = timesOf(id, terms, now);
  return db.withTenant(tenantId, async (tx) => {
    const { integrationId } = await findSchedule(tx, { tenantId, id });
    await updateSchedule(tx, { ...terms, ...times, tenantId, id });
    const details = { schedule: id, ...terms };
    await writeAudit(tx, { tenantId, integrationId, action: 'schedule.changed', actor, details });
    return findSchedule(tx, { tenantId, id });
  });
}

/** What was removed. Throws Fault not_found. */
export async function removeSchedule(db: Database, wanted: Asked & { id: string }): Promise<Schedule> {
  const { tenantId, actor, id } = wanted;
  return db.withTenant(tenantId, async (tx) => {
    const removed = await findSchedule(tx, { tenantId, id });
    await hideSchedule(tx, { tenantId, id });
    const { integrationId } = removed;
    await writeAudit(tx, { tenantId, integrationId, action: 'schedule.removed', actor, details: { schedule: id } });
    return removed;
  });
}

const leastSeconds = 60;
const mostSeconds = 366 * 24 * 3600;
const mostJitterSeconds = 24 * 3600;

function timesOf(id: string, terms: ScheduleTerms, now: Date): Times {
  const { cron, everySeconds, timeZone, jitterSeconds, blackouts } = terms;
  if ((cron === null) === (everySeconds === null))
    throw wrong('A schedule has either a cron expression or an interval, not both and not neither.');
  if (!isTimeZone(timeZone)) throw wrong(`There is no time zone ${timeZone}; name one like America/Chicago.`);
  if (everySeconds !== null && !isWhole(everySeconds, leastSeconds, mostSeconds))
    throw wrong('The interval must be whole seconds, from one minute to one year.');
  if (!isWhole(jitterSeconds, 0, mostJitterSeconds)) throw wrong('The jitter must be whole seconds, one day at most.');
  const odd = blackouts.find((text) => parseBlackout(text) === null);
  if (odd !== undefined)
    throw wrong(`"${odd}" is no blackout; write "mon-fri 08:00-15:00", "sat,sun" or "2026-12-20..2027-01-06".`);
  if (cron !== null && cron.trim().split(/\s+/).length !== 5)
    throw wrong('A cron expression has five fields: minute, hour, day of the month, month, day of the week.');
  try {
    return nextTimes(id, terms, now);
  } catch {
    throw wrong(`The cron expression "${cron}" is wrong, or names a time that never comes.`);
  }
}

const isWhole = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const wrong = (sentence: string) => new Fault('invalid_input', sentence);
