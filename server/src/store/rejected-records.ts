/** Rejected records: kept out with their reason, shown, and retried with every later run until they pass. */
import type { EntityName, Reject } from '@rollcall/core';
import type { Tx } from './database.js';
import type { SqlScope } from './sql/scope.js';
import { cameAsBefore } from './sql/seen.js';

const inList = (scope: SqlScope): string =>
  `x.tenant_id = ${scope.tenant} AND x.integration_id = ${scope.integration} AND x.entity = '${scope.entity.name}' AND x.state = 'open'`;

/** True for a listed record that came with this read and is not among its rejects. */
const cameAndFits = (scope: SqlScope): string =>
  `(EXISTS (SELECT FROM (SELECT external_id, n FROM ${scope.full} UNION ALL SELECT external_id, n FROM ${scope.slim}) s
      WHERE s.external_id = x.external_id AND NOT EXISTS (SELECT FROM ${scope.rejects} r WHERE r.n = s.n))
    OR EXISTS (SELECT FROM external_system_mappings l WHERE ${scope.inLinks} AND l.external_id = x.external_id AND ${cameAsBefore(scope)}))`;

/**
 * Brings the list in line with what this run rejected: new ones are added, known ones counted, the rest of the read has passed, but
 * for those that the database may still refuse.
 */
export async function refreshRejected(tx: Tx, scope: SqlScope, byId = false): Promise<void> {
  await tx.query(
    `UPDATE rejected_records x SET state = 'passed', last_seen_at = now()
     WHERE ${inList(scope)} AND ((x.external_id IS NULL AND ${!byId}) OR (x.code <> 'value_refused' AND ${cameAndFits(scope)}))`,
  );
  await addRejected(tx, scope);
}

/** What the database refused before and has taken now has passed. How many. */
export async function passRefused(tx: Tx, scope: SqlScope): Promise<number> {
  const { rowCount } = await tx.query(
    `UPDATE rejected_records x SET state = 'passed', last_seen_at = now()
     WHERE ${inList(scope)} AND x.code = 'value_refused' AND x.last_run_id <> ${scope.run} AND ${cameAndFits(scope)}`,
  );
  return rowCount ?? 0;
}

/** Adds to the list, or counts, what this run rejected; `which` selects rows of alias r. A run counts once. */
export async function addRejected(tx: Tx, scope: SqlScope, which = 'true'): Promise<void> {
  await tx.query(
    `INSERT INTO rejected_records AS x (tenant_id, integration_id, entity, external_id, code, field, message, first_run_id, last_run_id)
     SELECT ${scope.tenant}, ${scope.integration}, '${scope.entity.name}', r.external_id, r.code, r.field, r.message, ${scope.run}, ${scope.run}
     FROM ${scope.rejects} r WHERE ${which}
     ON CONFLICT (tenant_id, integration_id, entity, external_id) WHERE state = 'open' AND external_id IS NOT NULL
     DO UPDATE SET code = excluded.code, field = excluded.field, message = excluded.message,
       times = x.times + (x.last_run_id <> excluded.last_run_id)::int, last_run_id = excluded.last_run_id, last_seen_at = now()`,
  );
}

export interface RejectedRecord extends Reject {
  readonly entity: EntityName;
  readonly times: number;
}

/** What a run rejected, at most `limit` rows. */
export async function rejectedBy(
  tx: Tx,
  run: { tenantId: string; runId: string },
  limit: number,
): Promise<RejectedRecord[]> {
  const { rows } = await tx.query<RejectedRecord>(
    `SELECT entity, external_id AS "externalId", code, field, message, times FROM rejected_records
     WHERE tenant_id = $1 AND last_run_id = $2 AND state = 'open' ORDER BY entity, external_id NULLS FIRST LIMIT $3`,
    [run.tenantId, run.runId, limit],
  );
  return rows;
}
