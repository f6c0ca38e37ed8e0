/**
 * Plan rows that join a new record of the source with one of ours: they take the place of creates, keep what link and record were
 * before, and say what changes with the joining.
 */
import type { EntityName } from '@rollcall/core';
import type { Tx } from '../../database.js';
import { syncMarked } from '../../sync-marked.js';
import { hubFields, resolved, stagedFields } from '../resolved.js';
import { schoolOf, type SqlScope } from '../scope.js';
import { others, weighed } from '../side-by-side.js';

/** Puts links in the place of the creates that match_verdicts names. Needs the table kept_out where the run reads a source. */
export async function turnIntoLinks(tx: Tx, scope: SqlScope): Promise<number> {
  const { entity } = scope;
  const { rowCount } = await tx.query(
    `WITH gone AS (
       DELETE FROM sync_changes c USING match_verdicts v WHERE ${scope.inPlan} AND c.operation = 'create' AND c.local_id = v.create_id
       RETURNING c.external_id, c.checksum, c.stage_row, v.local_id, v.former_id, v.evidence
     ) INSERT INTO sync_changes (tenant_id, run_id, entity, local_id, external_id, operation, checksum, school_id, raw_digest,
         base_before, former_id, former, evidence, before, after)
       SELECT ${scope.tenant}, ${scope.run}, '${entity.name}', g.local_id, g.external_id, 'link', g.checksum, ${schoolOf(entity)}, s.raw,
         l.base_checksum, l.external_id, jsonb_build_object('link', to_jsonb(l), 'active', h.active${marked(entity.name)}),
         g.evidence, '{}', '{}'
       FROM gone g JOIN ${scope.full} s ON s.n = g.stage_row
       JOIN ${entity.table} h ON h.tenant_id = ${scope.tenant} AND h.id = g.local_id
       LEFT JOIN external_system_mappings l ON ${scope.inLinks} AND l.external_id = g.former_id`,
  );
  if ((rowCount ?? 0) > 0) await compare(tx, scope);
  return rowCount ?? 0;
}

const marked = (entity: EntityName): string => (syncMarked.has(entity) ? `, 'mark', h.external_id` : '');

/** What joining changes of the record, and what this source says otherwise than those who have it too. */
async function compare(tx: Tx, scope: SqlScope): Promise<void> {
  const row = resolved(
    scope,
    `SELECT s.*, c.local_id, nullif(c.former->'link'->'base_diff', 'null') AS said,
       c.former->'link'->>'state' IN ('active', 'missing') AS spoke FROM sync_changes c JOIN ${scope.full} s ON s.external_id = c.external_id WHERE ${scope.inPlan} AND c.operation = 'link'`,
    'planning',
  );
  const company = scope.company === true;
  const beside = company ? `, w.above, w.below, CASE WHEN p.spoke THEN coalesce(p.said, '{}') END AS own` : '';
  await tx.query(
    `WITH ${row.ctes}${company ? `, ${others(scope, 'SELECT p.local_id FROM picked p')}` : ''}, compared AS MATERIALIZED (
       SELECT p.local_id, p.said${beside}, CASE WHEN ${row.whole} THEN p.checksum END AS base_after,
         ${hubFields(scope)} AS hub, ${stagedFields(scope, row)} AS staged
       FROM ${row.from} JOIN ${scope.entity.table} h ON h.tenant_id = ${scope.tenant} AND h.id = p.local_id${company ? ' LEFT JOIN others w ON w.local_id = p.local_id' : ''})
     UPDATE sync_changes c SET base_after = x.base_after, diff_before = x.said, diff_after = d.diff,
       before = coalesce(d.before, '{}'), after = coalesce(d.after, '{}')
     FROM compared x CROSS JOIN LATERAL ${weighed(scope)}
     WHERE ${scope.inPlan} AND c.operation = 'link' AND c.local_id = x.local_id`,
  );
}

/** Records that are joined are not absent any more, and ended ones among them are not ended. How many were to be ended. */
export async function takeFromGone(tx: Tx, scope: SqlScope): Promise<number> {
  const joined = `sync_changes c WHERE ${scope.inPlan} AND c.operation = 'link' AND c.former_id`;
  await tx.query(`DELETE FROM absent a USING ${joined} = a.external_id`);
  const { rowCount } = await tx.query(
    `INSERT INTO kept_out (n, external_id, blocked, declined) SELECT s.n, s.external_id, false, true FROM ${scope.full} s
     WHERE s.ended AND EXISTS (SELECT FROM ${joined} = s.external_id)`,
  );
  return rowCount ?? 0;
}
