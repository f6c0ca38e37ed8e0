/**
 * Dirty records: keys of records that something said have changed, each once however often it was said. A run takes them up, and
 * only those that were not marked again since are done with when it has settled them.
 */
import type { EntityName } from '@rollcall/core';
import type { Tx } from './database.js';

export interface RecordKey {
  readonly entity: EntityName;
  readonly externalId: string;
}

/** Who says that records have changed. What people say is looked at at once, whatever the integration's strategy. */
export const markTriggers = ['manual', 'api', 'webhook'] as const;
export type MarkTrigger = (typeof markTriggers)[number];

interface Integration {
  readonly tenantId: string;
  readonly integrationId: string;
}

interface RunOf extends Integration {
  readonly runId: string;
}

/** How many different records were marked. Keys may come more than once and in any order. */
export async function insertMarks(
  tx: Tx,
  of: Integration,
  records: readonly RecordKey[],
  by: { trigger: MarkTrigger; source: string | null },
): Promise<number> {
  // Ordered, here and below, so that two who want the same records wait for each other instead of deadlocking.
  const { rowCount } = await tx.query(
    `INSERT INTO dirty_records AS d (tenant_id, integration_id, entity, external_id, trigger, source)
     SELECT $1, $2, r.entity, r.external_id, $5, $6
     FROM (SELECT DISTINCT entity COLLATE "C" AS entity, external_id COLLATE "C" AS external_id
       FROM unnest($3::text[], $4::text[]) u(entity, external_id)) r ORDER BY r.entity, r.external_id
     ON CONFLICT (tenant_id, integration_id, entity, external_id) DO UPDATE SET marks = d.marks + 1,
       last_marked_at = clock_timestamp(), source = excluded.source,
       trigger = CASE WHEN excluded.trigger = 'webhook' THEN d.trigger ELSE excluded.trigger END`,
    [
      ...[of.tenantId, of.integrationId],
      ...[records.map((r) => r.entity), records.map((r) => r.externalId), by.trigger, by.source],
    ],
  );
  return rowCount ?? 0;
}

/** Rows of alias d of one entity of an integration, the first three parameters. */
const ofEntity = 'd.tenant_id = $1 AND d.integration_id = $2 AND d.entity = $3';

/** Takes up the records of an entity that have waited longest, also those that a run which is over had taken. Their ids. */
export async function takeMarked(tx: Tx, run: RunOf, entity: EntityName, limit: number): Promise<string[]> {
  const { rows } = await tx.query<{ external_id: string }>(
    `WITH oldest AS MATERIALIZED (SELECT external_id FROM dirty_records d WHERE ${ofEntity}
         ORDER BY first_marked_at, external_id LIMIT $5),
       locked AS MATERIALIZED (SELECT external_id FROM dirty_records d JOIN oldest USING (external_id) WHERE ${ofEntity}
         ORDER BY external_id FOR UPDATE OF d)
     UPDATE dirty_records d SET run_id = $4, taken_marks = d.marks FROM locked WHERE ${ofEntity} AND d.external_id = locked.external_id
     RETURNING d.external_id`,
    [run.tenantId, run.integrationId, entity, run.runId, limit],
  );
  return rows.map((row) => row.external_id);
}

/** What the run has taken up and not settled yet. */
export async function takenBy(tx: Tx, run: RunOf, entity: EntityName): Promise<string[]> {
  const { rows } = await tx.query<{ external_id: string }>(
    `SELECT external_id FROM dirty_records d WHERE ${ofEntity} AND run_id = $4 ORDER BY external_id`,
    [run.tenantId, run.integrationId, entity, run.runId],
  );
  return rows.map((row) => row.external_id);
}

/** Forgets what the run has settled. What was marked again meanwhile, and what the hub had moved on from, stays and waits. */
export async function settleMarks(tx: Tx, run: RunOf, entity: EntityName): Promise<void> {
  const key = [run.tenantId, run.integrationId, entity, run.runId];
  const taken = `${ofEntity} AND d.run_id = $4`;
  await tx.query(`SELECT FROM dirty_records d WHERE ${taken} ORDER BY external_id FOR UPDATE`, key);
  await tx.query(
    `DELETE FROM dirty_records d WHERE ${taken} AND d.marks = d.taken_marks
       AND NOT EXISTS (SELECT FROM sync_changes c WHERE c.tenant_id = $1 AND c.run_id = $4 AND c.entity = $3
         AND c.external_id = d.external_id AND c.state = 'stale')`,
    key,
  );
  await tx.query(`UPDATE dirty_records d SET run_id = NULL, taken_marks = NULL WHERE ${taken}`, key);
}

export interface Waiting {
  readonly rows: number;
  /** What the run for them is asked for by: a person's word, where there is one, before a webhook. */
  readonly trigger: MarkTrigger;
}

/** The marks of an integration that wait; null when there are none. */
export async function waitingMarks(tx: Tx, of: Integration): Promise<Waiting | null> {
  const { rows } = await tx.query<{ rows: number; trigger: MarkTrigger | null }>(
    'SELECT count(*) AS rows, min(trigger) AS trigger FROM dirty_records WHERE tenant_id = $1 AND integration_id = $2',
    [of.tenantId, of.integrationId],
  );
  const { rows: waiting, trigger } = rows[0]!;
  return trigger === null ? null : { rows: waiting, trigger };
}
