/** Writes user rows: students, guardians, teachers, aides and administrators, some with two roles or schools. */
import { gradesOf, kindOfUser, type UserKind } from './layout.js';
import { DISTRICT, type District } from './district.js';
import { YEAR_START } from './calendar.js';
import type { People } from './people.js';
import type { References } from './references.js';
import type { RowHead } from './row-head.js';
import { mix, salt } from './hash.js';

const GUARDIAN_ROLES = ['parent', 'parent', 'parent', 'guardian', 'relative'];

export class UserRows {
  readonly #salt: number;

  constructor(
    private readonly district: District,
    private readonly people: People,
    private readonly refs: References,
    private readonly head: RowHead,
  ) {
    this.#salt = salt(district.seed, 'user');
  }

  row(user: number): string {
    const { district, people, refs } = this;
    const hash = mix(this.#salt, user);
    const kind = kindOfUser(district.shape, user);
    const school = district.schoolOfUser(user);
    const login = people.login(user);
    const number = String(100_000 + user);
    const phone = kind === 'student' ? 'null' : `"+1-555-01${String(hash % 100).padStart(2, '0')}"`;
    return (
      `${this.head.of('users', user)},"metadata":${this.#metadata(user, kind, hash)}` +
      `,"userMasterIdentifier":null,"username":"${login}"` +
      `,"userIds":[{"type":"SIS","identifier":"${number}"}${hash % 4 === 0 ? `,{"type":"LDAP","identifier":"${login}"}` : ''}]` +
      `,"enabledUser":"${hash % 97 === 0 ? 'false' : 'true'}"` +
      `,"givenName":"${people.given(user)}","familyName":"${people.family(user)}","middleName":${people.middle(user)}` +
      `,"roles":[${this.#roles(user, kind, school, hash)}],"agents":[${kind === 'student' ? this.#agents(user) : ''}]` +
      `,"userProfiles":[],"primaryOrg":${refs.namedOrg(school + 1)},"identifier":"${number}"` +
      `,"email":"${login}@${people.domain(user)}"` +
      `,"preferredFirstName":null,"preferredMiddleName":null,"preferredLastName":null,"pronouns":null` +
      `,"grades":[${kind === 'student' ? `"${this.gradeOf(user)}"` : ''}],"password":null,"sms":null,"phone":${phone}}`
    );
  }

  gradeOf(student: number): string {
    const grades = gradesOf(this.district.schoolOfStudent(student));
    return grades[this.district.studentHash(student) % grades.length]!;
  }

  #metadata(user: number, kind: UserKind, hash: number): string {
    if (kind !== 'student') return '{}';
    const dash = String(1_000_000 + user);
    const test = hash % 211 === 0 ? ',"isTestUser":true' : '';
    return `{"legacyDashStudentId":"${dash.slice(0, 3)}-${dash.slice(3)}","studentGroup":"G${(hash >>> 8) % 12}"${test}}`;
  }

  #role(type: 'primary' | 'secondary', role: string, org: number): string {
    const dates = `"beginDate":"${YEAR_START}","endDate":null`;
    return `{"roleType":"${type}","role":"${role}","org":${this.refs.org(org)},${dates}}`;
  }

  #roles(user: number, kind: UserKind, school: number, hash: number): string {
    const { district } = this;
    let roles = this.#role('primary', kind === 'guardian' ? GUARDIAN_ROLES[hash % 5]! : kind, school + 1);
    const second = district.secondSchoolOfUser(user);
    if (second !== DISTRICT && district.isSchoolLive(second)) roles += `,${this.#role('secondary', kind, second + 1)}`;
    if (kind === 'teacher') {
      const child = district.childOfTeacher(user);
      const at = child < 0 ? DISTRICT : district.schoolOfStudent(child);
      if (at !== DISTRICT && district.isSchoolLive(at)) roles += `,${this.#role('secondary', 'parent', at + 1)}`;
    }
    if (kind === 'administrator' && user % 3 === 0) roles += `,${this.#role('secondary', 'system_administrator', 0)}`;
    return roles;
  }

  #agents(student: number): string {
    return this.district.agents(student).map((agent) => this.refs.user(agent)).join();
  }
}
