/**
 * People's roles as they are handed on: each integration keeps its own, and what several say is told once, as the highest-ranked of
 * them says it. What one integration says stays as it says it.
 */

/** The ids of a tenant's integrations, the highest-ranked first; the older of equal ones. `tenant` is SQL. */
export const rankedSources = (tenant: string): string =>
  `SELECT i.id FROM integrations i WHERE i.tenant_id = ${tenant} ORDER BY i.rank, i.id`;

/**
 * Follows FROM. `condition` is on user_roles r, and takes in whole people, or all that they are in some organisations. `sources` is an
 * SQL array of the ranked integrations, null where there is no more than one. `place` is the rank of the integration that is handed on.
 *
 * A role in an organisation is the highest-ranked integration's that gives it; of those that are left, the primary ones of an organisation
 * are the highest-ranked integration's, and the others' become secondary.
 */
export function handedOnRoles(condition: string, sources: string | null): string {
  const kept = `r.tenant_id, r.user_id, r.integration_id, r.position, r.role, r.org_id, r.begin_date, r.end_date`;
  if (sources === null) return `(SELECT ${kept}, r.role_type, 0 AS place FROM user_roles r WHERE ${condition})`;
  const first = (parted: string, place: string) =>
    `rank() OVER (PARTITION BY r.user_id, r.org_id, ${parted} ORDER BY ${place})`;
  const place = `array_position(${sources}, r.integration_id)`;
  return `(SELECT ${kept}, r.place,
      CASE WHEN r.role_type = 'primary' AND ${first('r.role_type', 'r.place')} > 1 THEN 'secondary' ELSE r.role_type END AS role_type
    FROM (SELECT r.*, ${place} AS place, ${first('r.role', place)} AS nth FROM user_roles r WHERE ${condition}) r WHERE r.nth = 1)`;
}
