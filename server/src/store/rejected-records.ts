/** Rejected records: kept out with their reason, shown, and retried with every later run until they pass. */
import type { EntityName, Reject } from '@rollcall/core';
import type { Tx } from './database.js';
import type { SqlScope } from './sql/scope.js';
import { cameAsBefore } from './sql/seen.js';

/** Brings the list in line with what this run rejected: new ones are added, known ones counted, the rest of the read has passed. */
export async function refreshRejected(tx: Tx, scope: SqlScope, complete: boolean, byId = false): Promise<void> {
  const inList = `x.tenant_id = ${scope.tenant} AND x.integration_id = ${scope.integration} AND x.entity = '${scope.entity.name}' AND x.state = 'open'`;
  await tx.query(
    `UPDATE rejected_records x SET state = 'passed', last_seen_at = now() WHERE ${inList} AND (
       (x.external_id IS NULL AND ${!byId && (complete || 'x.last_run_id IS DISTINCT FROM ' + scope.run)})
       OR EXISTS (SELECT FROM (SELECT external_id, n FROM ${scope.full} UNION ALL SELECT external_id, n FROM ${scope.slim}) s
            WHERE s.external_id = x.external_id AND NOT EXISTS (SELECT FROM ${scope.rejects} r WHERE r.n = s.n))
       OR EXISTS (SELECT FROM external_system_mappings l WHERE ${scope.inLinks} AND l.external_id = x.external_id AND ${cameAsBefore(scope)}))`,
  );
  await tx.query(
    `INSERT INTO rejected_records AS x (tenant_id, integration_id, entity, external_id, code, field, message, first_run_id, last_run_id)
     SELECT ${scope.tenant}, ${scope.integration}, '${scope.entity.name}', r.external_id, r.code, r.field, r.message, ${scope.run}, ${scope.run}
     FROM ${scope.rejects} r
     ON CONFLICT (tenant_id, integration_id, entity, external_id) WHERE state = 'open' AND external_id IS NOT NULL
     DO UPDATE SET code = excluded.code, field = excluded.field, message = excluded.message, times = x.times + 1,
       last_run_id = excluded.last_run_id, last_seen_at = now()`,
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
