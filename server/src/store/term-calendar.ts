/** The calendar of seasons: days in which other limits may hold, for all schools or one, as a person has entered them. */
import { Fault, type Season, type SeasonDays } from '@rollcall/core';
import type { Tx } from './database.js';

export interface CalendarTerms extends SeasonDays {
  readonly integrationId: string | null;
  readonly schoolId: string | null;
  /** An IANA name: in which days begin and end. */
  readonly timeZone: string;
}

export interface CalendarEntry extends CalendarTerms {
  readonly id: string;
  readonly integration: string | null;
  readonly school: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
}

const select = `SELECT t.id, t.integration_id AS "integrationId", t.school_id AS "schoolId", t.name, t.kind, t.starts_on AS "startsOn",
    t.ends_on AS "endsOn", t.time_zone AS "timeZone", i.name AS integration, o.name AS school, t.created_by AS "createdBy",
    t.created_at AS "createdAt"
  FROM term_calendar t LEFT JOIN integrations i ON i.tenant_id = t.tenant_id AND i.id = t.integration_id
  LEFT JOIN orgs o ON o.tenant_id = t.tenant_id AND o.id = t.school_id
  WHERE t.tenant_id = $1 AND t.removed_at IS NULL`;

/** In the order of their days. */
export async function listCalendar(tx: Tx, tenantId: string): Promise<CalendarEntry[]> {
  const { rows } = await tx.query<CalendarEntry>(`${select} ORDER BY t.starts_on, t.name, t.id LIMIT 1000`, [tenantId]);
  return rows;
}

/** Throws Fault not_found. */
export async function findCalendarEntry(tx: Tx, tenantId: string, id: string): Promise<CalendarEntry> {
  const { rows } = await tx.query<CalendarEntry>(`${select} AND t.id = $2`, [tenantId, id]);
  if (!rows[0]) throw new Fault('not_found', 'There is no such entry in the calendar.');
  return rows[0];
}

export async function insertCalendarEntry(
  tx: Tx,
  entry: CalendarTerms & { tenantId: string; createdBy: string },
): Promise<string> {
  const e = entry;
  const { rows } = await tx.query<{ id: string }>(
    `INSERT INTO term_calendar (tenant_id, integration_id, school_id, name, kind, starts_on, ends_on, time_zone, created_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
    [e.tenantId, e.integrationId, e.schoolId, e.name, e.kind, e.startsOn, e.endsOn, e.timeZone, e.createdBy],
  );
  return rows[0]!.id;
}

/** Whether the database knows the zone: it is the one that computes with it. */
export async function isTimeZone(tx: Tx, name: string): Promise<boolean> {
  const { rowCount } = await tx.query('SELECT FROM pg_timezone_names WHERE name = $1', [name]);
  return rowCount! > 0;
}

export async function hideCalendarEntry(tx: Tx, tenantId: string, id: string): Promise<void> {
  await tx.query('UPDATE term_calendar SET removed_at = now() WHERE tenant_id = $1 AND id = $2', [tenantId, id]);
}

/** A season in which a run started, for one school or, with null, for all. */
export interface RunSeason {
  readonly schoolId: string | null;
  readonly kind: Season;
}

/** The seasons in which a run started, by the database's clock and each entry's time zone. */
export async function seasonsOfRun(tx: Tx, run: { tenantId: string; runId: string }): Promise<RunSeason[]> {
  const { rows } = await tx.query<RunSeason>(
    `SELECT DISTINCT t.school_id AS "schoolId", t.kind FROM term_calendar t JOIN runs r ON r.tenant_id = t.tenant_id AND r.id = $2
     WHERE t.tenant_id = $1 AND t.created_at <= coalesce(r.started_at, now())
       AND (t.removed_at IS NULL OR t.removed_at > coalesce(r.started_at, now()))
       AND (t.integration_id IS NULL OR t.integration_id = r.integration_id)
       AND (coalesce(r.started_at, now()) AT TIME ZONE t.time_zone)::date BETWEEN t.starts_on AND t.ends_on`,
    [run.tenantId, run.runId],
  );
  return rows;
}
