/** What the hub of a tenant holds, as a superuser sees it: every row with its link, references turned into external ids. */
import type { EntityName } from '@rollcall/core';
import type { Comparable } from './expected-hub.js';

export type Ask = <Row>(text: string, params?: unknown[]) => Promise<Row[]>;

export interface HubRow {
  readonly localId: string;
  readonly active: boolean;
  /** The links that name it; one, where all is well. */
  readonly externalIds: readonly string[];
  readonly linkState: string | null;
  readonly values: Comparable;
}

export type HubSnapshot = ReadonlyMap<EntityName, readonly HubRow[]>;

export async function readHub(ask: Ask, tenantId: string): Promise<HubSnapshot> {
  const hub = new Map<EntityName, readonly HubRow[]>();
  for (const [name, { table, values }] of Object.entries(tables) as [EntityName, (typeof tables)[EntityName]][])
    hub.set(
      name,
      await ask<HubRow>(
        `WITH ext AS MATERIALIZED (SELECT local_id, min(external_id) AS id FROM external_system_mappings WHERE tenant_id = $1 GROUP BY 1)
         SELECT t.id AS "localId", t.active, coalesce(l.ids, '{}') AS "externalIds", l.state AS "linkState",
           jsonb_build_object(${values}) AS values
         FROM ${table} t LEFT JOIN (SELECT local_id, array_agg(external_id ORDER BY external_id) AS ids, min(state) AS state
           FROM external_system_mappings WHERE tenant_id = $1 AND entity = $2 GROUP BY 1) l ON l.local_id = t.id
         WHERE t.tenant_id = $1`,
        [tenantId, name],
      ),
    );
  return hub;
}

const one = (column: string): string => `(SELECT e.id FROM ext e WHERE e.local_id = t.${column})`;
const many = (column: string): string =>
  `(SELECT coalesce(jsonb_agg(e.id ORDER BY e.id COLLATE "C"), '[]') FROM ext e WHERE e.local_id = ANY (t.${column}))`;
const list = (column: string): string =>
  `(SELECT coalesce(jsonb_agg(x ORDER BY x COLLATE "C"), '[]') FROM unnest(t.${column}) x)`;

const tables: Readonly<Record<EntityName, { table: string; values: string }>> = {
  orgs: { table: 'orgs', values: `'name', t.name, 'type', t.type, 'identifier', t.identifier, 'parent', ${one('parent_id')}` },
  academicSessions: {
    table: 'academic_sessions',
    values: `'title', t.title, 'type', t.type, 'start', t.start_date, 'end', t.end_date, 'year', t.school_year,
      'parent', ${one('parent_id')}, 'org', ${one('org_id')}`,
  },
  courses: {
    table: 'courses',
    values: `'title', t.title, 'code', t.course_code, 'grades', ${list('grades')}, 'subjects', ${list('subjects')},
      'org', ${one('org_id')}, 'year', ${one('school_year_id')}`,
  },
  users: {
    table: 'users',
    values: `'given', t.given_name, 'family', t.family_name, 'middle', t.middle_name, 'username', t.username, 'email', t.email,
      'enabled', t.enabled_user, 'grades', ${list('grades')}, 'school', ${one('school_id')}, 'agents', ${many('agent_ids')},
      'roles', (SELECT coalesce(jsonb_agg(x ORDER BY x COLLATE "C"), '[]') FROM (SELECT concat_ws(' ', r.role_type, r.role,
        (SELECT e.id FROM ext e WHERE e.local_id = r.org_id)) AS x FROM user_roles r WHERE r.tenant_id = $1 AND r.user_id = t.id) y)`,
  },
  classes: {
    table: 'classes',
    values: `'title', t.title, 'code', t.class_code, 'type', t.class_type, 'grades', ${list('grades')}, 'course', ${one('course_id')},
      'school', ${one('school_id')}, 'terms', ${many('term_ids')}`,
  },
  enrollments: {
    table: 'enrollments',
    values: `'role', t.role, 'primary', t.is_primary, 'begin', t.begin_date, 'end', t.end_date, 'user', ${one('user_id')},
      'class', ${one('class_id')}, 'school', ${one('school_id')}`,
  },
};
