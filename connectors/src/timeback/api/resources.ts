/**
 * The one table of what a TimeBack API offers for rosters: each resource with its path, keys and writes, and the lists within others. All
 * calls are made from it. Source: the published document, and the TimeBack reference, section 3, where the live API differs.
 */
import type * as wire from './wire-types.js';

/** By resource: as read, as created, as replaced. `never` where there is no such write. */
export interface ResourceTypes {
  orgs: [wire.WireOrg, wire.NewOrg, wire.NewOrg];
  schools: [wire.WireOrg, wire.NewOrg, wire.NewOrg];
  users: [wire.WireUser, wire.NewUser, wire.NewUser];
  students: [wire.WireUser, never, never];
  teachers: [wire.WireUser, never, never];
  courses: [wire.WireCourse, wire.NewCourse, wire.NewCourse];
  classes: [wire.WireClass, wire.NewClass, wire.ChangedClass];
  enrollments: [wire.WireEnrollment, wire.NewEnrollment, wire.NewEnrollment];
  academicSessions: [wire.WireSession, wire.NewSession, wire.NewSession];
  terms: [wire.WireSession, never, never];
  gradingPeriods: [wire.WireSession, wire.NewSession, wire.NewSession];
  demographics: [wire.WireDemographics, wire.NewDemographics, wire.NewDemographics];
  courseComponents: [wire.WireContent, wire.NewContent, wire.NewContent];
  componentResources: [wire.WireContent, wire.NewContent, wire.NewContent];
}

export type ResourceName = keyof ResourceTypes;
export type Read<R extends ResourceName> = ResourceTypes[R][0];
export type Created<R extends ResourceName> = ResourceTypes[R][1];
export type Replaced<R extends ResourceName> = ResourceTypes[R][2];
export type WritableName = { [R in ResourceName]: [Created<R>] extends [never] ? never : R }[ResourceName];

export interface Resource {
  readonly path: string;
  /** Whether its collection's address ends in a slash. */
  readonly slash: boolean;
  readonly listKey: string;
  readonly itemKey: string;
  /** Of a body that is written. */
  readonly writeKey: string;
  /** Whose cached answers a write takes away. */
  readonly touches: readonly string[];
}

const resource = (path: string, listKey: string, itemKey: string, more: Partial<Resource> = {}): Resource => ({
  path,
  slash: true,
  listKey,
  itemKey,
  writeKey: itemKey,
  touches: [path],
  ...more,
});

const orgs = { touches: ['orgs', 'schools'] };
const people = { touches: ['users', 'students', 'teachers', 'demographics'] };
const sessions = { writeKey: 'academicSession', touches: ['academicSessions', 'terms', 'gradingPeriods'] };

export const resources: Readonly<Record<ResourceName, Resource>> = {
  orgs: resource('orgs', 'orgs', 'org', orgs),
  schools: resource('schools', 'orgs', 'org', orgs),
  users: resource('users', 'users', 'user', people),
  students: resource('students', 'users', 'user'),
  teachers: resource('teachers', 'users', 'user'),
  courses: resource('courses', 'courses', 'course'),
  classes: resource('classes', 'classes', 'class'),
  enrollments: resource('enrollments', 'enrollments', 'enrollment', { touches: ['enrollments', 'classes'] }),
  academicSessions: resource('academicSessions', 'academicSessions', 'academicSession', sessions),
  terms: resource('terms', 'terms', 'term'),
  gradingPeriods: resource('gradingPeriods', 'gradingPeriods', 'gradingPeriod', sessions),
  demographics: resource('demographics', 'demographics', 'demographics', people),
  courseComponents: resource('courses/components', 'courseComponents', 'courseComponent', {
    slash: false,
    touches: ['courseComponents'],
  }),
  componentResources: resource('courses/component-resources', 'componentResources', 'componentResource', {
    slash: false,
    touches: ['componentResources'],
  }),
};

/** Lists within others: path with a hole for each id, what its rows are, and the keys its list may have. */
const within = <R extends ResourceName>(path: string, of: R, ...listKeys: readonly string[]) => ({
  path,
  of,
  listKeys: [...listKeys, resources[of].listKey],
});

export const nestedLists = {
  schoolClasses: within('schools/{}/classes', 'classes'),
  schoolCourses: within('schools/{}/courses', 'courses'),
  schoolEnrollments: within('schools/{}/enrollments', 'enrollments'),
  schoolStudents: within('schools/{}/students', 'students'),
  schoolTeachers: within('schools/{}/teachers', 'teachers'),
  schoolTerms: within('schools/{}/terms', 'terms'),
  schoolClassStudents: within('schools/{}/classes/{}/students', 'students'),
  schoolClassTeachers: within('schools/{}/classes/{}/teachers', 'teachers'),
  schoolClassEnrollments: within('schools/{}/classes/{}/enrollments', 'enrollments'),
  // The document says one key, the live API gives the other.
  classStudents: within('classes/{}/students', 'students', 'students'),
  classTeachers: within('classes/{}/teachers', 'teachers', 'teachers'),
  courseClasses: within('courses/{}/classes', 'classes'),
  termClasses: within('terms/{}/classes', 'classes'),
  termGradingPeriods: within('terms/{}/gradingPeriods', 'gradingPeriods'),
  userClasses: within('users/{}/classes', 'classes'),
  studentClasses: within('students/{}/classes', 'classes'),
  teacherClasses: within('teachers/{}/classes', 'classes'),
  userAgents: within('users/{}/agents', 'users', 'agents'),
  userAgentFor: within('users/{}/agentFor', 'users'),
} as const;

export type NestedListName = keyof typeof nestedLists;
export type NestedRow<N extends NestedListName> = Read<(typeof nestedLists)[N]['of']>;
