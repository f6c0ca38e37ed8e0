/** Each write of the client as a step in the life of a few records of a real district, with what is read back of it: in order, each may need the former. */
import type { CallContext } from '../../../contracts.js';
import type { ResourceName } from '../resources.js';
import type { TimeBackApiClient } from '../timeback-api-client.js';
import type * as wire from '../wire-types.js';
import type { WriteResult } from '../write-result.js';

/** Records of the district that are there already. */
export interface Place {
  readonly school: { readonly sourcedId: string };
  readonly course: { readonly sourcedId: string };
  readonly class: { readonly sourcedId: string };
  readonly term: { readonly sourcedId: string };
  readonly teacher: { readonly sourcedId: string };
}

export interface Step {
  readonly name: string;
  readonly write: (api: TimeBackApiClient, place: Place, context: CallContext) => Promise<WriteResult>;
  /** What is there afterwards, and what it says. */
  readonly leaves: readonly [of: ResourceName, sourcedId: string, shows: object] | null;
}

export async function placeIn(api: TimeBackApiClient, context: CallContext): Promise<Place> {
  const [enrollment] = (await api.list('enrollments', { limit: 1 }, context)).rows;
  const first = async (of: 'courses' | 'terms' | 'teachers') => (await api.list(of, { limit: 1 }, context)).rows[0]!;
  const ref = ({ sourcedId }: { sourcedId: string }) => ({ sourcedId });
  return {
    school: ref(enrollment!.school!),
    class: ref(enrollment!.class!),
    course: ref(await first('courses')),
    term: ref(await first('terms')),
    teacher: ref(await first('teachers')),
  };
}

const user = ({ school }: Place): wire.NewUser => ({
  sourcedId: 'w-user',
  username: 'edda.ahlgren',
  enabledUser: true,
  givenName: 'Edda',
  familyName: 'Ahlgren',
  roles: [{ roleType: 'primary', role: 'student', org: school }],
  primaryOrg: school,
  email: 'edda.ahlgren@example.org',
  grades: ['5'],
});
const parent = (place: Place): wire.NewUser => ({
  ...user(place),
  sourcedId: 'w-parent',
  givenName: 'Runa',
  email: 'runa.ahlgren@example.org',
  username: 'runa.ahlgren',
  roles: [{ roleType: 'primary', role: 'parent', org: place.school }],
  grades: [],
});
const org = ({ school }: Place): wire.NewOrg => ({
  sourcedId: 'w-org',
  name: 'Lindholm Board',
  type: 'local',
  identifier: 'B-17',
  parent: school,
});
const school = (place: Place): wire.NewOrg => ({
  ...org(place),
  sourcedId: 'w-school',
  name: 'Lindholm School',
  type: 'school',
});
const course = ({ school: at }: Place): wire.NewCourse => ({
  sourcedId: 'w-course',
  status: 'active',
  title: 'Geometry 5',
  courseCode: 'G5',
  org: at,
});
const group = ({ school: at, term }: Place): wire.NewClass => ({
  sourcedId: 'w-class',
  title: 'Geometry 5a',
  course: { sourcedId: 'w-course' },
  org: at,
  terms: [term],
});
const enrollment: wire.NewEnrollment = {
  sourcedId: 'w-enrollment',
  role: 'student',
  user: { sourcedId: 'w-user' },
  class: { sourcedId: 'w-class' },
};
const session = ({ school: at }: Place): wire.NewSession => ({
  sourcedId: 'w-session',
  status: 'active',
  title: 'Summer 2027',
  type: 'term',
  startDate: '2027-06-07',
  endDate: '2027-07-30',
  schoolYear: '2027',
  org: at,
});
const period = (place: Place): wire.NewSession => ({ ...session(place), sourcedId: 'w-period', type: 'gradingPeriod' });
const demographics: wire.NewDemographics = { sourcedId: 'w-user', birthDate: '2015-03-01', sex: 'female' };
const component = { sourcedId: 'w-unit', status: 'active', title: 'Unit 1', course: { sourcedId: 'w-course' } };
const lesson = {
  sourcedId: 'w-lesson',
  status: 'active',
  title: 'Lesson 1',
  courseComponent: { sourcedId: 'w-unit' },
  resource: { sourcedId: 'somewhere' },
  sortOrder: 1,
};
const oneStep = {
  url: 'https://qti.example.org/1',
  skillCode: 'a',
  lessonCode: 'b',
  title: 'Angles',
  'unit-title': 'Unit A',
  status: 'active',
  xp: 1,
};
const member = (sourcedId: string): wire.NewMember => ({ user: { sourcedId }, primary: true, beginDate: '2026-08-17' });

