/**
 * What a run leaves on the links besides its plan: new bases of records that turned out equal, the return of records that had
 * been missing, and the count of complete runs that have missed a record. One transaction per entity, exactly once.
 */
import type { Tx } from '../database.js';
import { hubFields, resolved, stagedFields } from './resolved.js';
import type { SqlScope } from './scope.js';
import { cameAsBefore, seen } from './seen.js';

/** Records that were read whole and need no change get their new base, so that the next run recognises them. */
export async function rebaseEqual(tx: Tx, scope: SqlScope): Promise<void> {
  const row = resolved(
    scope,
    `SELECT s.*, l.local_id FROM ${scope.full} s JOIN external_system_mappings l ON ${scope.inLinks} AND l.external_id = s.external_id
     WHERE (l.base_checksum, l.projection_version) IS DISTINCT FROM (s.checksum, ${scope.entity.projectionVersion}::smallint)
       AND NOT EXISTS (SELECT FROM ${scope.rejects} r WHERE r.n = s.n)
       AND NOT EXISTS (SELECT FROM sync_changes c WHERE ${scope.inPlan} AND c.external_id = s.external_id)
       AND NOT EXISTS (SELECT FROM declined_changes d WHERE d.tenant_id = l.tenant_id AND d.integration_id = l.integration_id
         AND d.entity = l.entity AND d.external_id = s.external_id AND d.checksum = s.checksum)`,
    'applying',
  );
  // What the source says otherwise than those above it, whose the fields are.
  const beside = scope.company
    ? `JOIN ${scope.entity.table} h ON h.tenant_id = ${scope.tenant} AND h.id = p.local_id CROSS JOIN LATERAL (
         SELECT jsonb_object_agg(f.key, f.value) AS diff FROM (SELECT ${hubFields(scope)} AS hub OFFSET 0) v,
           jsonb_each(${stagedFields(scope, row)}) f WHERE f.key <> 'roles' AND f.value IS DISTINCT FROM v.hub->f.key) d`
    : '';
  await tx.query(
    `WITH ${row.ctes}
     UPDATE external_system_mappings l SET base_checksum = x.checksum, projection_version = ${scope.entity.projectionVersion},
       provider_modified_at = x.modified, raw_digest = x.raw${scope.company ? ', base_diff = x.diff' : ''}
     FROM (SELECT p.external_id, p.checksum, p.modified, p.raw${scope.company ? ', d.diff' : ''} FROM ${row.from} ${beside} WHERE ${row.whole}) x
     WHERE ${scope.inLinks} AND l.external_id = x.external_id`,
  );
}

/** Records that were missing and are in the feed again. */
export async function welcomeBack(tx: Tx, scope: SqlScope): Promise<void> {
  await tx.query(
    `UPDATE external_system_mappings l SET state = 'active', missing_since = NULL, missed_runs = 0
     WHERE ${scope.inLinks} AND l.state = 'missing' AND ${seen(scope)}`,
  );
}

/** Records that a complete read did not name: their grace begins or goes on, unless a person has been asked about them. */
export async function countMissed(tx: Tx, scope: SqlScope): Promise<void> {
  await tx.query(
    `UPDATE external_system_mappings l SET state = 'missing', missing_since = coalesce(l.missing_since, now()),
       missed_runs = l.missed_runs + 1
     WHERE ${scope.inLinks} AND l.state IN ('active', 'missing')
       AND NOT ${seen(scope)}
       AND NOT EXISTS (SELECT FROM sync_changes c WHERE ${scope.inPlan} AND c.external_id = l.external_id)
       AND NOT EXISTS (SELECT FROM sync_changes c WHERE ${scope.inPlan} AND c.operation = 'link' AND c.former_id = l.external_id)
       AND NOT EXISTS (SELECT FROM declined_changes d WHERE d.tenant_id = l.tenant_id AND d.integration_id = l.integration_id
         AND d.entity = l.entity AND d.external_id = l.external_id AND d.checksum IS NULL)`,
  );
}

/** A declined change is forgotten as soon as the source says something else. */
export async function forgetOvertakenDeclines(tx: Tx, scope: SqlScope): Promise<void> {
  await tx.query(
    `DELETE FROM declined_changes d WHERE d.tenant_id = ${scope.tenant} AND d.integration_id = ${scope.integration}
       AND d.entity = '${scope.entity.name}' AND (EXISTS (SELECT FROM ${scope.slim} s WHERE s.external_id = d.external_id)
         OR EXISTS (SELECT FROM external_system_mappings l WHERE ${scope.inLinks} AND l.external_id = d.external_id AND ${cameAsBefore(scope)})
         OR EXISTS (SELECT FROM ${scope.full} s WHERE s.external_id = d.external_id AND s.checksum IS DISTINCT FROM d.checksum))`,
  );
}
