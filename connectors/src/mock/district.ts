/** An invented district in canonical records: one school, a year, a course, a class and an enrollment for each person, as many students as asked. */
import type { RosterRecord, RosterRecords, User } from '@rollcall/core';
import type { MockConfig } from './config.js';

export type District = { readonly [E in keyof RosterRecords]: readonly RosterRecords[E][] };

const givenNames = [
  'Amina',
  'Bo',
  'Céleste',
  'Dario',
  'Edda',
  'Farid',
  'Grete',
  'Hugo',
  'Ilse',
  'Jonas',
  'Kofi',
  'Lúa',
];
const familyNames = ['Ahlgren', 'Brandt', 'Castro', 'Dvořák', 'Eriksen', 'Fontaine', 'García', 'Holm', 'Ivanova'];
const studentsPerClass = 25;
const changed = '2026-08-15T07:30:00.000Z';

export function invented(config: Pick<MockConfig, 'students' | 'idPrefix' | 'metadata'>): District {
  const make = new Maker(config);
  const classCount = Math.ceil(config.students / studentsPerClass);
  const students = numbered(config.students, (i) => make.person('student', i));
  const teachers = numbered(classCount, (i) => make.person('teacher', i));
  return sorted({
    orgs: make.orgs(),
    academicSessions: make.sessions(),
    courses: make.courses(),
    users: [...students, ...teachers],
    classes: numbered(classCount, (i) => make.class(i)),
    enrollments: [
      ...students.map((user, i) => make.enrollment(user, Math.floor(i / studentsPerClass))),
      ...teachers.map((user, i) => make.enrollment(user, i)),
    ],
  });
}

class Maker {
  constructor(private readonly config: Pick<MockConfig, 'idPrefix' | 'metadata'>) {}

  id(kind: string, i = 0): string {
    return `${this.config.idPrefix}${kind}-${String(i).padStart(6, '0')}`;
  }

  head(kind: string, i = 0) {
    const { metadata } = this.config;
    return { sourcedId: this.id(kind, i), status: 'active' as const, dateLastModified: changed, metadata };
  }

  orgs(): RosterRecords['orgs'][] {
    const district = {
      ...this.head('district'),
      name: 'Fjordby District',
      type: 'district' as const,
      identifier: 'D0',
    };
    const school = { ...this.head('school'), name: 'Lindholm School', type: 'school' as const, identifier: 'S0' };
    return [
      { ...district, parent: null },
      { ...school, parent: district.sourcedId },
    ];
  }

  sessions(): RosterRecords['academicSessions'][] {
    const span = { startDate: '2026-08-17', endDate: '2027-06-11', schoolYear: '2027', org: this.id('district') };
    return [{ ...this.head('year'), title: 'School year 2026-27', type: 'schoolYear', parent: null, ...span }];
  }

  courses(): RosterRecords['courses'][] {
    const sets = { grades: ['5'], subjects: ['Math'], subjectCodes: [] };
    const refs = { org: this.id('school'), schoolYear: this.id('year') };
    return [{ ...this.head('course'), title: 'Mathematics 5', courseCode: 'MATH5', ...sets, ...refs }];
  }

  person(role: 'student' | 'teacher', i: number): User {
    const givenName = givenNames[i % givenNames.length]!;
    const familyName = familyNames[Math.floor(i / givenNames.length) % familyNames.length]!;
    const org = this.id('school');
    return {
      ...this.head(role, i),
      givenName,
      familyName,
      middleName: null,
      preferredFirstName: null,
      preferredMiddleName: null,
      preferredLastName: null,
      pronouns: null,
      username: `${role}${i}`,
      identifier: `${role === 'student' ? 'P' : 'T'}${i}`,
      userMasterIdentifier: null,
      userIds: [],
      email: `${role}${i}@example.org`,
      sms: null,
      phone: null,
      enabledUser: true,
      grades: role === 'student' ? ['5'] : [],
      primaryOrg: org,
      roles: [{ roleType: 'primary', role, org, beginDate: null, endDate: null }],
      agents: [],
    };
  }

  class(i: number): RosterRecords['classes'] {
    const sets = { grades: ['5'], subjects: ['Math'], subjectCodes: [], periods: ['1'], terms: [this.id('year')] };
    return {
      ...this.head('class', i),
      title: `Mathematics 5, group ${i + 1}`,
      classCode: `M5-${i + 1}`,
      classType: 'scheduled',
      location: null,
      course: this.id('course'),
      school: this.id('school'),
      ...sets,
    };
  }

  enrollment(user: User, classNumber: number): RosterRecords['enrollments'] {
    const role = user.roles[0]!.role === 'teacher' ? ('teacher' as const) : ('student' as const);
    const refs = { user: user.sourcedId, class: this.id('class', classNumber), school: this.id('school') };
    const span = { beginDate: '2026-08-17', endDate: null };
    const head = this.head('enrollment');
    return {
      ...head,
      sourcedId: `${head.sourcedId}-${user.sourcedId}`,
      role,
      primary: role === 'teacher',
      ...span,
      ...refs,
    };
  }
}

const numbered = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

function sorted(district: District): District {
  const byId = (a: RosterRecord, b: RosterRecord) => (a.sourcedId < b.sourcedId ? -1 : 1);
  for (const records of Object.values(district) as RosterRecord[][]) records.sort(byId);
  return district;
}
