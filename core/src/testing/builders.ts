/** Canonical records for tests: invented, valid, the same on every call; a test overrides only what it is about. */
import type { AcademicSession } from '../roster/academic-session.js';
import type { Class } from '../roster/class.js';
import type { Course } from '../roster/course.js';
import type { Enrollment } from '../roster/enrollment.js';
import type { RosterRecords } from '../roster/entities.js';
import type { Org } from '../roster/org.js';
import type { Role, User } from '../roster/user.js';

const head = (sourcedId: string) => ({
  sourcedId,
  status: 'active' as const,
  dateLastModified: '2026-08-15T07:30:00.000Z',
  metadata: null,
});

export const anOrg = (over: Partial<Org> = {}): Org => ({
  ...head('org-lindholm'),
  name: 'Lindholm School',
  type: 'school',
  identifier: 'S-17',
  parent: null,
  ...over,
});

export const anAcademicSession = (over: Partial<AcademicSession> = {}): AcademicSession => ({
  ...head('session-autumn'),
  title: 'Autumn 2026',
  type: 'term',
  startDate: '2026-08-17',
  endDate: '2026-12-18',
  schoolYear: '2027',
  parent: null,
  org: 'org-lindholm',
  ...over,
});

export const aCourse = (over: Partial<Course> = {}): Course => ({
  ...head('course-math-5'),
  title: 'Mathematics 5',
  courseCode: 'MATH5',
  grades: ['5'],
  subjects: ['Math'],
  subjectCodes: [],
  org: 'org-lindholm',
  schoolYear: null,
  ...over,
});

export const aRole = (over: Partial<Role> = {}): Role => ({
  roleType: 'primary',
  role: 'student',
  org: 'org-lindholm',
  beginDate: null,
  endDate: null,
  ...over,
});

export const aUser = (over: Partial<User> = {}): User => ({
  ...head('user-edda'),
  givenName: 'Edda',
  familyName: 'Ahlgren',
  middleName: null,
  preferredFirstName: null,
  preferredMiddleName: null,
  preferredLastName: null,
  pronouns: null,
  username: 'edda.ahlgren',
  identifier: 'P-1001',
  userMasterIdentifier: null,
  userIds: ['SIS:1001'],
  email: 'edda.ahlgren@example.org',
  sms: null,
  phone: null,
  enabledUser: true,
  grades: ['5'],
  primaryOrg: 'org-lindholm',
  roles: [aRole()],
  agents: [],
  ...over,
});

export const aClass = (over: Partial<Class> = {}): Class => ({
  ...head('class-math-5a'),
  title: 'Mathematics 5a',
  classCode: 'M5A',
  classType: 'scheduled',
  location: null,
  grades: ['5'],
  subjects: ['Math'],
  subjectCodes: [],
  periods: ['1'],
  course: 'course-math-5',
  school: 'org-lindholm',
  terms: ['session-autumn'],
  ...over,
});

export const anEnrollment = (over: Partial<Enrollment> = {}): Enrollment => ({
  ...head('enrollment-edda-math'),
  role: 'student',
  primary: false,
  beginDate: '2026-08-17',
  endDate: null,
  user: 'user-edda',
  class: 'class-math-5a',
  school: 'org-lindholm',
  ...over,
});

/** One valid record of each entity, for tests that loop over the entity table. */
export const aRecordOf: { readonly [E in keyof RosterRecords]: () => RosterRecords[E] } = {
  orgs: anOrg,
  academicSessions: anAcademicSession,
  courses: aCourse,
  users: aUser,
  classes: aClass,
  enrollments: anEnrollment,
};