type Writable = Parameters<TimeBackApiClient['remove']>[0];
const step = (name: string, write: Step['write'], leaves: Step['leaves'] = null): Step => ({ name, write, leaves });
const removed = (of: Writable, sourcedId: string): Step =>
  step(`remove ${of}`, (api, _, context) => api.remove(of, sourcedId, context), [
    of,
    sourcedId,
    { status: 'tobedeleted' },
  ]);

export const steps: readonly Step[] = [
  step('create orgs', (api, at, c) => api.create('orgs', org(at), c), [
    'orgs',
    'w-org',
    { name: 'Lindholm Board', status: 'active', parent: { type: 'org' } },
  ]),
  step('replace orgs', (api, at, c) => api.replace('orgs', 'w-org', { ...org(at), name: 'Lindholm Trust' }, c), [
    'orgs',
    'w-org',
    { name: 'Lindholm Trust' },
  ]),
  step('create schools', (api, at, c) => api.create('schools', school(at), c), [
    'schools',
    'w-school',
    { type: 'school', name: 'Lindholm School' },
  ]),
  step(
    'replace schools',
    (api, at, c) => api.replace('schools', 'w-school', { ...school(at), identifier: 'S-18' }, c),
    ['orgs', 'w-school', { identifier: 'S-18' }],
  ),
  step('create users', (api, at, c) => api.create('users', user(at), c), [
    'students',
    'w-user',
    { givenName: 'Edda', enabledUser: 'true', grades: ['5'], agents: [] },
  ]),
  step(
    'replace users',
    (api, at, c) => api.replace('users', 'w-user', { ...user(at), familyName: 'Berg', grades: undefined }, c),
    ['users', 'w-user', { familyName: 'Berg', grades: [] }],
  ),
  step('create users: a parent', (api, at, c) => api.create('users', parent(at), c), [
    'users',
    'w-parent',
    { givenName: 'Runa' },
  ]),
  step('add agent', (api, _, c) => api.addAgent('w-user', 'w-parent', c), [
    'users',
    'w-user',
    { agents: [{ sourcedId: 'w-parent', type: 'user' }] },
  ]),
  step('remove agent', (api, _, c) => api.removeAgent('w-user', 'w-parent', c), ['users', 'w-user', { agents: [] }]),
  step('register credentials', (api, _, c) =>
    api.registerCredentials('w-user', { applicationName: 'app', credentials: { username: 'n', password: 'p' } }, c),
  ),
  step('create demographics', (api, _, c) => api.create('demographics', demographics, c), [
    'demographics',
    'w-user',
    { sex: 'female', birthDate: '2015-03-01' },
  ]),
  step(
    'replace demographics',
    (api, _, c) => api.replace('demographics', 'w-user', { ...demographics, birthDate: '2015-03-02', sex: null }, c),
    ['demographics', 'w-user', { sex: null, birthDate: '2015-03-02' }],
  ),
  step('create courses', (api, at, c) => api.create('courses', course(at), c), [
    'courses',
    'w-course',
    { title: 'Geometry 5', courseCode: 'G5' },
  ]),
  step('replace courses', (api, at, c) => api.replace('courses', 'w-course', { ...course(at), courseCode: 'G6' }, c), [
    'courses',
    'w-course',
    { courseCode: 'G6' },
  ]),
  step('create classes', (api, at, c) => api.create('classes', group(at), c), [
    'classes',
    'w-class',
    { title: 'Geometry 5a', classType: 'scheduled', course: { sourcedId: 'w-course' } },
  ]),
  step('replace classes', (api, _, c) => api.replace('classes', 'w-class', { title: 'Geometry 5b' }, c), [
    'classes',
    'w-class',
    { title: 'Geometry 5b', course: { sourcedId: 'w-course' } },
  ]),
  step('create enrollments', (api, _, c) => api.create('enrollments', enrollment, c), [
    'enrollments',
    'w-enrollment',
    { role: 'student', class: { name: 'Geometry 5b' }, endDate: null },
  ]),
  step(
    'replace enrollments',
    (api, _, c) => api.replace('enrollments', 'w-enrollment', { ...enrollment, beginDate: '2026-09-01' }, c),
    ['enrollments', 'w-enrollment', { beginDate: '2026-09-01' }],
  ),
  step('change enrollments', (api, _, c) => api.changeEnrollment('w-enrollment', { endDate: '2026-12-01' }, c), [
    'enrollments',
    'w-enrollment',
    { beginDate: '2026-09-01', endDate: '2026-12-01' },
  ]),
  step('add student', (api, _, c) => api.addToClass('students', 'w-class', member('w-user'), c)),
  step('add teacher', (api, { teacher }, c) => api.addToClass('teachers', 'w-class', member(teacher.sourcedId), c)),
  step('create academicSessions', (api, at, c) => api.create('academicSessions', session(at), c), [
    'terms',
    'w-session',
    { title: 'Summer 2027', schoolYear: 2027 },
  ]),
  step(
    'replace academicSessions',
    (api, at, c) => api.replace('academicSessions', 'w-session', { ...session(at), endDate: '2027-08-06' }, c),
    ['academicSessions', 'w-session', { endDate: '2027-08-06' }],
  ),
  step('create gradingPeriods', (api, at, c) => api.create('gradingPeriods', period(at), c), [
    'gradingPeriods',
    'w-period',
    { type: 'gradingPeriod' },
  ]),
  step(
    'replace gradingPeriods',
    (api, at, c) => api.replace('gradingPeriods', 'w-period', { ...period(at), title: 'First half' }, c),
    ['gradingPeriods', 'w-period', { title: 'First half' }],
  ),
  step(
    'create grading period in term',
    (api, at, c) => {
      // The document asks for two ids of its own insides as well.
      const leaked = { ...period(at), sourcedId: 'w-half', tenantId: 't', clientAppId: 'a' };
      return api.createGradingPeriodIn('w-session', leaked, c);
    },
    ['gradingPeriods', 'w-half', { parent: { sourcedId: 'w-session' } }],
  ),
  step('create courseComponents', (api, _, c) => api.create('courseComponents', component, c), [
    'courseComponents',
    'w-unit',
    { title: 'Unit 1' },
  ]),
  step(
    'replace courseComponents',
    (api, _, c) => api.replace('courseComponents', 'w-unit', { ...component, sortOrder: 4 }, c),
    ['courseComponents', 'w-unit', { sortOrder: 4 }],
  ),
  step('create componentResources', (api, _, c) => api.create('componentResources', lesson, c), [
    'componentResources',
    'w-lesson',
    { title: 'Lesson 1' },
  ]),
  step(
    'replace componentResources',
    (api, _, c) => api.replace('componentResources', 'w-lesson', { ...lesson, title: 'Lesson 2' }, c),
    ['componentResources', 'w-lesson', { title: 'Lesson 2' }],
  ),
  step(
    'create course structure',
    (api, at, c) =>
      api.createCourseStructure(
        { courseStructure: { one: oneStep }, course: { ...course(at), sourcedId: 'w-built' } },
        c,
      ),
    ['courses', 'w-built', { title: 'Geometry 5' }],
  ),
  removed('componentResources', 'w-lesson'),
  removed('courseComponents', 'w-unit'),
  removed('gradingPeriods', 'w-half'),
  removed('academicSessions', 'w-session'),
  removed('enrollments', 'w-enrollment'),
  removed('classes', 'w-class'),
  removed('courses', 'w-built'),
  removed('demographics', 'w-user'),
  removed('users', 'w-parent'),
  removed('schools', 'w-school'),
  removed('orgs', 'w-org'),
];
