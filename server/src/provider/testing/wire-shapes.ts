/**
 * OneRoster 1.2's records as schemas of our own, strict: a field that the standard does not name fails. Tests hold every answer
 * of the provider against them. Source: 1EdTech's OpenAPI document of the rostering service 1.2.
 */
import { z } from 'zod';

const vocabulary = (...words: [string, ...string[]]) => z.union([z.enum(words), z.string().regex(/^ext:[\w.-]+$/)]);
const flag = z.enum(['true', 'false']);
const day = z.iso.date();
const texts = z.array(z.string()).min(1);
const metadata = z.record(z.string(), z.unknown()).optional();
const ref = (type: string) => z.strictObject({ href: z.url(), sourcedId: z.string().min(1), type: z.literal(type) });

const head = {
  sourcedId: z.string().min(1),
  status: z.enum(['active', 'tobedeleted']),
  dateLastModified: z.iso.datetime(),
};

const org = z.strictObject({
  ...head,
  name: z.string(),
  type: vocabulary('department', 'district', 'local', 'national', 'school', 'state'),
  identifier: z.string(),
  parent: ref('org').optional(),
  children: z.array(ref('org')).optional(),
  metadata,
});

const academicSession = z.strictObject({
  ...head,
  title: z.string(),
  startDate: day,
  endDate: day,
  type: vocabulary('gradingPeriod', 'semester', 'schoolYear', 'term'),
  parent: ref('academicSession').optional(),
  children: z.array(ref('academicSession')).optional(),
  schoolYear: z.string(),
  metadata,
});

const course = z.strictObject({
  ...head,
  title: z.string(),
  schoolYear: ref('academicSession').optional(),
  courseCode: z.string(),
  grades: texts.optional(),
  subjects: texts.optional(),
  org: ref('org').optional(),
  subjectCodes: texts.optional(),
  metadata,
});

const schoolClass = z.strictObject({
  ...head,
  title: z.string(),
  classCode: z.string().optional(),
  classType: vocabulary('homeroom', 'scheduled').optional(),
  location: z.string().optional(),
  grades: texts.optional(),
  subjects: texts.optional(),
  course: ref('course'),
  school: ref('org'),
  terms: z.array(ref('academicSession')).min(1),
  subjectCodes: texts.optional(),
  periods: texts.optional(),
  metadata,
});

const role = z.strictObject({
  roleType: z.enum(['primary', 'secondary']),
  role: vocabulary(
    ...(['aide', 'counselor', 'districtAdministrator', 'guardian', 'parent', 'principal', 'proctor'] as const),
    ...(['relative', 'siteAdministrator', 'student', 'systemAdministrator', 'teacher'] as const),
  ),
  org: ref('org'),
  beginDate: day.optional(),
  endDate: day.optional(),
});

const text = z.string().optional();
const user = z.strictObject({
  ...head,
  userMasterIdentifier: text,
  username: text,
  userIds: z.array(z.strictObject({ type: z.string(), identifier: z.string() })).optional(),
  enabledUser: flag,
  givenName: z.string(),
  familyName: z.string(),
  middleName: text,
  preferredFirstName: text,
  preferredMiddleName: text,
  preferredLastName: text,
  pronouns: text,
  roles: z.array(role).min(1),
  primaryOrg: ref('org').optional(),
  identifier: text,
  email: text,
  sms: text,
  phone: text,
  agents: z.array(ref('user')).optional(),
  grades: texts.optional(),
  metadata,
});

const enrollment = z.strictObject({
  ...head,
  user: ref('user'),
  class: ref('class'),
  school: ref('org'),
  role: vocabulary('administrator', 'proctor', 'student', 'teacher'),
  primary: flag.optional(),
  beginDate: day.optional(),
  endDate: day.optional(),
  metadata,
});

/** By the envelope's key, of lists and of single records. */
export const wireShapes: Readonly<Record<string, z.ZodType>> = {
  ...{ orgs: z.array(org), org, academicSessions: z.array(academicSession), academicSession },
  ...{ courses: z.array(course), course, classes: z.array(schoolClass), class: schoolClass },
  ...{ users: z.array(user), user, enrollments: z.array(enrollment), enrollment },
  // The hub keeps nothing of people's backgrounds.
  demographics: z.array(z.never()),
};

export const statusInfoShape = z.strictObject({
  imsx_codeMajor: z.literal('failure'),
  imsx_severity: z.literal('error'),
  imsx_description: z.string(),
  imsx_CodeMinor: z.strictObject({
    imsx_codeMinorField: z
      .array(
        z.strictObject({
          imsx_codeMinorFieldName: z.literal('TargetEndSystem'),
          imsx_codeMinorFieldValue: z.enum([
            ...(['invalid_filter_field', 'invalid_selection_field', 'invaliddata', 'unauthorisedrequest'] as const),
            ...(['forbidden', 'server_busy', 'unknownobject', 'internal_server_error'] as const),
          ]),
        }),
      )
      .length(1),
  }),
});
