/**
 * Which records an export is made of, and under which id each goes out: a temporary table per entity, made inside the export's own
 * snapshot. What lacks a value that the standard demands is in it as not whole; it is left out, and counted.
 */
import type { EntityName } from '@rollcall/core';
import { literal } from '../database.js';

export interface ExportScope {
  readonly tenantId: string;
  /** The local id of one organisation; without it the whole tenant. */
  readonly school?: string;
  /** An SQL condition on change_log c, when only what has changed goes out. */
  readonly since?: string;
  /** The tenant's integrations, the highest-ranked first. */
  readonly sources: readonly string[];
}

/** Names of temporary tables (id, sourced_id, active, whole, changed). */
export const exportTable = (entity: EntityName): string => `pg_temp.export_${entity.toLowerCase()}`;

/** In the order in which they have to run. */
export function exportTables(scope: ExportScope): readonly string[] {
  return [
    ...changesTable(scope),
    ...(scope.school === undefined ? [] : schoolTables(scope, literal(scope.school))),
    ...Object.entries(kept).flatMap(([entity, rule]) => tableOf(entity as EntityName, rule, scope)),
  ];
}

interface Rule {
  readonly table: string;
  /** Of a row h: what the standard demands, beyond the hub's own rules. */
  readonly whole: string;
  /** Of a row h: whether it belongs to the school. */
  readonly inSchool: string;
}

const whole = (entity: EntityName, column: string): string =>
  `EXISTS (SELECT FROM ${exportTable(entity)} x WHERE x.id = ${column} AND x.whole)`;
const here = `SELECT id FROM pg_temp.export_here`;

const kept: Readonly<Record<EntityName, Rule>> = {
  orgs: { table: 'orgs', whole: 'true', inSchool: `h.id IN (SELECT id FROM pg_temp.export_around)` },
  academicSessions: {
    table: 'academic_sessions',
    whole: 'true',
    inSchool: `(h.org_id IS NULL OR h.org_id IN (SELECT id FROM pg_temp.export_around))`,
  },
  courses: {
    table: 'courses',
    whole: whole('orgs', 'h.org_id'),
    inSchool: `(h.org_id IN (${here}) OR h.id IN (SELECT course_id FROM pg_temp.export_taught))`,
  },
  users: {
    table: 'users',
    whole: `EXISTS (SELECT FROM user_roles r JOIN ${exportTable('orgs')} x ON x.id = r.org_id AND x.whole
      WHERE r.tenant_id = h.tenant_id AND r.user_id = h.id)`,
    inSchool: `h.id IN (SELECT id FROM pg_temp.export_people)`,
  },
  classes: {
    table: 'classes',
    whole: `${whole('courses', 'h.course_id')} AND ${whole('orgs', 'h.school_id')}
      AND EXISTS (SELECT FROM ${exportTable('academicSessions')} x WHERE x.id = ANY (h.term_ids) AND x.whole)`,
    inSchool: `h.school_id IN (${here})`,
  },
  enrollments: {
    table: 'enrollments',
    whole: `${whole('classes', 'h.class_id')} AND ${whole('users', 'h.user_id')}`,
    inSchool: `h.class_id IN (SELECT id FROM pg_temp.export_taught)`,
  },
};

/**
 * An id of the highest-ranked integration that knows the record, where the standard allows it and no other record goes by it; else the
 * local id, which stays the same in whatever system it is read into.
 */
function tableOf(entity: EntityName, rule: Rule, { tenantId, school, since }: ExportScope): string[] {
  const tenant = literal(tenantId);
  const table = exportTable(entity);
  const changed =
    since === undefined
      ? `NULL::timestamptz`
      : `(SELECT max(c.at) FROM pg_temp.export_changes c WHERE c.entity = '${rule.table}' AND c.local_id = h.id)`;
  return [
    `CREATE TEMPORARY TABLE ${table.replace('pg_temp.', '')} ON COMMIT DROP AS
     WITH first_link AS (
       SELECT DISTINCT ON (l.local_id) l.local_id AS id, l.external_id, i.rank, i.id AS integration_id
       FROM external_system_mappings l JOIN integrations i ON i.tenant_id = l.tenant_id AND i.id = l.integration_id
       WHERE l.tenant_id = ${tenant} AND l.entity = '${entity}' AND l.state <> 'unlinked'
       ORDER BY l.local_id, i.rank, i.id, l.state = 'active' DESC, l.external_id
     ), named AS (
       SELECT id, CASE WHEN length(external_id) <= 255 AND external_id !~ '[^0-9A-Za-z./@_-]'
         AND row_number() OVER (PARTITION BY external_id ORDER BY rank, integration_id) = 1 THEN external_id END AS name FROM first_link
     )
     SELECT h.id, coalesce(n.name, h.id::text) COLLATE "C" AS sourced_id, h.active, ${rule.whole} AS whole, ${changed} AS changed
     FROM ${rule.table} h LEFT JOIN named n ON n.id = h.id
     WHERE h.tenant_id = ${tenant} ${since === undefined ? 'AND h.active' : ''} ${school === undefined ? '' : `AND ${rule.inSchool}`}`,
    ...(entity === 'enrollments' ? [] : [`CREATE UNIQUE INDEX ON ${table} (id)`]),
    `ANALYZE ${table}`,
  ];
}

/** The school with what is below it (here), with what is above it too (around), the classes taught there, and the people of them. */
function schoolTables({ tenantId }: ExportScope, school: string): string[] {
  const tenant = literal(tenantId);
  const tree = (name: string, step: string) => `WITH RECURSIVE t AS (
      SELECT id, parent_id FROM orgs WHERE tenant_id = ${tenant} AND id = ${school}
      UNION SELECT o.id, o.parent_id FROM orgs o JOIN t ON ${step} WHERE o.tenant_id = ${tenant}) ${name}`;
  return [
    `CREATE TEMPORARY TABLE export_here ON COMMIT DROP AS ${tree('SELECT id FROM t', 'o.parent_id = t.id')}`,
    `CREATE TEMPORARY TABLE export_around ON COMMIT DROP AS ${tree('SELECT id FROM t', 'o.id = t.parent_id')} UNION ${here}`,
    `CREATE TEMPORARY TABLE export_taught ON COMMIT DROP AS SELECT id, course_id FROM classes
     WHERE tenant_id = ${tenant} AND school_id IN (${here})`,
    `CREATE TEMPORARY TABLE export_people ON COMMIT DROP AS
     WITH own AS (
       SELECT user_id AS id FROM user_roles WHERE tenant_id = ${tenant} AND org_id IN (${here})
       UNION SELECT user_id FROM enrollments WHERE tenant_id = ${tenant} AND class_id IN (SELECT id FROM pg_temp.export_taught)
     ) SELECT id FROM own
     UNION SELECT a.id FROM users u JOIN own ON own.id = u.id CROSS JOIN unnest(u.agent_ids) a(id) WHERE u.tenant_id = ${tenant}`,
  ];
}

/** What has changed since. */
const changesTable = ({ tenantId, since }: ExportScope): string[] =>
  since === undefined
    ? []
    : [
        `CREATE TEMPORARY TABLE export_changes ON COMMIT DROP AS SELECT c.entity, c.local_id, max(c.at) AS at FROM change_log c
         WHERE c.tenant_id = ${literal(tenantId)} AND ${since} GROUP BY c.entity, c.local_id`,
        `CREATE INDEX ON export_changes (entity, local_id)`,
        `ANALYZE export_changes`,
      ];
