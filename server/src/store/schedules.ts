/** Schedules of integrations, and what each of them did at each of its due times. Removed ones stay for their trail, unseen. */
import { Fault } from '@rollcall/core';
import type { Database, Tx } from './database.js';

export type Strategy = 'full' | 'incremental';

/** What a person decides about a schedule. Exactly one of `cron` and `everySeconds` is set. */
export interface ScheduleTerms {
  readonly cron: string | null;
  readonly everySeconds: number | null;
  /** An IANA name, for cron and blackouts. */
  readonly timeZone: string;
  readonly jitterSeconds: number;
  readonly blackouts: readonly string[];
  /** Null for the integration's own. */
  readonly strategy: Strategy | null;
  readonly enabled: boolean;
}

export interface Schedule extends ScheduleTerms {
  readonly id: string;
  readonly tenantId: string;
  readonly integrationId: string;
  readonly integration: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  /** The next time that its terms name, and the same with its jitter. */
  readonly dueAt: Date;
  readonly fireAt: Date;
  readonly last: Firing | null;
}

export interface Firing {
  readonly dueAt: Date;
  readonly firedAt: Date;
  readonly outcome: 'requested' | 'joined' | 'skipped';
  readonly reason: string | null;
  readonly runId: string | null;
}

interface Key {
  readonly tenantId: string;
  readonly id: string;
}

export type Times = Pick<Schedule, 'dueAt' | 'fireAt'>;

const select = `SELECT s.id, s.tenant_id AS "tenantId", s.integration_id AS "integrationId", i.name AS integration, s.cron,
    s.every_seconds AS "everySeconds", s.time_zone AS "timeZone", s.jitter_seconds AS "jitterSeconds", s.blackouts, s.strategy,
    s.enabled, s.created_by AS "createdBy", s.created_at AS "createdAt", s.due_at AS "dueAt", s.fire_at AS "fireAt"
  FROM integration_schedules s JOIN integrations i ON i.tenant_id = s.tenant_id AND i.id = s.integration_id
  WHERE s.tenant_id = $1 AND s.removed_at IS NULL`;

export async function insertSchedule(
  tx: Tx,
  schedule: ScheduleTerms & Times & Key & { integrationId: string; createdBy: string },
): Promise<void> {
  const s = schedule;
  await tx.query(
    `INSERT INTO integration_schedules (tenant_id, id, integration_id, cron, every_seconds, time_zone, jitter_seconds, blackouts,
       strategy, enabled, due_at, fire_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      ...[s.tenantId, s.id, s.integrationId, s.cron, s.everySeconds, s.timeZone, s.jitterSeconds, s.blackouts],
      ...[s.strategy, s.enabled, s.dueAt, s.fireAt, s.createdBy],
    ],
  );
}

export async function updateSchedule(tx: Tx, schedule: ScheduleTerms & Times & Key): Promise<void> {
  const s = schedule;
  await tx.query(
    `UPDATE integration_schedules SET cron = $3, every_seconds = $4, time_zone = $5, jitter_seconds = $6, blackouts = $7,
       strategy = $8, enabled = $9, due_at = $10, fire_at = $11 WHERE tenant_id = $1 AND id = $2`,
    [
      ...[s.tenantId, s.id, s.cron, s.everySeconds, s.timeZone, s.jitterSeconds, s.blackouts],
      ...[s.strategy, s.enabled, s.dueAt, s.fireAt],
    ],
  );
}

export async function hideSchedule(tx: Tx, { tenantId, id }: Key): Promise<void> {
  await tx.query('UPDATE integration_schedules SET removed_at = now() WHERE tenant_id = $1 AND id = $2', [
    tenantId,
    id,
  ]);
}

export async function listSchedules(tx: Tx, tenantId: string, integrationId?: string): Promise<Schedule[]> {
  const { rows } = await tx.query<Omit<Schedule, 'last'>>(
    `${select} AND ($2::uuid IS NULL OR s.integration_id = $2) ORDER BY i.name, s.id`,
    [tenantId, integrationId ?? null],
  );
  return withLast(tx, tenantId, rows);
}

/** Throws Fault not_found. */
export async function findSchedule(tx: Tx, { tenantId, id }: Key): Promise<Schedule> {
  const { rows } = await tx.query<Omit<Schedule, 'last'>>(`${select} AND s.id = $2`, [tenantId, id]);
  if (!rows[0]) throw new Fault('not_found', 'There is no such schedule.');
  return (await withLast(tx, tenantId, rows))[0]!;
}

/** Those of all tenants that should have fired by `now`. */
export async function dueSchedules(db: Database, now: Date): Promise<Key[]> {
  return db.asSweeper(async (tx) => {
    const { rows } = await tx.query<Key>(
      `SELECT tenant_id AS "tenantId", id FROM integration_schedules
       WHERE enabled AND removed_at IS NULL AND fire_at <= $1 ORDER BY fire_at LIMIT 1000`,
      [now],
    );
    return rows;
  });
}

/** The schedule, kept from other schedulers until the transaction ends; null when one of them has it or it is not due. */
export async function takeDue(tx: Tx, { tenantId, id }: Key, now: Date): Promise<Schedule | null> {
  const { rows } = await tx.query<Omit<Schedule, 'last'>>(
    `${select} AND s.id = $2 AND s.enabled AND s.fire_at <= $3 FOR UPDATE OF s SKIP LOCKED`,
    [tenantId, id, now],
  );
  return rows[0] ? { ...rows[0], last: null } : null;
}

/** Says what became of a due time and sets the next one. A due time that has been dealt with already violates the table's key. */
export async function settleDue(
  tx: Tx,
  schedule: Key & { dueAt: Date },
  firing: Omit<Firing, 'dueAt'>,
  next: Times,
): Promise<void> {
  const { tenantId, id, dueAt } = schedule;
  await tx.query(
    `INSERT INTO schedule_firings (tenant_id, schedule_id, due_at, outcome, reason, run_id, fired_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [tenantId, id, dueAt, firing.outcome, firing.reason, firing.runId, firing.firedAt],
  );
  await tx.query('UPDATE integration_schedules SET due_at = $3, fire_at = $4 WHERE tenant_id = $1 AND id = $2', [
    ...[tenantId, id, next.dueAt, next.fireAt],
  ]);
}

async function withLast(tx: Tx, tenantId: string, schedules: readonly Omit<Schedule, 'last'>[]): Promise<Schedule[]> {
  const { rows } = await tx.query<Firing & { scheduleId: string }>(
    `SELECT DISTINCT ON (schedule_id) schedule_id AS "scheduleId", due_at AS "dueAt", fired_at AS "firedAt", outcome, reason,
       run_id AS "runId" FROM schedule_firings WHERE tenant_id = $1 AND schedule_id = ANY ($2) ORDER BY schedule_id, due_at DESC`,
    [tenantId, schedules.map((schedule) => schedule.id)],
  );
  return schedules.map((schedule) => {
    const found = rows.find((row) => row.scheduleId === schedule.id);
    if (!found) return { ...schedule, last: null };
    const { scheduleId: _, ...last } = found;
    return { ...schedule, last };
  });
}
