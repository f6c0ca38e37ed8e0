/**
 * What the hub must hold for a row of the source: a second, independent reading of the wire that the product's own is compared with.
 * References are external ids, so that a hub can be compared without its local ids.
 */
import type { EntityName } from '@rollcall/core';
import type { WireRow } from './source-snapshot.js';

export type Comparable = Readonly<Record<string, unknown>>;

export const expected: Readonly<Record<EntityName, (row: WireRow) => Comparable>> = {
  orgs: (row) => ({ name: row.name, type: row.type, identifier: row.identifier ?? null, parent: ref(row.parent) }),
  academicSessions: (row) => ({
    title: row.title,
    type: row.type,
    start: row.startDate,
    end: row.endDate,
    year: row.schoolYear === null ? null : String(row.schoolYear),
    parent: ref(row.parent),
    org: ref(row.org),
  }),
  courses: (row) => ({
    title: row.title,
    code: row.courseCode ?? null,
    grades: sorted(row.grades),
    subjects: sorted(row.subjects),
    org: ref(row.org),
    year: ref(row.schoolYear),
  }),
  users: (row) => ({
    given: row.givenName,
    family: row.familyName,
    middle: row.middleName ?? null,
    username: row.username ?? null,
    email: row.email ?? null,
    enabled: String(row.enabledUser) === 'true',
    grades: sorted(row.grades),
    school: ref(row.primaryOrg),
    agents: refs(row.agents),
    roles: roles(row.roles),
  }),
  classes: (row) => ({
    title: row.title,
    code: row.classCode ?? null,
    type: row.classType,
    grades: sorted(row.grades),
    course: ref(row.course),
    school: ref(row.school),
    terms: refs(row.terms),
  }),
  enrollments: (row) => ({
    role: row.role,
    primary: String(row.primary) === 'true',
    begin: day(row.beginDate),
    end: day(row.endDate),
    user: ref(row.user),
    class: ref(row.class),
    school: ref(row.school),
  }),
};

const ref = (value: unknown): string | null => (value as { sourcedId?: string } | null | undefined)?.sourcedId ?? null;
const sorted = (value: unknown): unknown => [...((value as string[] | null) ?? [])].toSorted();
const refs = (value: unknown): unknown => ((value as unknown[] | null) ?? []).map(ref).toSorted();
const roles = (value: unknown): unknown =>
  (value as WireRow[]).map((role) => [role.roleType, camel(role.role), ref(role.org)].join(' ')).toSorted();

/** Some days come with an hour, some roles with underscores. */
const day = (value: unknown): string | null => (typeof value === 'string' ? value.slice(0, 10) : null);
const camel = (value: unknown): string =>
  String(value).replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
