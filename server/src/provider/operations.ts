/**
 * The 41 reads of OneRoster 1.2 rostering as one table: address, entity, which of its records, who may ask. Whatever serves,
 * describes or tests the provider loops over it. Source: 1EdTech's OpenAPI document of the rostering service 1.2.
 */
import type { EntityName } from '@rollcall/core';
import type { Narrowing } from '../store/provider/narrowing.js';

export const scopeBase = 'https://purl.imsglobal.org/spec/or/v1p2/scope/';
export const scopes = ['roster.readonly', 'roster-core.readonly', 'roster-demographics.readonly'] as const;
export type Scope = (typeof scopes)[number];

export const providerPath = '/ims/oneroster/rostering/v1p2';
export const tokenPath = '/ims/oneroster/token';

export interface Operation {
  readonly id: string;
  /** Below `providerPath`; a part in braces is an id. */
  readonly path: string;
  readonly kind: 'collection' | 'single';
  /** Null for demographics, of which the hub keeps nothing. */
  readonly entity: EntityName | null;
  readonly narrowing: Narrowing | null;
  /** The key of the answer's envelope. */
  readonly envelope: string;
  /** Any of them lets a client in. */
  readonly scopes: readonly Scope[];
  /** What the ids in a nested address name, in their order. */
  readonly within: readonly Parent[];
}

export interface Parent {
  readonly entity: EntityName;
  readonly narrowing: Narrowing | null;
}

const core: readonly Scope[] = ['roster.readonly', 'roster-core.readonly'];

interface Collection {
  readonly path: string;
  readonly entity: EntityName | null;
  readonly narrowing: Narrowing | null;
  readonly all: string;
  readonly one: string;
}

const collections: readonly Collection[] = [
  {
    path: 'academicSessions',
    entity: 'academicSessions',
    narrowing: null,
    all: 'AcademicSessions',
    one: 'AcademicSession',
  },
  { path: 'classes', entity: 'classes', narrowing: null, all: 'Classes', one: 'Class' },
  { path: 'courses', entity: 'courses', narrowing: null, all: 'Courses', one: 'Course' },
  { path: 'demographics', entity: null, narrowing: null, all: 'Demographics', one: 'Demographics' },
  { path: 'enrollments', entity: 'enrollments', narrowing: null, all: 'Enrollments', one: 'Enrollment' },
  {
    path: 'gradingPeriods',
    entity: 'academicSessions',
    narrowing: 'gradingPeriods',
    all: 'GradingPeriods',
    one: 'GradingPeriod',
  },
  { path: 'orgs', entity: 'orgs', narrowing: null, all: 'Orgs', one: 'Org' },
  { path: 'schools', entity: 'orgs', narrowing: 'schools', all: 'Schools', one: 'School' },
  { path: 'students', entity: 'users', narrowing: 'students', all: 'Students', one: 'Student' },
  { path: 'teachers', entity: 'users', narrowing: 'teachers', all: 'Teachers', one: 'Teacher' },
  { path: 'terms', entity: 'academicSessions', narrowing: 'terms', all: 'Terms', one: 'Term' },
  { path: 'users', entity: 'users', narrowing: null, all: 'Users', one: 'User' },
];

const singular: Readonly<Record<string, string>> = {
  academicSessions: 'academicSession',
  classes: 'class',
  courses: 'course',
  enrollments: 'enrollment',
  orgs: 'org',
  users: 'user',
  demographics: 'demographics',
};

const allAndOne = ({ path, entity, narrowing, all, one }: Collection): Operation[] => {
  const list = entity ?? 'demographics';
  const allowed = entity ? core : (['roster-demographics.readonly'] as const);
  const of = { entity, narrowing, scopes: allowed, within: [] };
  return [
    { ...of, id: `getAll${all}`, path: `/${path}`, kind: 'collection', envelope: list },
    { ...of, id: `get${one}`, path: `/${path}/{sourcedId}`, kind: 'single', envelope: singular[list]! },
  ];
};

