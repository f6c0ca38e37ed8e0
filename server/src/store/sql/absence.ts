/**
 * Records that we know and the feed did not name. Every key that could be read counts as seen, also of rejected, duplicate and
 * ended rows. What follows from absence is decided elsewhere; here it is only found.
 */
import type { Tx } from '../database.js';
import { schoolOf, type SqlScope } from './scope.js';
import { seen } from './seen.js';

export interface Presence {
  readonly activeBefore: number;
  readonly seen: number;
  readonly missing: number;
}

const known = (scope: SqlScope): string => `${scope.inLinks} AND l.state IN ('active', 'missing')`;

/**
 * Counts what was seen and, where anything was not, fills the temporary table absent with it. Staged keys are distinct by now. With
 * `everything` false the read was of changes only, and nothing follows from what it does not name.
 */
export async function findAbsent(tx: Tx, scope: SqlScope, everything: boolean): Promise<Presence> {
  await tx.query(
    `CREATE TEMP TABLE IF NOT EXISTS absent (external_id text COLLATE "C", local_id uuid, school_id uuid, state text,
       missed_runs smallint, missing_hours float8, base uuid) ON COMMIT DELETE ROWS; TRUNCATE absent`,
  );
  const { rows } = await tx.query<{ activeBefore: number; seen: number }>(
    `SELECT count(*) AS "activeBefore", count(*) FILTER (WHERE ${everything ? seen(scope) : 'true'}) AS seen
     FROM external_system_mappings l WHERE ${known(scope)}`,
  );
  const found = rows[0]!;
  if (found.activeBefore === found.seen) return { ...found, missing: 0 };
  const { rowCount } = await tx.query(
    `INSERT INTO absent SELECT l.external_id, l.local_id, ${schoolOf(scope.entity)}, l.state, l.missed_runs,
       coalesce(extract(epoch FROM now() - l.missing_since) / 3600, 0), l.base_checksum
     FROM external_system_mappings l JOIN ${scope.entity.table} h ON h.tenant_id = l.tenant_id AND h.id = l.local_id
     WHERE ${known(scope)} AND NOT ${seen(scope)}`,
  );
  await tx.query(
    `DELETE FROM absent a USING declined_changes d WHERE d.tenant_id = ${scope.tenant}
       AND d.integration_id = ${scope.integration} AND d.entity = '${scope.entity.name}'
       AND d.external_id = a.external_id AND d.checksum IS NULL`,
  );
  return { ...found, missing: rowCount ?? 0 };
}

/** Plans the deactivation of absent records whose grace is over with this run. */
export async function planOverdue(
  tx: Tx,
  scope: SqlScope,
  grace: { completeRuns: number; hours: number },
): Promise<number> {
  return planAbsent(tx, scope, 'a.state = $1 AND a.missed_runs + 1 >= $2 AND a.missing_hours >= $3', [
    'missing',
    grace.completeRuns,
    grace.hours,
  ]);
}

/** Plans the deactivation of records that went missing just now, because their scope trips: they wait in a hold. */
export async function planTripped(tx: Tx, scope: SqlScope, school: string | null | 'any'): Promise<number> {
  if (school === 'any') return planAbsent(tx, scope, `a.state = 'active'`, []);
  return planAbsent(tx, scope, `a.state = 'active' AND a.school_id IS NOT DISTINCT FROM $1::uuid`, [school]);
}

async function planAbsent(tx: Tx, scope: SqlScope, which: string, params: unknown[]): Promise<number> {
  const { rowCount } = await tx.query(
    `INSERT INTO sync_changes (tenant_id, run_id, entity, local_id, external_id, operation, absent, school_id, base_before)
     SELECT ${scope.tenant}, ${scope.run}, '${scope.entity.name}', a.local_id, a.external_id, 'deactivate', true, a.school_id, a.base
     FROM absent a WHERE ${which} ON CONFLICT DO NOTHING`,
    params,
  );
  return rowCount ?? 0;
}
