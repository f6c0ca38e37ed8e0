/** Writes user rows: students, guardians, teachers, aides and administrators, some with two roles or schools. */
import { gradesOf, kindOfUser, type UserKind } from './layout.js';
import { DISTRICT, type District } from './district.js';
import type { Page } from './page.js';
import type { People } from './people.js';
import type { References } from './references.js';
import type { RowHead } from './row-head.js';
import { YEAR_START } from './calendar.js';
import { mix, salt } from './hash.js';

const GUARDIAN_ROLES = ['parent', 'parent', 'parent', 'guardian', 'relative'];
const TWO_DIGITS = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0'));
const ROLE_DATES = Buffer.from(`,"beginDate":"${YEAR_START}","endDate":null}`);
const NO_PREFERENCES = Buffer.from(
  '","preferredFirstName":null,"preferredMiddleName":null,"preferredLastName":null,"pronouns":null,"grades":[',
);

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

  write(page: Page, user: number): Page {
    const hash = mix(this.#salt, user);
    const kind = kindOfUser(this.district.shape, user);
    const school = this.district.schoolOfUser(user);
    const number = String(100_000 + user);
    this.head.write(page, 'users', user).text(',"metadata":');
    this.#metadata(page, user, kind, hash);
    this.#names(page, user, number, hash);
    this.#roles(page.text(',"roles":['), user, kind, school, hash).text('],"agents":');
    if (kind === 'student') this.refs.list(page, this.refs.users, this.district.agents(user));
    else page.text('[]');
    this.refs
      .namedOrg(page.text(',"userProfiles":[],"primaryOrg":'), school + 1)
      .text(',"identifier":"')
      .text(number);
    this.people.login(page.text('","email":"'), user).text(this.people.domain(user)).raw(NO_PREFERENCES);
    if (kind !== 'student') {
      return page
        .text('],"password":null,"sms":null,"phone":"+1-555-01')
        .text(TWO_DIGITS[hash % 100]!)
        .text('"}');
    }
    return page.text('"').text(this.gradeOf(user)).text('"],"password":null,"sms":null,"phone":null}');
  }

  gradeOf(student: number): string {
    const grades = gradesOf(this.district.schoolOfStudent(student));
    return grades[this.district.studentHash(student) % grades.length]!;
  }

  #names(page: Page, user: number, number: string, hash: number): void {
    const { people } = this;
    people.login(page.text(',"userMasterIdentifier":null,"username":"'), user);
    page.text('","userIds":[{"type":"SIS","identifier":"').text(number).text('"}');
    if (hash % 4 === 0) people.login(page.text(',{"type":"LDAP","identifier":"'), user).text('"}');
    page.text('],"enabledUser":"').text(hash % 97 === 0 ? 'false' : 'true');
    page.text('","givenName":"').text(people.given(user)).text('","familyName":"').text(people.family(user));
    const middle = people.middle(user);
    if (middle === undefined) page.text('","middleName":null');
    else page.text('","middleName":"').text(middle).text('"');
  }

  #metadata(page: Page, user: number, kind: UserKind, hash: number): void {
    if (kind !== 'student') {
      page.text('{}');
      return;
    }
    const dash = String(1_000_000 + user);
    page.text('{"legacyDashStudentId":"').text(dash.slice(0, 3)).text('-').text(dash.slice(3));
    page.text('","studentGroup":"G').text(TWO_DIGITS[(hash >>> 8) % 12]!);
    page.text(hash % 211 === 0 ? '","isTestUser":true}' : '"}');
  }

  #role(page: Page, type: 'primary' | 'secondary', role: string, org: number): Page {
    page.text('{"roleType":"').text(type).text('","role":"').text(role).text('","org":');
    return this.refs.org(page, org).raw(ROLE_DATES);
  }

  #roles(page: Page, user: number, kind: UserKind, school: number, hash: number): Page {
    const { district } = this;
    this.#role(page, 'primary', kind === 'guardian' ? GUARDIAN_ROLES[hash % 5]! : kind, school + 1);
    const second = district.secondSchoolOfUser(user);
    if (second !== DISTRICT && district.isSchoolLive(second)) {
      this.#role(page.text(','), 'secondary', kind, second + 1);
    }
    const parentAt = kind === 'teacher' ? district.schoolOfOwnChild(user) : DISTRICT;
    if (parentAt !== DISTRICT && district.isSchoolLive(parentAt)) {
      this.#role(page.text(','), 'secondary', 'parent', parentAt + 1);
    }
    if (kind === 'administrator' && user % 3 === 0) {
      this.#role(page.text(','), 'secondary', 'system_administrator', 0);
    }
    return page;
  }
}
