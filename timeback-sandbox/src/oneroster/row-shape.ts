/** A row of the district as a OneRoster 1.2 or 1.1 server writes it: the standard's fields and nothing else, no nulls, full references. */
import type { EntityName } from '../district/entities.js';

type Row = Record<string, unknown>;

const names: Record<EntityName, string> = {
  orgs: 'name type identifier parent children',
  academicSessions: 'title startDate endDate type parent children schoolYear',
  courses: 'title schoolYear courseCode grades subjects org subjectCodes resources',
  classes: 'title classCode classType location grades subjects course school terms subjectCodes periods resources',
  users: `username userIds enabledUser givenName familyName middleName identifier email sms phone agents grades
    userMasterIdentifier preferredFirstName preferredMiddleName preferredLastName pronouns roles userProfiles primaryOrg`,
  enrollments: 'user class school role primary beginDate endDate',
  demographics: `birthDate sex americanIndianOrAlaskaNative asian blackOrAfricanAmerican nativeHawaiianOrOtherPacificIslander
    white demographicRaceTwoOrMoreRaces hispanicOrLatinoEthnicity countryOfBirthCode stateOfBirthAbbreviation cityOfBirth
    publicSchoolResidenceStatus`,
};
const only12 = /^(userMasterIdentifier|preferred\w+|pronouns|roles|userProfiles|primaryOrg)$|^resources$/;

const collectionOf: Record<string, string> = {
  org: 'orgs',
  parent: 'orgs',
  children: 'orgs',
  primaryOrg: 'orgs',
  school: 'orgs',
  schoolYear: 'academicSessions',
  terms: 'academicSessions',
  course: 'courses',
  class: 'classes',
  user: 'users',
  agents: 'users',
};
const typeOf: Record<string, string> = {
  orgs: 'org',
  academicSessions: 'academicSession',
  courses: 'course',
  classes: 'class',
  users: 'user',
};
const roles12: Record<string, string> = {
  system_administrator: 'systemAdministrator',
  administrator: 'siteAdministrator',
};
const roles11: Record<string, string> = { system_administrator: 'administrator' };

export interface RowShape {
  version: '1.1' | '1.2';
  /** before the names of collections in references */
  root: string;
}

export function shapedRow(entity: EntityName, text: string, shape: RowShape): string {
  const row = JSON.parse(text) as Row;
  const fields = `sourcedId status dateLastModified metadata ${names[entity]}`.split(/\s+/);
  const shaped: Row = {};
  for (const name of fields) {
    if (shape.version === '1.1' && only12.test(name)) continue;
    const value = shapedValue(entity, name, row[name], shape);
    if (value !== undefined && value !== null) shaped[name] = value;
  }
  if (entity === 'users' && shape.version === '1.1') Object.assign(shaped, roleAndOrgs(row, shape));
  return JSON.stringify(shaped);
}

function shapedValue(entity: EntityName, name: string, value: unknown, shape: RowShape): unknown {
  if (name === 'schoolYear' && entity === 'academicSessions') return value === null ? value : String(value);
  if (name === 'roles' && Array.isArray(value)) return value.map((role) => shapedRole(role as Row, shape));
  if (name === 'role' && value === 'aide') return 'proctor';
  const own = name === 'parent' || name === 'children' ? entity : collectionOf[name];
  if (own === undefined || (name === 'schoolYear' && typeof value !== 'object')) return value;
  if (Array.isArray(value)) return value.map((one) => reference(one, own, shape));
  return reference(value, own, shape);
}

function shapedRole(role: Row, shape: RowShape): Row {
  const { roleType, role: word, org, beginDate, endDate } = role;
  const shaped = { roleType, role: roles12[String(word)] ?? word, org: reference(org, 'orgs', shape) };
  return { ...shaped, ...(beginDate ? { beginDate } : {}), ...(endDate ? { endDate } : {}) };
}

function roleAndOrgs(row: Row, shape: RowShape): Row {
  const roles = Array.isArray(row.roles) ? (row.roles as Row[]) : [];
  if (roles.length === 0) return {};
  const orgs = new Map(roles.map(({ org }) => [(org as Row | null)?.sourcedId, reference(org, 'orgs', shape)]));
  const word = roles[0]!.role;
  return { role: roles11[String(word)] ?? word, orgs: [...orgs.values()] };
}

/** What is no reference stays as it is: bad records must arrive as such. */
function reference(value: unknown, collection: string, { root }: RowShape): unknown {
  const id = (value as Row | null)?.sourcedId;
  if (typeof id !== 'string') return value;
  return { href: `${root}/${collection}/${encodeURIComponent(id)}`, sourcedId: id, type: typeOf[collection] };
}
