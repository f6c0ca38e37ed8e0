/**
 * The rows of each exported file as a query whose columns are those of the standard, each cell written as a strict reader takes it and
 * ours reads it back. Rows are ordered by their ids, so that equal rosters give equal files.
 */
import type { EntityName } from '@rollcall/core';
import { columnsOf, type ExportedFile, type PackageMode } from '@rollcall/connectors';
import { literal } from '../database.js';
import { exportTable, type ExportScope } from './export-scope.js';
import { handedOnRoles } from './handed-on-roles.js';

/** `h` is the hub's row, `x` its row of the export; columns that are not named stay empty. */
export function exportRows(file: ExportedFile, mode: PackageMode, scope: ExportScope): string {
  const tenant = literal(scope.tenantId);
  const rows = files[file];
  const { from, cells, order = `x.sourced_id` } = typeof rows === 'function' ? rows(rolesOf(tenant, scope)) : rows;
  const head: Readonly<Record<string, string>> = {
    sourcedId: 'x.sourced_id',
    ...(mode === 'delta' && {
      status: `CASE WHEN x.active THEN 'active' ELSE 'tobedeleted' END`,
      dateLastModified: `to_char(x.changed AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
    }),
  };
  const values = columnsOf(file).map((column) => cells[column] ?? head[column] ?? 'NULL');
  const changed = mode === 'delta' ? 'AND x.changed IS NOT NULL' : '';
  return `SELECT ${values.join(', ')} FROM ${from} WHERE h.tenant_id = ${tenant} AND x.whole ${changed} ORDER BY ${order}`;
}

interface FileRows {
  readonly from: string;
  readonly cells: Readonly<Record<string, string>>;
  readonly order?: string;
}

const ofEntity = (entity: EntityName, table: string): string =>
  `${exportTable(entity)} x JOIN ${table} h ON h.id = x.id`;

/** A line break inside of a cell is not allowed. */
const text = (column: string): string => `translate(${column}, E'\\r\\n', '  ')`;

/** Items are parted by commas, so one inside of an item becomes a semicolon. Sorted once more: what was replaced sorts elsewhere. */
const items = (column: string, written = `i`): string =>
  `(SELECT array_agg(DISTINCT (${written}) COLLATE "C" ORDER BY (${written}) COLLATE "C")
    FROM (SELECT translate(raw, E',\\r\\n', ';  ') AS i FROM unnest(${column}) u(raw)) w WHERE btrim(i) <> '')`;
const list = (column: string, written?: string): string =>
  `CASE WHEN cardinality(${column}) > 0 THEN array_to_string(${items(column, written)}, ',') END`;

/** CEDS codes, which other systems expect; the hub's own are TimeBack's. */
const grade = `CASE WHEN i = '-1' THEN 'PK' WHEN i = '0' THEN 'KG' WHEN i ~ '^[1-9]$' THEN '0' || i ELSE i END`;

/** Pairs without a kind, or with the signs of the notation in them, cannot be written. */
const userIds = `CASE WHEN cardinality(h.user_ids) > 0 THEN (SELECT string_agg('{' || i || '}', ',' ORDER BY i COLLATE "C")
  FROM unnest(h.user_ids) u(i) WHERE i ~ '^[^:{},[:cntrl:]]+:[^:{},[:cntrl:]]+$') END`;

const idOf = (entity: EntityName, column: string): string =>
  `(SELECT y.sourced_id FROM ${exportTable(entity)} y WHERE y.id = ${column} AND y.whole)`;
const idsOf = (entity: EntityName, column: string): string =>
  `CASE WHEN cardinality(${column}) > 0 THEN (SELECT string_agg(y.sourced_id, ',' ORDER BY y.sourced_id)
    FROM ${exportTable(entity)} y WHERE y.id = ANY (${column}) AND y.whole) END`;

/** The two lists are paired by their places; where they are of unequal length nothing can be paired. */
const subjects = {
  subjects: list('h.subjects'),
  subjectCodes: `CASE WHEN cardinality(h.subjects) = 0 OR cardinality(${items('h.subjects')}) = cardinality(${items('h.subject_codes')})
    THEN ${list('h.subject_codes')} END`,
};

/** What follows FROM for roles r: all that are handed on, or those of one person. */
type Roles = (person?: string) => string;

const rolesOf =
  (tenant: string, { sources }: ExportScope): Roles =>
  (person) => {
    const ranked = sources.length > 1 ? `ARRAY[${sources.map((id) => literal(id)).join(', ')}]::uuid[]` : null;
    return handedOnRoles(`r.tenant_id = ${tenant}${person ? ` AND r.user_id = ${person}` : ''}`, ranked);
  };

/** Of what several sources say, the highest-ranked one's goes first. */
const roleOrder = `r.role_type, r.place, r.role COLLATE "C", o.sourced_id, r.begin_date NULLS FIRST, r.end_date NULLS FIRST`;

const files: Readonly<Record<ExportedFile, FileRows | ((roles: Roles) => FileRows)>> = {
  orgs: {
    from: ofEntity('orgs', 'orgs'),
    cells: {
      name: text('h.name'),
      type: 'h.type',
      identifier: text('h.identifier'),
      parentSourcedId: idOf('orgs', 'h.parent_id'),
    },
  },
  academicSessions: {
    from: ofEntity('academicSessions', 'academic_sessions'),
    cells: {
      title: text('h.title'),
      type: 'h.type',
      startDate: 'h.start_date',
      endDate: 'h.end_date',
      parentSourcedId: idOf('academicSessions', 'h.parent_id'),
      // The year in which the school year ends: from August on, the next.
      schoolYear: `CASE WHEN h.school_year ~ '^[0-9]{4}$' THEN h.school_year
        ELSE to_char(h.end_date + interval '5 months', 'YYYY') END`,
    },
  },
  courses: {
    from: ofEntity('courses', 'courses'),
    cells: {
      schoolYearSourcedId: idOf('academicSessions', 'h.school_year_id'),
      title: text('h.title'),
      courseCode: text('h.course_code'),
      grades: list('h.grades', grade),
      orgSourcedId: idOf('orgs', 'h.org_id'),
      ...subjects,
    },
  },
  classes: {
    from: ofEntity('classes', 'classes'),
    cells: {
      title: text('h.title'),
      grades: list('h.grades', grade),
      courseSourcedId: idOf('courses', 'h.course_id'),
      classCode: text('h.class_code'),
      classType: 'h.class_type',
      location: text('h.location'),
      schoolSourcedId: idOf('orgs', 'h.school_id'),
      termSourcedIds: idsOf('academicSessions', 'h.term_ids'),
      ...subjects,
      periods: list('h.periods'),
    },
  },
  users: (roles) => ({
    from: ofEntity('users', 'users'),
    cells: {
      enabledUser: 'h.enabled_user::text',
      username: text('coalesce(h.username, h.email, x.sourced_id)'),
      userIds,
      givenName: text('h.given_name'),
      familyName: text('h.family_name'),
      middleName: text('h.middle_name'),
      identifier: text('h.identifier'),
      email: text('h.email'),
      sms: text('h.sms'),
      phone: text('h.phone'),
      agentSourcedIds: idsOf('users', 'h.agent_ids'),
      grades: list('h.grades', grade),
      userMasterIdentifier: text('h.user_master_identifier'),
      preferredGivenName: text('h.preferred_first_name'),
      preferredMiddleName: text('h.preferred_middle_name'),
      preferredFamilyName: text('h.preferred_last_name'),
      primaryOrgSourcedId: `coalesce(${idOf('orgs', 'h.school_id')}, (SELECT o.sourced_id
        FROM ${roles('h.id')} r
        JOIN ${exportTable('orgs')} o ON o.id = r.org_id AND o.whole ORDER BY ${roleOrder} LIMIT 1))`,
      pronouns: text('h.pronouns'),
    },
  }),
  roles: (roles) => ({
    // Of equal ones that one integration gives, one.
    from: `${exportTable('users')} x JOIN (
      SELECT DISTINCT r.tenant_id, r.user_id, r.role_type, r.role, o.sourced_id, r.begin_date, r.end_date
      FROM ${roles()} r JOIN ${exportTable('orgs')} o ON o.id = r.org_id AND o.whole) h ON h.user_id = x.id`,
    cells: {
      // The hub's roles have no ids; one that follows from what the role says is the same in every export.
      sourcedId: `md5(concat_ws('|', x.sourced_id, h.role_type, h.role, h.sourced_id, h.begin_date, '-', h.end_date))::uuid::text`,
      userSourcedId: 'x.sourced_id',
      roleType: 'h.role_type',
      role: `CASE h.role WHEN 'administrator' THEN 'ext:administrator' ELSE h.role END`,
      beginDate: 'h.begin_date',
      endDate: 'h.end_date',
      orgSourcedId: 'h.sourced_id',
    },
    order: `x.sourced_id, h.role_type, h.role COLLATE "C", h.sourced_id, h.begin_date NULLS FIRST, h.end_date NULLS FIRST`,
  }),
  enrollments: {
    from: `${ofEntity('enrollments', 'enrollments')} JOIN ${exportTable('classes')} c ON c.id = h.class_id
      JOIN classes k ON k.tenant_id = h.tenant_id AND k.id = h.class_id
      JOIN ${exportTable('users')} u ON u.id = h.user_id
      JOIN ${exportTable('orgs')} ks ON ks.id = k.school_id LEFT JOIN ${exportTable('orgs')} s ON s.id = h.school_id AND s.whole`,
    cells: {
      classSourcedId: 'c.sourced_id',
      schoolSourcedId: 'coalesce(s.sourced_id, ks.sourced_id)',
      userSourcedId: 'u.sourced_id',
      role: `CASE h.role WHEN 'aide' THEN 'ext:aide' ELSE h.role END`,
      primary: 'h.is_primary::text',
      beginDate: 'h.begin_date',
      endDate: 'h.end_date',
    },
  },
};
