/**
 * The fields of each written record: what a body may say, and how it is shown when the row is read again. In the order of the row. Source:
 * the published document's bodies; what it leaves open follows rows seen live.
 */
import type { Check } from '../body.js';
import { oneOf } from '../body.js';
import { HREF_HOST } from '../district/references.js';
import * as is from './checks.js';
import type { WrittenName } from './written.js';

export interface Field {
  readonly check: Check;
  readonly required?: true;
  /** where what it points to is kept; such a value is shown as a full reference */
  readonly to?: WrittenName;
  /** the reference tells a name too */
  readonly named?: true;
  /** the reference is this member of what is given */
  readonly within?: string;
  /** the reference stays as short as it came */
  readonly bare?: true;
  readonly show?: (value: unknown) => unknown;
  /** shown when it is left out; nothing is shown without */
  readonly otherwise?: unknown;
  /** new members are added to the former ones */
  readonly merges?: true;
  /** left out of a PUT it stays as it was */
  readonly stays?: true;
  /** can be said once, when the record is made */
  readonly fixed?: true;
  /** shown by another name */
  readonly as?: string;
}

export type Fields = Readonly<Record<string, Field>>;

const must = (check: Check, more: Partial<Field> = {}): Field => ({ check, required: true, ...more });
const may = (check: Check, otherwise?: unknown, more: Partial<Field> = {}): Field => ({ check, otherwise, ...more });
const perhaps = (check: Check): Field => may(is.orNull(check), null);
const ref = (to: WrittenName, more: Partial<Field> = {}): Field => may(is.reference, undefined, { to, ...more });
const refs = (to: WrittenName): Field => may(is.listOf(is.reference), [], { to });

const text = (value: unknown) => String(value);
/** Of another API, whose records are not looked for here. */
const resourceReferences = (value: unknown) =>
  (value as { sourcedId: string }[]).map(({ sourcedId }) => ({
    href: `${HREF_HOST}/ims/oneroster/resources/v1p2/resources/${encodeURIComponent(sourcedId)}`,
    sourcedId,
    type: 'resource',
  }));
const grades = is.listOf(oneOf(['-1', ...Array.from({ length: 14 }, (_, n) => String(n))]));
const subjectNames = 'Reading,Language,Vocabulary,Social Studies,Writing,Science,FastMath,Math'.split(',');
const texts = is.listOf(is.anyText);
const role = is.shaped(
  {
    roleType: oneOf(['primary', 'secondary']),
    role: oneOf('system_administrator,administrator,aide,guardian,parent,proctor,relative,student,teacher'.split(',')),
    org: is.reference,
    beginDate: is.orNull(is.anyText),
    endDate: is.orNull(is.anyText),
  },
  ['roleType', 'role', 'org'],
);
const userId = is.shaped({ type: is.anyText, identifier: is.anyText }, ['type', 'identifier']);
const status = (more: Partial<Field> = {}) => may(is.status, 'active', more);
const metadata = (more: Partial<Field> = {}) => may(is.orNull(is.object), {}, more);

const org = (types: string[]): Fields => ({
  status: status(),
  metadata: metadata(),
  name: must(is.anyText),
  type: must(oneOf(types)),
  identifier: may(is.orNull(is.anyText), '', { show: (value) => value ?? '' }),
  parent: ref('orgs', { otherwise: null }),
  children: may(() => undefined, [], { stays: true, fixed: true }),
});

const session = (types: string[]): Fields => ({
  status: must(is.status),
  metadata: metadata(),
  title: must(is.anyText),
  startDate: must(is.date),
  endDate: must(is.date),
  type: must(oneOf(types)),
  parent: may(is.orNull(is.reference), null, { to: 'academicSessions' }),
  schoolYear: must(is.year, { show: Number }),
  org: must(is.reference, { to: 'orgs' }),
  children: may(is.orNull(is.listOf(is.reference)), [], { to: 'academicSessions', stays: true }),
});

const user: Fields = {
  status: status(),
  metadata: metadata(),
  userMasterIdentifier: perhaps(is.anyText),
  username: perhaps(is.anyText),
  userIds: may(is.listOf(userId), []),
  enabledUser: must(is.truth, { show: text }),
  givenName: must(is.anyText),
  familyName: must(is.anyText),
  middleName: perhaps(is.anyText),
  roles: must(is.listOf(role), { to: 'orgs', within: 'org' }),
  agents: refs('users'),
  userProfiles: may(() => undefined, [], { stays: true, fixed: true }),
  primaryOrg: ref('orgs', { named: true }),
  // Not in the document's bodies, so that leaving it out says nothing.
  identifier: may(is.orNull(is.anyText), null, { stays: true }),
  email: must(is.email),
  preferredFirstName: perhaps(is.anyText),
  preferredMiddleName: perhaps(is.anyText),
  preferredLastName: perhaps(is.anyText),
  pronouns: perhaps(is.anyText),
  grades: may(grades, []),
  // Taken and never kept.
  password: may(is.orNull(is.anyText), null, { show: () => null }),
  sms: perhaps(is.anyText),
  phone: perhaps(is.anyText),
};

