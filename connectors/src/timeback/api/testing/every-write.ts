/** Each write of the client with a body as its types ask for it, for the contract: what compiles must also fit the document. */
import type { CallContext } from '../../../contracts.js';
import type { TimeBackApiClient } from '../timeback-api-client.js';
import type * as wire from '../wire-types.js';
import type { WriteResult } from '../write-result.js';

type Write = (api: TimeBackApiClient, context: CallContext) => Promise<WriteResult>;

const ref = { sourcedId: 'other' };
const org: wire.NewOrg = { sourcedId: 'o', name: 'Lindholm School', type: 'school', identifier: 'S-17', parent: ref };
const user: wire.NewUser = {
  sourcedId: 'u',
  username: 'edda.ahlgren',
  enabledUser: true,
  givenName: 'Edda',
  familyName: 'Ahlgren',
  roles: [{ roleType: 'primary', role: 'student', org: ref }],
  primaryOrg: ref,
  email: 'edda.ahlgren@example.org',
  grades: ['5'],
};
const course: wire.NewCourse = { sourcedId: 'c', status: 'active', title: 'Mathematics 5', courseCode: 'M5', org: ref };
const group: wire.NewClass = {
  sourcedId: 'g',
  title: 'Mathematics 5a',
  classType: 'scheduled',
  course: ref,
  org: ref,
  terms: [ref],
};
const enrollment: wire.NewEnrollment = { sourcedId: 'e', role: 'student', primary: 'false', user: ref, class: ref };
const session: wire.NewSession = {
  sourcedId: 's',
  status: 'active',
  title: 'Autumn 2026',
  type: 'term',
  startDate: '2026-08-17',
  endDate: '2026-12-18',
  schoolYear: '2027',
  org: ref,
};
const period: wire.NewSession = { ...session, sourcedId: 'p', type: 'gradingPeriod' };
const demographics: wire.NewDemographics = { sourcedId: 'u', birthDate: '2015-03-01', sex: 'female' };
const component: wire.NewContent = { sourcedId: 'k', status: 'active', title: 'Unit 1', course: ref, sortOrder: 1 };
const content: wire.NewContent = {
  sourcedId: 'r',
  status: 'active',
  title: 'Lesson 1',
  courseComponent: ref,
  resource: ref,
  sortOrder: 1,
};
const member: wire.NewMember = { user: ref, primary: true, beginDate: '2026-08-17' };
const step = {
  url: 'https://x.example.org',
  skillCode: 'a',
  lessonCode: 'b',
  title: 't',
  'unit-title': 'u',
  status: 's',
  xp: 1,
};

export const everyWrite: readonly (readonly [name: string, write: Write])[] = [
  ['create org', (api, context) => api.create('orgs', org, context)],
  ['replace org', (api, context) => api.replace('orgs', 'o', org, context)],
  ['remove org', (api, context) => api.remove('orgs', 'o', context)],
  ['create school', (api, context) => api.create('schools', org, context)],
  ['replace school', (api, context) => api.replace('schools', 'o', org, context)],
  ['remove school', (api, context) => api.remove('schools', 'o', context)],
  ['create user', (api, context) => api.create('users', user, context)],
  ['replace user', (api, context) => api.replace('users', 'u', user, context)],
  ['remove user', (api, context) => api.remove('users', 'u', context)],
  ['create course', (api, context) => api.create('courses', course, context)],
  ['replace course', (api, context) => api.replace('courses', 'c', course, context)],
  ['remove course', (api, context) => api.remove('courses', 'c', context)],
  ['create class', (api, context) => api.create('classes', group, context)],
  ['replace class', (api, context) => api.replace('classes', 'g', { title: 'Mathematics 5b' }, context)],
  ['remove class', (api, context) => api.remove('classes', 'g', context)],
  ['create enrollment', (api, context) => api.create('enrollments', enrollment, context)],
  ['replace enrollment', (api, context) => api.replace('enrollments', 'e', enrollment, context)],
  ['change enrollment', (api, context) => api.changeEnrollment('e', { endDate: '2026-12-01' }, context)],
  ['remove enrollment', (api, context) => api.remove('enrollments', 'e', context)],
  ['add student', (api, context) => api.addToClass('students', 'g', member, context)],
  ['add teacher', (api, context) => api.addToClass('teachers', 'g', member, context)],
  ['create session', (api, context) => api.create('academicSessions', session, context)],
  ['replace session', (api, context) => api.replace('academicSessions', 's', session, context)],
  ['remove session', (api, context) => api.remove('academicSessions', 's', context)],
  ['create grading period', (api, context) => api.create('gradingPeriods', period, context)],
  ['replace grading period', (api, context) => api.replace('gradingPeriods', 'p', period, context)],
  ['remove grading period', (api, context) => api.remove('gradingPeriods', 's', context)],
  ['create demographics', (api, context) => api.create('demographics', demographics, context)],
  ['replace demographics', (api, context) => api.replace('demographics', 'u', demographics, context)],
  ['remove demographics', (api, context) => api.remove('demographics', 'u', context)],
  ['create component', (api, context) => api.create('courseComponents', component, context)],
  ['replace component', (api, context) => api.replace('courseComponents', 'k', component, context)],
  ['remove component', (api, context) => api.remove('courseComponents', 'k', context)],
  ['create component resource', (api, context) => api.create('componentResources', content, context)],
  ['replace component resource', (api, context) => api.replace('componentResources', 'r', content, context)],
  ['remove component resource', (api, context) => api.remove('componentResources', 'r', context)],
  ['add agent', (api, context) => api.addAgent('u', 'parent', context)],
  ['remove agent', (api, context) => api.removeAgent('u', 'parent', context)],
  [
    'register credentials',
    (api, context) =>
      api.registerCredentials('u', { applicationName: 'app', credentials: { username: 'n', password: 'p' } }, context),
  ],
  [
    'create course structure',
    (api, context) => api.createCourseStructure({ courseStructure: { one: step }, course }, context),
  ],
  [
    'create grading period in term',
    (api, context) => {
      // The document asks for two ids of its own insides as well.
      const leaked = { ...period, tenantId: 't', clientAppId: 'a' };
      return api.createGradingPeriodIn('t', leaked, context);
    },
  ],
];
