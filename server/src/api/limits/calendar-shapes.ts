/** How the calendar of seasons is asked for and shown. */
import { seasons } from '@rollcall/core';
import { z } from 'zod';
import type { CalendarEntry } from '../../store/term-calendar.js';
import { instant } from '../paging.js';
import { placeName, reason } from './limit-shapes.js';

const days = {
  name: z.string().trim().min(1).max(200),
  kind: z.enum(seasons),
  /** Calendar days, both included. */
  startsOn: z.iso.date(),
  endsOn: z.iso.date(),
};

export const calendarRequestSchema = z
  .strictObject({
    ...days,
    /** Name or id; null is all. */
    integration: placeName,
    /** Name or local id; null is all. */
    school: placeName,
    /** An IANA name. Null takes the one of the integration's settings, else UTC. */
    timeZone: z.string().min(1).max(60).nullable().default(null),
    reason,
  })
  .meta({ id: 'CalendarRequest' });
export type CalendarRequest = z.output<typeof calendarRequestSchema>;

export const calendarEntrySchema = z
  .object({
    id: z.uuid(),
    ...days,
    integrationId: z.uuid().nullable(),
    integration: z.string().nullable(),
    schoolId: z.uuid().nullable(),
    school: z.string().nullable(),
    timeZone: z.string(),
    createdBy: z.string(),
    createdAt: instant,
  })
  .meta({ id: 'CalendarEntry' });
export type ShownEntry = z.infer<typeof calendarEntrySchema>;

export const calendarSchema = z.object({ items: z.array(calendarEntrySchema) }).meta({ id: 'Calendar' });
export type ShownCalendar = z.infer<typeof calendarSchema>;

export const suggestionsSchema = z
  .object({ items: z.array(z.object(days).meta({ id: 'SuggestedSeason' })) })
  .meta({ id: 'SuggestedSeasons' });
export type Suggestions = z.infer<typeof suggestionsSchema>;

export const shownEntry = (entry: CalendarEntry): ShownEntry => ({
  ...entry,
  createdAt: entry.createdAt.toISOString(),
});