const school: Parent = { entity: 'orgs', narrowing: 'schools' };
const inClass: Parent = { entity: 'classes', narrowing: null };
const term: Parent = { entity: 'academicSessions', narrowing: 'terms' };

function nested(id: string, path: string, entity: EntityName, narrowing: Narrowing, ...within: Parent[]): Operation {
  return { id, path, kind: 'collection', entity, narrowing, envelope: entity, scopes: ['roster.readonly'], within };
}

const atSchool = '/schools/{schoolSourcedId}';
const inSchoolsClass = `${atSchool}/classes/{classSourcedId}`;

const nestedOperations: readonly Operation[] = [
  nested('getStudentsForClass', '/classes/{classSourcedId}/students', 'users', 'studentsOfClass', inClass),
  nested('getTeachersForClass', '/classes/{classSourcedId}/teachers', 'users', 'teachersOfClass', inClass),
  nested('getClassesForCourse', '/courses/{courseSourcedId}/classes', 'classes', 'classesOfCourse', {
    entity: 'courses',
    narrowing: null,
  }),
  nested('getClassesForSchool', `${atSchool}/classes`, 'classes', 'classesOfSchool', school),
  nested(
    'getEnrollmentsForClassInSchool',
    `${inSchoolsClass}/enrollments`,
    'enrollments',
    'enrollmentsOfClass',
    school,
    inClass,
  ),
  nested('getStudentsForClassInSchool', `${inSchoolsClass}/students`, 'users', 'studentsOfClass', school, inClass),
  nested('getTeachersForClassInSchool', `${inSchoolsClass}/teachers`, 'users', 'teachersOfClass', school, inClass),
  nested('getCoursesForSchool', `${atSchool}/courses`, 'courses', 'coursesOfSchool', school),
  nested('getEnrollmentsForSchool', `${atSchool}/enrollments`, 'enrollments', 'enrollmentsOfSchool', school),
  nested('getStudentsForSchool', `${atSchool}/students`, 'users', 'studentsOfSchool', school),
  nested('getTeachersForSchool', `${atSchool}/teachers`, 'users', 'teachersOfSchool', school),
  nested('getTermsForSchool', `${atSchool}/terms`, 'academicSessions', 'termsOfSchool', school),
  nested('getClassesForStudent', '/students/{studentSourcedId}/classes', 'classes', 'classesOfStudent', {
    entity: 'users',
    narrowing: 'students',
  }),
  nested('getClassesForTeacher', '/teachers/{teacherSourcedId}/classes', 'classes', 'classesOfTeacher', {
    entity: 'users',
    narrowing: 'teachers',
  }),
  nested('getClassesForTerm', '/terms/{termSourcedId}/classes', 'classes', 'classesOfTerm', term),
  nested(
    'getGradingPeriodsForTerm',
    '/terms/{termSourcedId}/gradingPeriods',
    'academicSessions',
    'gradingPeriodsOfTerm',
    term,
  ),
  nested('getClassesForUser', '/users/{userSourcedId}/classes', 'classes', 'classesOfUser', {
    entity: 'users',
    narrowing: null,
  }),
];

export const operations: readonly Operation[] = [...collections.flatMap(allAndOne), ...nestedOperations];

/** The operation at an address below `providerPath`, with the ids in it; null where there is none. */
export function operationAt(path: string): { operation: Operation; ids: string[] } | null {
  const parts = path.split('/');
  for (const operation of operations) {
    const wanted = operation.path.split('/');
    if (wanted.length !== parts.length) continue;
    if (wanted.every((part, at) => part === parts[at] || (part.startsWith('{') && parts[at] !== '')))
      return { operation, ids: parts.filter((_, at) => wanted[at]!.startsWith('{')).map(decoded) };
  }
  return null;
}

/** What cannot be decoded names nothing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
