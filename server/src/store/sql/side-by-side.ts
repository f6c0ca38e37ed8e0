/**
 * Several integrations that have the same record: each field belongs to the highest-ranked one that supplies it, and what the others
 * say is kept on their links (base_diff). Here it is weighed whose value the hub takes when a source speaks, and when one leaves.
 */
import type { Tx } from '../database.js';
import { hubFields } from './resolved.js';
import type { SqlScope } from './scope.js';

/** Whether another integration of the tenant has records of the entity: without one nothing has to be weighed. */
export async function withCompany(tx: Tx, scope: SqlScope): Promise<SqlScope> {
  const { rows } = await tx.query<{ any: boolean }>(
    `SELECT EXISTS (SELECT FROM integrations i WHERE i.tenant_id = ${scope.tenant} AND i.id <> ${scope.integration}
       AND EXISTS (SELECT FROM external_system_mappings o WHERE o.tenant_id = i.tenant_id AND o.integration_id = i.id
         AND o.entity = '${scope.entity.name}')) AS any`,
  );
  return { ...scope, company: rows[0]!.any };
}

/** Other integrations' links, of alias o, that speak for a record. */
export const speaking = (scope: SqlScope): string =>
  `o.tenant_id = ${scope.tenant} AND o.entity = '${scope.entity.name}' AND o.integration_id <> ${scope.integration}
   AND o.state IN ('active', 'missing')`;

/** That what this source said otherwise is still what the plan saw: whoever changed the hub since has changed that, too. */
export const unmoved = (scope: SqlScope, externalId: string): string =>
  scope.company
    ? ` AND NOT EXISTS (SELECT FROM external_system_mappings l WHERE ${scope.inLinks} AND l.external_id = ${externalId}
        AND l.base_diff IS DISTINCT FROM p.diff_before)`
    : '';

/** True of plan rows c whose record other integrations have too. */
export const sharedRow = (scope: SqlScope): string =>
  `EXISTS (SELECT FROM external_system_mappings o WHERE ${speaking(scope)} AND o.local_id = c.local_id)`;

/** Of integrations i the smaller number ranks higher, and of equal ones the older. */
export const byRank = 'i.rank, i.id';

/**
 * The common table expression `others`: for each of the records that `localIds` selects and that others have too, what those above
 * and below this integration say otherwise than the hub, the highest-ranked first. Null where there are none.
 */
export const others = (scope: SqlScope, localIds: string): string => `others AS MATERIALIZED (
  SELECT o.local_id,
    array_agg(coalesce(o.base_diff, '{}') ORDER BY ${byRank}) FILTER (WHERE (${byRank}) < (m.rank, m.id)) AS above,
    array_agg(coalesce(o.base_diff, '{}') ORDER BY ${byRank}) FILTER (WHERE (${byRank}) > (m.rank, m.id)) AS below
  FROM external_system_mappings o JOIN integrations i ON i.tenant_id = o.tenant_id AND i.id = o.integration_id
  JOIN integrations m ON m.tenant_id = ${scope.tenant} AND m.id = ${scope.integration}
  WHERE ${speaking(scope)} AND o.local_id IN (${localIds}) GROUP BY 1)`;

const supplied = (value: string): string => `coalesce(${value}, 'null') NOT IN ('null', '[]')`;
const said = (diff: string): string => `coalesce(${diff}->f.key, x.hub->f.key)`;
const aboveSupply = `EXISTS (SELECT FROM unnest(x.above) a(diff) WHERE ${supplied(said('a.diff'))})`;
const bestBelow = `(SELECT ${said('b.diff')} FROM unnest(x.below) WITH ORDINALITY b(diff, place)
  WHERE ${supplied(said('b.diff'))} ORDER BY b.place LIMIT 1)`;

/**
 * The lateral `d` of a row x with `hub` and `staged`: `before` and `after` of the fields that change in the hub, and in `diff` what
 * the source says otherwise. With company x has `above`, `below` and `own`: what this source said otherwise before; null where it said nothing.
 */
export function weighed(scope: SqlScope): string {
  if (!scope.company)
    return `(SELECT jsonb_object_agg(f.key, x.hub->f.key) AS before, jsonb_object_agg(f.key, f.value) AS after, NULL::jsonb AS diff
      FROM jsonb_each(x.staged) f WHERE x.hub->f.key IS DISTINCT FROM f.value) d`;
  const wanted = `CASE WHEN x.above IS NULL AND x.below IS NULL OR f.key = 'roles' THEN f.value
      WHEN ${aboveSupply} THEN x.hub->f.key
      WHEN ${supplied('f.value')} THEN f.value
      WHEN x.own IS NULL OR NOT ${supplied(said('x.own'))} THEN x.hub->f.key
      ELSE coalesce(${bestBelow}, f.value) END`;
  return changes('x.staged', wanted);
}

/** The same for a source that leaves a record to others: its fields pass on, its roles go, and what nobody else supplies stays. */
function leaving(): string {
  return changes(
    'x.hub',
    `CASE WHEN f.key = 'roles' THEN '[]'::jsonb WHEN ${aboveSupply} OR NOT ${supplied(said('x.own'))} THEN x.hub->f.key
       ELSE coalesce(${bestBelow}, x.hub->f.key) END`,
  );
}

const changes = (fields: string, wanted: string): string => {
  const moves = 'v.wanted IS DISTINCT FROM x.hub->v.key';
  const differs = `v.key <> 'roles' AND v.value IS DISTINCT FROM v.wanted`;
  return `(SELECT jsonb_object_agg(v.key, x.hub->v.key) FILTER (WHERE ${moves}) AS before,
      jsonb_object_agg(v.key, v.wanted) FILTER (WHERE ${moves}) AS after, jsonb_object_agg(v.key, v.value) FILTER (WHERE ${differs}) AS diff
    FROM (SELECT f.key, f.value, ${wanted} AS wanted FROM jsonb_each(${fields}) f
      ${fields === 'x.hub' ? '' : 'WHERE x.hub->f.key IS DISTINCT FROM f.value'}) v) d`;
};

/**
 * Planned deactivations of records that others have too say what passes on to those; one that takes a return back says what was before
 * it. Once the plan's rows are all there.
 */
export async function planLeaving(tx: Tx, scope: SqlScope): Promise<void> {
  if (!scope.company) return;
  const { entity } = scope;
  const ending = `${scope.inPlan} AND c.operation = 'deactivate'`;
  await tx.query(
    `WITH ${others(scope, `SELECT c.local_id FROM sync_changes c WHERE ${ending}`)}, x AS MATERIALIZED (
       SELECT c.local_id, coalesce(l.base_diff, '{}') AS own, l.base_diff, w.local_id IS NOT NULL AS shared, w.above, w.below, ${hubFields(scope)} AS hub
       FROM sync_changes c JOIN ${entity.table} h ON h.tenant_id = ${scope.tenant} AND h.id = c.local_id
       JOIN external_system_mappings l ON ${scope.inLinks} AND l.external_id = c.external_id
       LEFT JOIN others w ON w.local_id = c.local_id WHERE ${ending})
     UPDATE sync_changes c SET diff_before = x.base_diff, diff_after = x.base_diff,
       before = CASE WHEN x.shared THEN coalesce(c.before, d.before, '{}') END, after = CASE WHEN x.shared THEN coalesce(c.after, d.after, '{}') END
     FROM x CROSS JOIN LATERAL ${leaving()} WHERE ${scope.inPlan} AND c.local_id = x.local_id`,
  );
}
