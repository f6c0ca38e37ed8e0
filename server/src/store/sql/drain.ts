/**
 * The slow drain: removals of the last days that no person was asked about, per school. Records that came back, and removals that
 * were approved or undone, do not count. Small tables and a partial index answer; nothing here reads the change log.
 */
import { drainDays, type Drain } from '@rollcall/core';
import type { Chunk } from '../chunks.js';
import { literal, type Tx } from '../database.js';
import { schoolOf, type SqlScope } from './scope.js';
import { seen } from './seen.js';

const lately = (column: string): string => `${column} > now() - interval '${drainDays} days'`;

/** By the school's local id, or null for the district. Schools without a drain are not in it. */
export async function drainBySchool(tx: Tx, scope: SqlScope): Promise<Map<string | null, Drain>> {
  const { rows } = await tx.query<Drain & { school: string | null }>(
    `SELECT school, sum(pending)::bigint AS pending, sum(removed)::bigint AS removed,
       least(${drainDays}, 1 + floor(extract(epoch FROM now() - min(since)) / 86400))::int AS days
     FROM (SELECT school_id AS school, 0 AS pending, row_count AS removed, counted_at AS since FROM removal_counts
         WHERE tenant_id = ${scope.tenant} AND integration_id = ${scope.integration} AND entity = '${scope.entity.name}'
           AND row_count > 0 AND ${lately('counted_at')}
       UNION ALL SELECT ${schoolOf(scope.entity)}, 1, 0, l.missing_since
         FROM external_system_mappings l JOIN ${scope.entity.table} h ON h.tenant_id = l.tenant_id AND h.id = l.local_id
         WHERE ${scope.inLinks} AND l.state = 'missing' AND ${lately('l.missing_since')} AND NOT ${seen(scope)}) d
     GROUP BY school`,
  );
  return new Map(rows.map(({ school, ...drain }) => [school, drain]));
}

/** Where nothing counts, nothing has to be summed up. */
export async function mayDrain(tx: Tx, scope: SqlScope): Promise<boolean> {
  const { rows } = await tx.query<{ any: boolean }>(
    `SELECT EXISTS (SELECT FROM removal_counts WHERE tenant_id = ${scope.tenant} AND integration_id = ${scope.integration}
         AND entity = '${scope.entity.name}' AND ${lately('counted_at')})
       OR EXISTS (SELECT FROM external_system_mappings l WHERE ${scope.inLinks} AND l.state = 'missing') AS any`,
  );
  return rows[0]!.any;
}

/** Counts the removals of a chunk that were just buried. In the order of schools, so that two writers never wait for each other. */
export async function countRemovals(tx: Tx, scope: SqlScope, chunk: Chunk): Promise<void> {
  await tx.query(
    `INSERT INTO removal_counts AS r (tenant_id, run_id, integration_id, entity, school_id, row_count)
     SELECT t.tenant_id, t.run_id, t.integration_id, t.entity, t.school_id, count(*) FROM tombstones t
     WHERE t.tenant_id = ${scope.tenant} AND t.integration_id = ${scope.integration} AND t.entity = '${scope.entity.name}'
       AND t.run_id = ${scope.run} AND t.local_id BETWEEN ${literal(chunk.first)} AND ${literal(chunk.last)}
       AND t.external_id IN (SELECT c.external_id FROM sync_changes c WHERE ${scope.inPlan} AND c.state IS NULL
         AND c.operation = 'deactivate' AND c.local_id BETWEEN ${literal(chunk.first)} AND ${literal(chunk.last)})
     GROUP BY 1, 2, 3, 4, 5 ORDER BY t.school_id
     ON CONFLICT (tenant_id, run_id, entity, school_id) DO UPDATE SET row_count = r.row_count + excluded.row_count`,
  );
}
