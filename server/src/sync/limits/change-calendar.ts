/** Keeps the calendar of seasons: entries that a person adds, and those that the roster's own sessions suggest. Audited. */
import { Fault, seasons, suggestSeasons, type Season, type SeasonDays } from '@rollcall/core';
import { writeAudit } from '../../store/audit.js';
import type { Database, Tx } from '../../store/database.js';
import { findIntegration } from '../../store/integrations.js';
import { activeSessions } from '../../store/schools.js';
import {
  findCalendarEntry,
  hideCalendarEntry,
  insertCalendarEntry,
  isTimeZone,
  listCalendar,
  type CalendarEntry,
} from '../../store/term-calendar.js';
import { findScope, reasonOf, type NamedScope } from './name-scope.js';

export interface WantedEntry extends NamedScope, SeasonDays {
  /** Null takes the one of the integration's settings, else UTC. */
  readonly timeZone: string | null;
}

interface Asked {
  readonly tenantId: string;
  readonly reason: string;
  readonly actor: string;
}

export const mostEntries = 500;
const longestDays = 366;

/** Throws Fault invalid_input or not_found. */
export async function addToCalendar(db: Database, wanted: Asked & { entry: WantedEntry }): Promise<CalendarEntry> {
  const { tenantId, entry, actor } = wanted;
  const reason = reasonOf(wanted.reason, 'An entry in the calendar');
  proveDays(entry);
  return db.withTenant(tenantId, async (tx) => {
    const id = await add(tx, tenantId, actor, reason, entry);
    return findCalendarEntry(tx, tenantId, id);
  });
}

/** What was removed. Throws Fault not_found or invalid_input. */
export async function removeFromCalendar(db: Database, wanted: Asked & { id: string }): Promise<CalendarEntry> {
  const { tenantId, id, actor } = wanted;
  const reason = reasonOf(wanted.reason, 'Removing an entry of the calendar');
  return db.withTenant(tenantId, async (tx) => {
    const entry = await findCalendarEntry(tx, tenantId, id);
    await hideCalendarEntry(tx, tenantId, id);
    await writeAudit(tx, { tenantId, action: 'calendar.entry-removed', actor, details: { entry: id, reason } });
    return entry;
  });
}

/** What the roster's sessions say and the calendar does not; nothing is changed. */
export async function suggestCalendar(db: Database, tenantId: string): Promise<SeasonDays[]> {
  return db.withTenant(tenantId, (tx) => missing(tx, tenantId));
}

/** Takes over what is suggested, for all schools. */
export async function fillCalendar(
  db: Database,
  wanted: Asked & { timeZone: string | null; integration: string | null },
): Promise<CalendarEntry[]> {
  const { tenantId, actor, timeZone, integration } = wanted;
  const reason = reasonOf(wanted.reason, 'Filling the calendar');
  return db.withTenant(tenantId, async (tx) => {
    const added: CalendarEntry[] = [];
    for (const days of await missing(tx, tenantId)) {
      const id = await add(tx, tenantId, actor, reason, { ...days, integration, school: null, timeZone });
      added.push(await findCalendarEntry(tx, tenantId, id));
    }
    return added;
  });
}

async function missing(tx: Tx, tenantId: string): Promise<SeasonDays[]> {
  const there = new Set((await listCalendar(tx, tenantId)).map(keyOf));
  return suggestSeasons(await activeSessions(tx, tenantId)).filter((days) => !there.has(keyOf(days)));
}

const keyOf = ({ kind, startsOn, endsOn }: SeasonDays): string => `${kind} ${startsOn} ${endsOn}`;

async function add(tx: Tx, tenantId: string, actor: string, reason: string, entry: WantedEntry): Promise<string> {
  const { integration, school, timeZone: zone, name, kind, startsOn, endsOn } = entry;
  const scope = await findScope(tx, tenantId, { integration, school });
  const timeZone = zone ?? (integration === null ? 'UTC' : await zoneOf(tx, tenantId, integration));
  if (!(await isTimeZone(tx, timeZone)))
    throw wrong(`There is no time zone ${timeZone}; name one like America/Chicago.`);
  if ((await listCalendar(tx, tenantId)).length >= mostEntries)
    throw wrong(`The calendar has ${mostEntries} entries already; remove some first.`);
  const terms = { ...scope, name: name.trim(), kind, startsOn, endsOn, timeZone };
  const id = await insertCalendarEntry(tx, { ...terms, tenantId, createdBy: actor });
  const details = { entry: id, ...terms, reason };
  await writeAudit(tx, { tenantId, action: 'calendar.entry-added', actor, details });
  return id;
}

async function zoneOf(tx: Tx, tenantId: string, integration: string): Promise<string> {
  const { settings } = await findIntegration(tx, tenantId, integration);
  return typeof settings['timeZone'] === 'string' ? settings['timeZone'] : 'UTC';
}

function proveDays({ name, kind, startsOn, endsOn }: SeasonDays): void {
  if (name.trim() === '' || name.length > 200)
    throw wrong('An entry of the calendar needs a name of at most 200 characters.');
  if (!seasons.includes(kind as Season)) throw wrong(`The kind must be one of ${seasons.join(', ')}.`);
  for (const day of [startsOn, endsOn]) if (!isDay(day)) throw wrong(`${day} is no day; write it like 2027-01-04.`);
  if (endsOn < startsOn) throw wrong('The last day must not lie before the first.');
  if ((Date.parse(endsOn) - Date.parse(startsOn)) / 86_400_000 > longestDays)
    throw wrong('A season lasts a year at most.');
}

function isDay(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

const wrong = (sentence: string) => new Fault('invalid_input', sentence);
