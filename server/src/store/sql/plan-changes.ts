/**
 * The statements that plan one entity: they compare what was staged with links and hub, and write what is to be done to
 * sync_changes. All run in one transaction of the caller; none writes a roster row or a link.
 */
import type { Tx } from '../database.js';
import { hubFields, resolved, stagedFields } from './resolved.js';
import { others, weighed } from './side-by-side.js';
import { known, plannedReferences, schoolOf, type Moment, type SqlScope } from './scope.js';
import { stageColumn } from '../stage.js';

/**
 * New records that are active at their source become creates, with their local ids assigned in the feed's order; not those whose
 * required references lead nowhere.
 */
export async function planCreates(tx: Tx, scope: SqlScope): Promise<number> {
  const led = plannedReferences(scope.entity)
    .filter((field) => field.required)
    .map((field) => ` AND (s.${stageColumn(field)} IS NULL OR r_${field.column}.local_id IS NOT NULL)`);
  return insertCreates(
    tx,
    scope,
    'planning',
    `NOT s.ended${led.join('')} AND NOT EXISTS (SELECT FROM kept_out o WHERE o.n = s.n)
     AND NOT EXISTS (SELECT FROM external_system_mappings l WHERE ${scope.inLinks} AND l.external_id = s.external_id)`,
  );
}

/** Creates from the staged rows of alias s that `which` selects, with their references to other entities resolved. */
export async function insertCreates(
  tx: Tx,
  scope: SqlScope,
  moment: Moment,
  which: string,
  params: unknown[] = [],
): Promise<number> {
  const { entity } = scope;
  const references = plannedReferences(entity);
  const joins = references.map(
    (f) =>
      `LEFT JOIN ${known(scope, f.target!, moment)} r_${f.column} ON r_${f.column}.external_id = s.${stageColumn(f)}`,
  );
  const refs = `ARRAY[${references.map((f) => `r_${f.column}.local_id`).join(', ')}]::uuid[]`;
  const school = references.findIndex((f) => f.column === entity.schoolColumn);
  const { rowCount } = await tx.query(
    `INSERT INTO sync_changes (tenant_id, run_id, entity, local_id, external_id, operation, checksum, stage_row, refs, school_id)
     SELECT ${scope.tenant}, ${scope.run}, '${entity.name}', x.local_id, x.external_id, 'create', x.checksum, x.n, x.refs,
       ${school >= 0 ? `x.refs[${school + 1}]` : `CASE WHEN x.f_type = 'school' THEN x.local_id END`}
     FROM (SELECT uuidv7() AS local_id, s.* FROM (
       SELECT s.external_id, s.checksum, s.n, ${refs} AS refs${school >= 0 ? '' : ', s.f_type'} FROM ${scope.full} s
       ${joins.join('\n       ')} WHERE ${which} ORDER BY s.n) s) x`,
    params,
  );
  return rowCount ?? 0;
}

export interface LinkedCounts {
  readonly planned: number;
  readonly unchanged: number;
}

