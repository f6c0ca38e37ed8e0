/** A person of the roster with the roles that they hold in organisations; guardians are linked through `agents`. */
import { z } from 'zod';
import { document, flag, reference, references, roles, set, text } from './field.js';
import { dateValue, recordHead, sourcedId, textSet, textValue } from './record.js';

export const userRoles = [
  'administrator',
  'aide',
  'counselor',
  'districtAdministrator',
  'guardian',
  'parent',
  'principal',
  'proctor',
  'relative',
  'siteAdministrator',
  'student',
  'systemAdministrator',
  'teacher',
] as const;

/** A role's `org` must resolve; roles are kept sorted by type (primary first), role, org. */
export const roleSchema = z.object({
  roleType: z.enum(['primary', 'secondary']),
  role: z.enum(userRoles),
  org: sourcedId,
  beginDate: dateValue.nullable(),
  endDate: dateValue.nullable(),
});

export type Role = z.infer<typeof roleSchema>;

export const userSchema = z
  .object({
    ...recordHead,
    givenName: textValue,
    familyName: textValue,
    middleName: textValue.nullable(),
    preferredFirstName: textValue.nullable(),
    preferredMiddleName: textValue.nullable(),
    preferredLastName: textValue.nullable(),
    pronouns: textValue.nullable(),
    username: textValue.nullable(),
    identifier: textValue.nullable(),
    userMasterIdentifier: textValue.nullable(),
    /** Other systems' ids of this person, as `type:identifier`. */
    userIds: textSet,
    email: textValue.nullable(),
    sms: textValue.nullable(),
    phone: textValue.nullable(),
    enabledUser: z.boolean(),
    grades: textSet,
    /** The school that counts as the person's own: the source's primaryOrg, else the primary role's org. */
    primaryOrg: sourcedId.nullable(),
    roles: z.array(roleSchema).min(1).readonly(),
    agents: z.array(sourcedId).readonly(),
  })
  .meta({ id: 'User' });

export type User = z.infer<typeof userSchema>;

export const userFields = [
  text('givenName', 'given_name'),
  text('familyName', 'family_name'),
  text('middleName', 'middle_name'),
  text('preferredFirstName', 'preferred_first_name'),
  text('preferredMiddleName', 'preferred_middle_name'),
  text('preferredLastName', 'preferred_last_name'),
  text('pronouns'),
  text('username'),
  text('identifier'),
  text('userMasterIdentifier', 'user_master_identifier'),
  set('userIds', 'user_ids'),
  text('email'),
  text('sms'),
  text('phone'),
  flag('enabledUser', 'enabled_user'),
  set('grades'),
  reference('primaryOrg', 'school_id', 'orgs', true),
  roles('roles'),
  references('agents', 'agent_ids', 'users'),
  document('metadata'),
];
