/**
 * A person as the provider shows them. To a client of some schools: the roles there, or what they are enrolled as there; and
 * once they have left those schools, no more than that they have.
 */
import { handedOnRoles } from '../sql/handed-on-roles.js';
import { isWhole, type Seen } from './sight.js';
import { hasRoleIn, isEnrolledIn } from './visible.js';
import {
  shownAs,
  shownFlag,
  shownHead,
  shownMetadata,
  shownRef,
  shownRefs,
  shownText,
  shownTexts,
  type ShownField,
  type ShownValue,
} from './shown-field.js';
import { jsonRef } from './shown-json.js';

/** h.here is computed once for each row; see shown-entities.ts. */
const here = (seen: Seen): string | null => (seen.schools ? 'h.here' : null);
const optional = { shownIf: here };

/** Whether the person belongs to the client's schools now. */
export const isHere = (seen: Seen): string => `${hasRoleIn(seen, 't.id')} OR ${isEnrolledIn(seen, 't.id', true)}`;

/** Hub texts are `type:identifier`, or an identifier alone. */
const userIds = `(SELECT '[' || string_agg('{"type":' || to_json(CASE WHEN strpos(i, ':') > 0 THEN split_part(i, ':', 1) ELSE '' END)::text
  || ',"identifier":' || to_json(CASE WHEN strpos(i, ':') > 0 THEN substr(i, strpos(i, ':') + 1) ELSE i END)::text || '}', ',') || ']'
  FROM unnest(t.user_ids) i)`;

function agents(seen: Seen): string {
  const all = 'SELECT a AS id FROM unnest(t.agent_ids) a';
  if (!seen.schools) return all;
  return `${all} WHERE ${hasRoleIn(seen, 'a')} OR ${isEnrolledIn(seen, 'a', false)}`;
}

/** OneRoster 1.2 has no administrator without more; its vocabulary is open to words of our own. */
const roleWord = (value: string): string =>
  `CASE ${value} WHEN 'administrator' THEN 'ext:administrator' ELSE ${value} END`;

const ofSeen = ({ tenant, schools }: Seen): string =>
  `r.tenant_id = ${tenant}${schools ? ` AND r.org_id = ANY (${schools.ids})` : ''}`;

/** A condition on it asks for a role of such a value: user_roles_by_role finds the people, whichever integration's role is told. */
const roleValue = (column: string): ShownValue => ({
  kind: 'role',
  sql: (seen) => `user_roles r WHERE ${ofSeen(seen)}`,
  column,
});
/** What kind of role it is told as depends on what other integrations say. */
const roleType: ShownValue = {
  kind: 'role',
  sql: (seen) => `${handedOnRoles(ofSeen(seen), seen.sources)} r WHERE true`,
  column: 'r.role_type',
};

function rolesJson(seen: Seen): string {
  const date = (name: string, column: string) => `',"${name}":"' || to_char(${column}, 'YYYY-MM-DD') || '"'`;
  const given = `SELECT string_agg(concat('{"roleType":"', r.role_type, '","role":"', ${roleWord('r.role')}, '","org":',
      ${jsonRef(seen, 'org', 'r.org_id')}, ${date('beginDate', 'r.begin_date')}, ${date('endDate', 'r.end_date')}, '}'), ','
      ORDER BY r.place, r.integration_id, r.position) FROM ${handedOnRoles(`${ofSeen(seen)} AND r.user_id = t.id`, seen.sources)} r`;
  const enrolled = `SELECT string_agg(concat('{"roleType":"secondary","role":"', s.role, '","org":', ${jsonRef(seen, 'org', 's.org')}, '}'), ','
      ORDER BY s.org, s.role)
    FROM (SELECT DISTINCT ${roleWord('e.role')} AS role, c.school_id AS org FROM enrollments e JOIN classes c ON c.tenant_id = e.tenant_id AND c.id = e.class_id
      WHERE e.tenant_id = ${seen.tenant} AND e.user_id = t.id AND ${isWhole('c')}${seen.schools ? ` AND c.school_id = ANY (${seen.schools.ids})` : ''}) s`;
  return `'[' || coalesce((${given}), (${enrolled})) || ']'`;
}

export const userFields: readonly ShownField[] = [
  ...shownHead((seen) => (seen.schools ? '(t.active AND h.here)' : 't.active')),
  shownText('userMasterIdentifier', 't.user_master_identifier', optional),
  shownText('username', 't.username', optional),
  shownAs('userIds', optional, () => userIds, {}),
  shownFlag('enabledUser', 't.enabled_user', { required: true }),
  shownText('givenName', 't.given_name', { required: true }),
  shownText('familyName', 't.family_name', { required: true }),
  shownText('middleName', 't.middle_name', optional),
  shownText('preferredFirstName', 't.preferred_first_name', optional),
  shownText('preferredMiddleName', 't.preferred_middle_name', optional),
  shownText('preferredLastName', 't.preferred_last_name', optional),
  shownText('pronouns', 't.pronouns', optional),
  shownAs('roles', { required: true }, rolesJson, {
    'roles.role': roleValue('r.role'),
    'roles.roleType': roleType,
    'roles.org.sourcedId': roleValue('r.org_id'),
  }),
  shownRef('primaryOrg', 'org', 't.school_id', {
    // Without a condition users_by_school finds them.
    shownIf: (seen) => seen.schools && `h.here AND t.school_id = ANY (${seen.schools.ids})`,
  }),
  shownText('identifier', 't.identifier', optional),
  shownText('email', 't.email', optional),
  shownText('sms', 't.sms', optional),
  shownText('phone', 't.phone', optional),
  shownRefs('agents', 'user', agents, optional),
  shownTexts('grades', 't.grades', optional),
  shownMetadata(optional),
];
