/**
 * A wire user to a canonical one, in the shape of 1.2 (`roles`) or of 1.1 (`role` and `orgs`), told apart row by row. Passwords, third-party profiles and demographics on the row are never
 * looked at.
 */
import type { Role, User } from '@rollcall/core';
import { compareText } from './text.js';
import { notGiven, sortedSet, type WireReader, type WireRow } from './wire.js';
import { gradeCode, roleTypeWords, userRoleWords } from './words.js';

export function readUser(row: WireRow, read: WireReader): User {
  const roles = rolesOf(hasNone(row.roles) ? rolesOfOrgs(row, read) : row.roles, read);
  return {
    sourcedId: read.sourcedId,
    status: read.status,
    dateLastModified: read.instant(row.dateLastModified),
    metadata: read.metadata(row.metadata),
    givenName: read.requiredText(row.givenName, 'givenName'),
    familyName: read.requiredText(row.familyName, 'familyName'),
    middleName: read.text(row.middleName, 'middleName'),
    preferredFirstName: read.text(row.preferredFirstName, 'preferredFirstName'),
    preferredMiddleName: read.text(row.preferredMiddleName, 'preferredMiddleName'),
    preferredLastName: read.text(row.preferredLastName, 'preferredLastName'),
    pronouns: read.text(row.pronouns, 'pronouns'),
    username: read.text(row.username, 'username'),
    identifier: read.text(row.identifier, 'identifier'),
    userMasterIdentifier: read.text(row.userMasterIdentifier, 'userMasterIdentifier'),
    userIds: userIdsOf(row.userIds, read),
    email: read.email(row.email, 'email'),
    sms: read.text(row.sms, 'sms'),
    phone: read.text(row.phone, 'phone'),
    enabledUser: read.flag(row.enabledUser, 'enabledUser', true),
    grades: read.set(row.grades, 'grades', gradeCode),
    primaryOrg: read.reference(row.primaryOrg, 'primaryOrg') ?? ownOrg(roles),
    roles,
    agents: read.references(row.agents, 'agents'),
  };
}

const hasNone = (value: unknown): boolean => !value || (Array.isArray(value) && value.length === 0);

/** One role in several orgs is one role in each; the first org is the person's own. */
function rolesOfOrgs({ role, orgs }: WireRow, read: WireReader): unknown {
  if (hasNone(role) || hasNone(orgs)) return null;
  return read.list(orgs, 'orgs').map((org, index) => ({ roleType: index === 0 ? 'primary' : 'secondary', role, org }));
}

/** Roles are sorted primary first, so the first role's org is the primary role's, if there is a primary role. */
const ownOrg = (roles: readonly Role[]): string | null => {
  const org = roles[0]!.org;
  return org === notGiven ? null : org;
};

function rolesOf(value: unknown, read: WireReader): readonly Role[] {
  const roles: Role[] = [];
  for (const element of read.list(value, 'roles')) {
    const role = roleOf(element, roles.length === 0, read);
    if (role !== null) roles.push(role);
  }
  if (roles.length === 0) {
    read.refuse('field_missing', 'roles', 'is missing');
    return [{ roleType: 'primary', role: 'student', org: notGiven, beginDate: null, endDate: null }];
  }
  if (roles.length === 1) return roles;
  roles.sort(compareRoles);
  return roles.filter((role, index) => index === 0 || compareRoles(role, roles[index - 1]!) !== 0);
}

function roleOf(element: unknown, first: boolean, read: WireReader): Role | null {
  if (typeof element !== 'object' || element === null)
    return read.refuse('field_invalid', 'roles', 'holds what is not a role');
  const row = element as WireRow;
  const role = read.word(row.role, 'roles.role', userRoleWords, null);
  const roleType = read.word(row.roleType, 'roles.roleType', roleTypeWords, first ? 'primary' : 'secondary');
  const org = read.requiredReference(row.org, 'roles.org');
  const beginDate = read.date(row.beginDate, 'roles.beginDate');
  const endDate = read.date(row.endDate, 'roles.endDate');
  return role === null || roleType === null ? null : { roleType, role, org, beginDate, endDate };
}

/** The same role in the same org twice is two spans of time, so dates take part; only exact doubles are dropped. */
function compareRoles(a: Role, b: Role): number {
  return (
    compareText(a.roleType, b.roleType) ||
    compareText(a.role, b.role) ||
    compareText(a.org, b.org) ||
    compareText(a.beginDate ?? '', b.beginDate ?? '') ||
    compareText(a.endDate ?? '', b.endDate ?? '')
  );
}

function userIdsOf(value: unknown, read: WireReader): readonly string[] {
  const ids: string[] = [];
  for (const element of read.list(value, 'userIds')) {
    const id = joinedId(element, read);
    if (id !== null) ids.push(id);
  }
  return sortedSet(ids);
}

/** `{ type, identifier }` as `type:identifier`; a text is an identifier without a type. */
function joinedId(value: unknown, read: WireReader): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return read.text(value, 'userIds');
  const { type, identifier } = value as WireRow;
  const id = read.text(identifier, 'userIds');
  const kind = read.text(type, 'userIds');
  return id === null || kind === null ? id : read.text(`${kind}:${id}`, 'userIds');
}
