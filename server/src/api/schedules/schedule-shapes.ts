/** How schedules are shown and asked for. */
import { z } from 'zod';
import type { Firing, Schedule } from '../../store/schedules.js';
import { instant } from '../paging.js';

const terms = {
  /** Five fields, in the time zone. Either this or `everySeconds`. */
  cron: z.string().min(1).max(100).nullable().default(null),
  everySeconds: z.int().min(60).nullable().default(null),
  /** An IANA name. */
  timeZone: z.string().min(1).max(60).default('UTC'),
  /** Runs start up to so much later, so that not all of them start at once. */
  jitterSeconds: z.int().min(0).max(86_400).default(0),
  /** When nothing starts: `mon-fri 08:00-15:00`, `sat,sun`, `2026-12-20..2027-01-06`. */
  blackouts: z.array(z.string().max(60)).max(20).default([]),
  /** Null for the integration's own. */
  strategy: z.enum(['full', 'incremental']).nullable().default(null),
  enabled: z.boolean().default(true),
};

export const scheduleRequestSchema = z
  .strictObject({
    /** Name or id. */
    integration: z.string().min(1).max(200),
    ...terms,
  })
  .meta({ id: 'ScheduleRequest' });
export type ScheduleRequest = z.output<typeof scheduleRequestSchema>;

export const scheduleTermsSchema = z.strictObject(terms).meta({ id: 'ScheduleTerms' });

export const scheduleQuerySchema = z.strictObject({ integration: z.string().min(1).max(200).optional() });
export type ScheduleQuery = z.output<typeof scheduleQuerySchema>;

const firingSchema = z
  .object({
    dueAt: instant,
    firedAt: instant,
    /** `joined`: a run was under way. `skipped`: a blackout, or the integration was paused. */
    outcome: z.enum(['requested', 'joined', 'skipped']),
    reason: z.string().nullable(),
    runId: z.uuid().nullable(),
  })
  .meta({ id: 'ScheduleFiring' });

export const scheduleSchema = z
  .object({
    id: z.uuid(),
    integration: z.string(),
    cron: z.string().nullable(),
    everySeconds: z.int().nullable(),
    timeZone: z.string(),
    jitterSeconds: z.int(),
    blackouts: z.array(z.string()).readonly(),
    strategy: z.enum(['full', 'incremental']).nullable(),
    enabled: z.boolean(),
    /** The next time that its terms name, without jitter. */
    dueAt: instant,
    createdAt: instant,
    createdBy: z.string(),
    last: firingSchema.nullable(),
  })
  .meta({ id: 'Schedule' });
export type ShownSchedule = z.infer<typeof scheduleSchema>;

export const scheduleListSchema = z.object({ items: z.array(scheduleSchema) }).meta({ id: 'ScheduleList' });
export type ScheduleList = z.infer<typeof scheduleListSchema>;

export const shownSchedule = (schedule: Schedule): ShownSchedule => {
  const { tenantId: _, integrationId: __, fireAt: ___, dueAt, createdAt, last, ...rest } = schedule;
  return { ...rest, dueAt: dueAt.toISOString(), createdAt: createdAt.toISOString(), last: last && shownFiring(last) };
};

const shownFiring = ({ dueAt, firedAt, ...firing }: Firing): z.infer<typeof firingSchema> => ({
  ...firing,
  dueAt: dueAt.toISOString(),
  firedAt: firedAt.toISOString(),
});