/** Records that we know: ended ones are deactivated, returned ones reactivated, differing ones updated, with before and after. */
export async function planLinked(tx: Tx, scope: SqlScope): Promise<LinkedCounts> {
  const { entity } = scope;
  const row = resolved(
    scope,
    `SELECT s.*, l.local_id, l.state AS link_state, l.base_checksum AS base_before, l.base_diff AS said FROM ${scope.full} s
     JOIN external_system_mappings l ON ${scope.inLinks} AND l.external_id = s.external_id
     WHERE NOT EXISTS (SELECT FROM kept_out o WHERE o.n = s.n)`,
    'planning',
  );
  const company = scope.company === true;
  const beside = company
    ? `, w.above, w.below, CASE WHEN p.link_state <> 'deactivated' THEN coalesce(p.said, '{}') END AS own`
    : '';
  const { rows } = await tx.query<{ linked: number; planned: number }>(
    `WITH ${row.ctes}${company ? `, ${others(scope, 'SELECT p.local_id FROM picked p')}` : ''}, compared AS (
       SELECT p.local_id, p.external_id, p.checksum, p.n, ${schoolOf(entity)} AS school_id, p.base_before, p.raw, p.said${beside},
         CASE WHEN p.ended OR (${row.whole}) THEN p.checksum END AS base_after,
         CASE WHEN p.ended THEN 'deactivate' WHEN p.link_state = 'deactivated' THEN 'reactivate' ELSE 'update' END AS operation,
         p.ended AND p.link_state = 'deactivated' AS already_ended,
         ${hubFields(scope)} AS hub, ${stagedFields(scope, row)} AS staged
       FROM ${row.from} JOIN ${entity.table} h ON h.tenant_id = ${scope.tenant} AND h.id = p.local_id${company ? ' LEFT JOIN others w ON w.local_id = p.local_id' : ''}
     ), written AS (
       INSERT INTO sync_changes (tenant_id, run_id, entity, local_id, external_id, operation, checksum, stage_row, school_id,
         base_before, base_after, raw_digest, diff_before, diff_after, before, after)
       SELECT ${scope.tenant}, ${scope.run}, '${entity.name}', x.local_id, x.external_id, x.operation, x.checksum, x.n, x.school_id,
         x.base_before, x.base_after, x.raw, x.said, d.diff,
         CASE WHEN x.operation <> 'deactivate' THEN coalesce(d.before, '{}') END,
         CASE WHEN x.operation <> 'deactivate' THEN coalesce(d.after, '{}') END
       FROM compared x CROSS JOIN LATERAL ${weighed(scope)}
       WHERE NOT x.already_ended AND (x.operation <> 'update' OR d.after IS NOT NULL${company ? renamed(scope) : ''})
       RETURNING 1
     ) SELECT (SELECT count(*) FROM compared) AS linked, (SELECT count(*) FROM written) AS planned`,
  );
  const { linked, planned } = rows[0]!;
  return { planned, unchanged: linked - planned };
}

/** Or the source, whose names are not the hub's, has another person behind the id: the plan must say so. */
const renamed = ({ entity }: SqlScope): string =>
  entity.name === 'users'
    ? ['givenName', 'familyName']
        .map((name) => `coalesce(x.own->'${name}', x.hub->'${name}') IS DISTINCT FROM x.staged->'${name}'`)
        .join(' AND ')
        .replace(/^/, ' OR x.own IS NOT NULL AND ')
    : '';

/** Records that their source has ended and that we never had: nothing to do. */
export async function countIgnored(tx: Tx, scope: SqlScope): Promise<number> {
  const { rows } = await tx.query<{ count: number }>(
    `SELECT count(*) FROM ${scope.full} s WHERE s.ended AND NOT EXISTS (SELECT FROM kept_out o WHERE o.n = s.n)
       AND NOT EXISTS (SELECT FROM external_system_mappings l WHERE ${scope.inLinks} AND l.external_id = s.external_id)`,
  );
  return rows[0]!.count;
}

/** The digest of the rows of a plan, of a hold or of a chunk: it moves when any row, its operation or its content does. */
export function digestOf(rows: string): string {
  return `(SELECT encode(sha256(coalesce(string_agg(uuid_send(c.local_id) || convert_to(c.operation, 'UTF8')
    || coalesce(uuid_send(c.checksum), ''), ''::bytea ORDER BY c.local_id), ''::bytea)), 'hex')
    FROM sync_changes c WHERE ${rows})`;
}

/** Takes this entity's rows into the digest of the run's whole plan. An entity without rows leaves it as it is. */
export async function extendPlanDigest(tx: Tx, scope: SqlScope): Promise<void> {
  await tx.query(
    `UPDATE runs r SET plan_digest = encode(sha256(convert_to(coalesce(r.plan_digest, '') || ${digestOf(scope.inPlan)}, 'UTF8')), 'hex')
     WHERE r.tenant_id = ${scope.tenant} AND r.id = ${scope.run} AND EXISTS (SELECT FROM sync_changes c WHERE ${scope.inPlan})`,
  );
}

/** Takes an entity's plan back, so that planning can be done again from the start. */
export async function forgetPlan(tx: Tx, scope: SqlScope): Promise<void> {
  await tx.query(`DELETE FROM sync_changes c WHERE ${scope.inPlan}`);
}
