/** What the guard measures, and the marking of what it holds back. The judgement itself is core's. */
import type { Operation } from '@rollcall/core';
import type { Tx } from '../database.js';
import { digestOf } from './plan-changes.js';
import { schoolOf, type SqlScope } from './scope.js';

export interface ScopeMeasure {
  readonly operation: Operation;
  /** The school's local id; null is the district. */
  readonly school: string | null;
  readonly rows: number;
}

/** Rows that an operation would touch, per school: of the plan, and of records that went missing just now. */
export async function measureScopes(tx: Tx, scope: SqlScope, absence: boolean): Promise<ScopeMeasure[]> {
  const { rows } = await tx.query<ScopeMeasure>(
    `SELECT operation, school, sum(rows)::bigint AS rows FROM (
       SELECT c.operation, c.school_id AS school, count(*) AS rows FROM sync_changes c
       WHERE ${scope.inPlan} AND c.state IS NULL AND NOT c.absent AND c.operation NOT IN ('link', 'unlink') GROUP BY 1, 2
       UNION ALL SELECT 'deactivate', a.school_id, count(*) FROM absent a
         WHERE ${absence} AND a.state = 'active' GROUP BY 1, 2) m
     GROUP BY 1, 2`,
  );
  return rows;
}

/** Active links per school before the run; the key is the school's local id, or null for the district. */
export async function activeBySchool(tx: Tx, scope: SqlScope): Promise<Map<string | null, number>> {
  const { rows } = await tx.query<{ school: string | null; active: number }>(
    `SELECT ${schoolOf(scope.entity)} AS school, count(*) AS active
     FROM external_system_mappings l JOIN ${scope.entity.table} h ON h.tenant_id = l.tenant_id AND h.id = l.local_id
     WHERE ${scope.inLinks} AND l.state IN ('active', 'missing') GROUP BY 1`,
  );
  return new Map(rows.map((row) => [row.school, row.active]));
}

export async function schoolName(tx: Tx, scope: SqlScope, school: string | null): Promise<string> {
  if (school === null) return 'district';
  const { rows } = await tx.query<{ name: string }>(
    `SELECT name FROM orgs WHERE tenant_id = ${scope.tenant} AND id = $1`,
    [school],
  );
  return rows[0]?.name ?? 'unknown school';
}

/** On rows that were just held and have no hold yet. */
export const heldMark = '00000000-0000-0000-0000-000000000000';

/** The digest of the rows that were just held. */
export async function markedDigest(tx: Tx, scope: SqlScope): Promise<string> {
  const { rows } = await tx.query<{ digest: string }>(
    `SELECT ${digestOf(`${scope.inPlan} AND c.hold_id = '${heldMark}'`)} AS digest`,
  );
  return rows[0]!.digest;
}

/** Marks the plan rows of an operation as held, in one school or (with 'any') in all, and returns how many and their digest. */
export async function holdRows(
  tx: Tx,
  scope: SqlScope,
  what: { operation: Operation; school: string | null | 'any'; reason: string },
): Promise<{ rows: number; digest: string }> {
  const inScope = what.school === 'any' ? 'true' : 'c.school_id IS NOT DISTINCT FROM $3::uuid';
  const params: unknown[] = [what.operation, what.reason, ...(what.school === 'any' ? [] : [what.school])];
  const { rowCount } = await tx.query(
    `UPDATE sync_changes c SET state = 'held', reason = $2, hold_id = '${heldMark}'
     WHERE ${scope.inPlan} AND c.state IS NULL AND c.operation = $1 AND ${inScope}`,
    params,
  );
  return { rows: rowCount ?? 0, digest: await markedDigest(tx, scope) };
}

/** Gives the rows just held their hold; null in a dry run, which opens none. */
export async function assignHold(tx: Tx, scope: SqlScope, holdId: string | null): Promise<void> {
  await tx.query(`UPDATE sync_changes c SET hold_id = $1 WHERE ${scope.inPlan} AND c.hold_id = '${heldMark}'`, [
    holdId,
  ]);
}
