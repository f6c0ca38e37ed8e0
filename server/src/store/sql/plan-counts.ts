/** How the rows of a plan ended, for the report and for the check that a run adds up. */
import type { Tx } from '../database.js';
import { fieldsOfKind, type SqlScope } from './scope.js';

export interface PlanCounts {
  readonly held: number;
  readonly blocked: number;
  readonly stale: number;
  readonly conflict: number;
  readonly absent: number;
}

export async function countPlan(tx: Tx, scope: SqlScope): Promise<PlanCounts> {
  const { rows } = await tx.query<PlanCounts>(
    `SELECT count(*) FILTER (WHERE state = 'held') AS held, count(*) FILTER (WHERE state = 'blocked') AS blocked,
       count(*) FILTER (WHERE state = 'stale') AS stale, count(*) FILTER (WHERE state = 'conflict') AS conflict,
       count(*) FILTER (WHERE absent) AS absent
     FROM sync_changes c WHERE ${scope.inPlan}`,
  );
  return rows[0]!;
}

/** References among records of the entity itself that this run wrote and that lead nowhere; statements prove all others. */
export async function danglingSelfReferences(tx: Tx, scope: SqlScope): Promise<number> {
  const written = `h.id IN (SELECT c.local_id FROM sync_changes c WHERE ${scope.inPlan} AND c.state IS NULL AND c.operation <> 'deactivate')`;
  let found = 0;
  for (const field of fieldsOfKind(scope.entity, 'reference', 'references')) {
    if (field.target !== scope.entity.name) continue;
    const from =
      field.kind === 'reference'
        ? `SELECT h.${field.column} AS id FROM ${scope.entity.table} h WHERE h.tenant_id = ${scope.tenant} AND h.${field.column} IS NOT NULL AND ${written}`
        : `SELECT x.id FROM ${scope.entity.table} h CROSS JOIN unnest(h.${field.column}) x(id) WHERE h.tenant_id = ${scope.tenant} AND ${written}`;
    const { rows } = await tx.query<{ count: number }>(
      `WITH f AS MATERIALIZED (${from}) SELECT count(*) FROM f WHERE NOT EXISTS
         (SELECT FROM ${scope.entity.table} t WHERE t.tenant_id = ${scope.tenant} AND t.id = f.id)`,
    );
    found += rows[0]!.count;
  }
  return found;
}