const course: Fields = {
  status: must(is.status),
  metadata: metadata({ merges: true, stays: true }),
  title: must(is.anyText),
  academicSession: ref('academicSessions', { bare: true }),
  schoolYear: ref('academicSessions'),
  courseCode: perhaps(is.anyText),
  grades: may(is.orNull(is.listOf(is.anyText)), null),
  subjects: may(is.orNull(texts), null),
  subjectCodes: may(is.orNull(texts), null),
  org: must(is.reference, { to: 'orgs', bare: true }),
  level: perhaps(is.anyText),
  gradingScheme: perhaps(is.anyText),
  resources: may(is.orNull(is.listOf(is.reference)), null),
};

const group: Fields = {
  status: status({ stays: true }),
  metadata: metadata(),
  title: must(is.anyText),
  classCode: perhaps(is.anyText),
  classType: may(oneOf(['homeroom', 'scheduled']), 'scheduled'),
  location: perhaps(is.anyText),
  grades: may(grades, []),
  subjects: may(is.listOf(oneOf(subjectNames)), []),
  course: must(is.reference, { to: 'courses', fixed: true }),
  org: must(is.reference, { to: 'orgs', fixed: true, as: 'school' }),
  terms: must(is.listOf(is.reference), { to: 'academicSessions' }),
  subjectCodes: may(texts, []),
  periods: may(texts, []),
  resources: may(is.listOf(is.reference), [], { show: resourceReferences }),
};

const enrollment: Fields = {
  status: status({ stays: true }),
  metadata: may(is.object, {}),
  role: must(oneOf(['administrator', 'proctor', 'student', 'teacher'])),
  primary: may(is.truth, 'false', { show: text }),
  beginDate: may(is.date, null),
  endDate: may(is.date, null),
  user: must(is.reference, { to: 'users', named: true }),
  class: must(is.reference, { to: 'classes', named: true }),
  school: ref('orgs', { named: true }),
};

const flags = `americanIndianOrAlaskaNative asian blackOrAfricanAmerican nativeHawaiianOrOtherPacificIslander white
  demographicRaceTwoOrMoreRaces hispanicOrLatinoEthnicity`.split(/\s+/);
const places = 'countryOfBirthCode stateOfBirthAbbreviation cityOfBirth publicSchoolResidenceStatus'.split(' ');
const each = (names: string[], check: Check) => Object.fromEntries(names.map((name) => [name, perhaps(check)]));

const demographics: Fields = {
  status: status(),
  metadata: metadata(),
  birthDate: perhaps(is.date),
  sex: perhaps(oneOf(['male', 'female'])),
  ...each(flags, oneOf(['true', 'false'])),
  ...each(places, is.anyText),
};

const lessons = 'powerpath-100,quiz,test-out,placement,unit-test,alpha-read-article'.split(',');
const component: Fields = {
  status: must(is.status),
  metadata: metadata(),
  course: must(is.reference, { to: 'courses', bare: true }),
  courseComponent: ref('courseComponents', { bare: true }),
  parent: ref('courseComponents', { bare: true }),
  title: must(is.anyText),
  sortOrder: may(is.number, 0),
  prerequisites: may(is.orNull(is.listOf(is.anyText)), null),
  prerequisiteCriteria: perhaps(is.anyText),
  unlockDate: may(is.anyText, ''),
};
const componentResource: Fields = {
  status: must(is.status),
  metadata: metadata(),
  courseComponent: must(is.reference, { to: 'courseComponents', bare: true }),
  resource: must(is.reference),
  title: must(is.anyText),
  sortOrder: may(is.number, 0),
  lessonType: perhaps(oneOf(lessons)),
};

export const fieldsOf = {
  orgs: org(['department', 'school', 'district', 'local', 'state', 'national']),
  schools: org(['school']),
  users: user,
  courses: course,
  classes: group,
  enrollments: enrollment,
  academicSessions: session(['gradingPeriod', 'semester', 'schoolYear', 'term']),
  gradingPeriods: session(['gradingPeriod']),
  demographics,
  courseComponents: component,
  componentResources: componentResource,
} satisfies Record<string, Fields>;

export type WritableName = keyof typeof fieldsOf;
