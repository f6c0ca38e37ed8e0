/**
 * When a schedule is due next, by its cron expression in its time zone or by its interval. Pure: the same answer for the same
 * question, whichever worker asks. A cron time that the clock skips in spring is moved behind the gap; one that comes twice in
 * autumn counts once.
 */
import { createHash } from 'node:crypto';
import { CronExpressionParser } from 'cron-parser';
import type { ScheduleTerms, Times } from '../../store/schedules.js';

type Cadence = Pick<ScheduleTerms, 'cron' | 'everySeconds' | 'timeZone' | 'jitterSeconds'>;

/**
 * The first due time after `after`. An interval counts on from `last`, its latest due time, so that it does not drift; what was
 * missed in between is not made up for. Throws for an expression that never comes.
 */
export function nextTimes(id: string, cadence: Cadence, after: Date, last: Date = after): Times {
  const dueAt = cadence.everySeconds === null ? nextCron(cadence, after) : nextStep(cadence.everySeconds, after, last);
  return { dueAt, fireAt: new Date(dueAt.getTime() + jitterMs(id, dueAt, cadence.jitterSeconds)) };
}

const nextCron = ({ cron, timeZone }: Cadence, after: Date): Date =>
  CronExpressionParser.parse(cron!, { currentDate: after, tz: timeZone }).next().toDate();

function nextStep(everySeconds: number, after: Date, last: Date): Date {
  const everyMs = everySeconds * 1000;
  const steps = Math.floor(Math.max(0, after.getTime() - last.getTime()) / everyMs) + 1;
  return new Date(last.getTime() + steps * everyMs);
}

/** Spreads schedules of one time over their jitter, always in the same way, so that two schedulers agree. */
function jitterMs(id: string, dueAt: Date, jitterSeconds: number): number {
  const hash = createHash('sha256').update(`${id} ${dueAt.toISOString()}`).digest();
  return hash.readUInt32BE(0) % (jitterSeconds * 1000 + 1);
}
