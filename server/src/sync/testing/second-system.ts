/** For tests: another system of the same district, as a OneRoster CSV package that is written from what the hub holds, under ids of its own. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestDatabase } from '../../store/testing/test-database.js';

const own = (id: string) => `CASE WHEN ${id} IS NOT NULL THEN 'sis-' || ${id} END`;
const ownOf = (ids: string) => `(SELECT string_agg('sis-' || x, ',' ORDER BY x) FROM unnest(${ids}) x)`;

/** What of active rows h goes into each file, by its columns. */
const files: Readonly<Record<string, { from: string; columns: Readonly<Record<string, string>> }>> = {
  orgs: {
    from: 'orgs h',
    columns: {
      sourcedId: own('h.id'),
      name: 'h.name',
      type: 'h.type',
      identifier: 'h.identifier',
      parentSourcedId: own('h.parent_id'),
    },
  },
  academicSessions: {
    from: 'academic_sessions h',
    columns: {
      ...{ sourcedId: own('h.id'), title: 'h.title', type: 'h.type', startDate: 'h.start_date', endDate: 'h.end_date' },
      ...{ parentSourcedId: own('h.parent_id'), schoolYear: 'h.school_year', orgSourcedId: own('h.org_id') },
    },
  },
  courses: {
    from: 'courses h',
    columns: {
      ...{ sourcedId: own('h.id'), title: 'h.title', courseCode: 'h.course_code', orgSourcedId: own('h.org_id') },
      schoolYearSourcedId: own('h.school_year_id'),
    },
  },
  classes: {
    from: 'classes h',
    columns: {
      ...{ sourcedId: own('h.id'), title: 'h.title', classCode: 'h.class_code', classType: 'h.class_type' },
      ...{
        courseSourcedId: own('h.course_id'),
        schoolSourcedId: own('h.school_id'),
        termSourcedIds: ownOf('h.term_ids'),
      },
    },
  },
  users: {
    from: 'users h',
    columns: {
      ...{ sourcedId: own('h.id'), enabledUser: 'h.enabled_user', username: 'h.username', identifier: 'h.identifier' },
      ...{ givenName: 'h.given_name', familyName: 'h.family_name', primaryOrgSourcedId: own('h.school_id') },
      ...{ email: `h.username || '@sis.example'`, sms: `'+1-555-02' || right(h.identifier, 2)` },
    },
  },
  roles: {
    from: 'user_roles r JOIN users h ON h.id = r.user_id',
    columns: {
      sourcedId: `'sis-' || r.user_id || '-' || r.position`,
      ...{ userSourcedId: own('r.user_id'), roleType: 'r.role_type', role: 'r.role', orgSourcedId: own('r.org_id') },
    },
  },
  enrollments: {
    from: 'enrollments h JOIN users u ON u.id = h.user_id AND u.active JOIN classes c ON c.id = h.class_id AND c.active',
    columns: {
      ...{ sourcedId: own('h.id'), classSourcedId: own('h.class_id'), schoolSourcedId: own('h.school_id') },
      ...{ userSourcedId: own('h.user_id'), role: 'h.role', primary: 'h.is_primary' },
    },
  },
};

export type Line = Readonly<Record<string, string | null>>;
export type Package = Record<string, Line[]>;

/** Records by the standard's file names, all that is active in the hub. */
export async function secondSystem(database: TestDatabase): Promise<Package> {
  const read: Package = {};
  for (const [name, { from, columns }] of Object.entries(files)) {
    const list = Object.entries(columns).map(([column, value]) => `(${value})::text AS "${column}"`);
    read[name] = await database.sql<Record<string, string | null>>(
      `SELECT ${list.join(', ')} FROM ${from} WHERE h.active ORDER BY 1`,
    );
  }
  return read;
}

/** Writes it into a folder, in the place of what was there. */
export function writePackage(folder: string, read: Package): void {
  const write = (name: string, lines: readonly string[]) =>
    writeFileSync(join(folder, `${name}.csv`), lines.map((line) => `${line}\r\n`).join(''));
  const named = Object.keys(read).map((name) => `file.${name},bulk`);
  write('manifest', ['propertyName,value', 'manifest.version,1.0', 'oneroster.version,1.2', ...named]);
  for (const [name, rows] of Object.entries(read)) {
    const columns = Object.keys(files[name]!.columns);
    const cell = (text: string | null | undefined) => `"${(text ?? '').replaceAll('"', '""')}"`;
    write(name, [columns.join(), ...rows.map((row) => columns.map((column) => cell(row[column])).join())]);
  }
}
