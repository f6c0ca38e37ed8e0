/** What the readers make of the spellings that are seen in the wild: each row of a table is one promise. */
import { describe, expect, it } from '@jest/globals';
import type { EntityName } from '@rollcall/core';
import { wireRow, wireUser } from '../../testing/wire-rows.js';
import { rowReader } from './read-rows.js';

const readRows = rowReader(['metrics', 'goals', 'AlphaLearn', 'onboarding', 'pctCompleteApp', 'completion*']);

function read(entity: EntityName, over: Record<string, unknown>): Record<string, unknown> {
  const { records, rejects } = readRows(entity, [wireRow[entity](over)]);
  expect(rejects).toEqual([]);
  return records[0] as unknown as Record<string, unknown>;
}

const role = (over: Record<string, unknown>) => ({ roleType: 'primary', role: 'student', org: 'o1', ...over });

describe('tolerant reading', () => {
  it.each<[EntityName, string, unknown, unknown]>([
    ['users', 'enabledUser', true, true],
    ['users', 'enabledUser', 'TRUE', true],
    ['users', 'enabledUser', 1, true],
    ['users', 'enabledUser', 'false', false],
    ['users', 'enabledUser', 0, false],
    ['users', 'enabledUser', null, true],
    ['users', 'givenName', '  Zoë ', 'Zoë'],
    ['users', 'givenName', 'Zoe\u0308', 'Zoë'],
    ['users', 'middleName', '', null],
    ['users', 'middleName', '\u00a0', null],
    ['users', 'identifier', 12345, '12345'],
    ['users', 'email', ' Edda.AHLGREN@Example.org', 'edda.ahlgren@example.org'],
    ['users', 'grades', '5', ['5']],
    ['users', 'grades', ['KG', '05', 'PK', 'K', 5], ['-1', '0', '5']],
    ['users', 'grades', ['UG', '12'], ['12', 'UG']],
    ['users', 'grades', ['12th', '09th', '1st'], ['1', '12', '9']],
    ['users', 'status', '', 'active'],
    ['users', 'status', 'Active', 'active'],
    ['users', 'status', 'ToBeDeleted', 'tobedeleted'],
    ['users', 'status', 'inactive', 'tobedeleted'],
    ['users', 'grades', null, []],
    ['users', 'agents', ['b', { sourcedId: 'a' }, 'b', null], ['a', 'b']],
    ['users', 'agents', 'a', ['a']],
    [
      'users',
      'userIds',
      [{ type: 'SIS', identifier: 7 }, 'plain', { type: null, identifier: 'x' }, {}],
      ['SIS:7', 'plain', 'x'],
    ],
    ['users', 'metadata', { onboarding: {}, completionReason: 'x', completion: 1, metrics: 1 }, null],
    ['users', 'metadata', { keep: 1, goals: {} }, { keep: 1 }],
    ['users', 'metadata', [], null],
    ['users', 'dateLastModified', '2026-08-15T09:30:00+02:00', '2026-08-15T07:30:00.000Z'],
    ['users', 'dateLastModified', 'the day before yesterday', null],
    ['orgs', 'type', 'School', 'school'],
    ['orgs', 'parent', 'org-fjordby', 'org-fjordby'],
    ['orgs', 'parent', {}, null],
    ['academicSessions', 'startDate', '2026-08-17T00:00:00.000Z', '2026-08-17'],
    ['academicSessions', 'startDate', '2028-02-29 00:00', '2028-02-29'],
    ['academicSessions', 'schoolYear', '2027', '2027'],
    ['academicSessions', 'schoolYear', 2027, '2027'],
    ['courses', 'subjects', 'Math', ['Math']],
    ['courses', 'subjects', ['Science', 'Math', 'Math'], ['Math', 'Science']],
    ['classes', 'classType', null, 'scheduled'],
    ['classes', 'periods', [2, '1'], ['1', '2']],
    ['enrollments', 'primary', null, false],
    ['enrollments', 'primary', true, true],
    ['enrollments', 'primary', 'true', true],
    ['enrollments', 'endDate', undefined, null],
  ])('%s.%s of %j is %j', (entity, field, given, expected) => {
    expect(read(entity, { [field]: given })[field]).toEqual(expected);
  });

  it('maps TimeBack role names and sorts roles, primary first, without exact doubles', () => {
    const roles = [
      role({ roleType: 'secondary', role: 'teacher', org: 'o2' }),
      role({ role: 'system_administrator' }),
      role({ roleType: 'secondary', role: 'teacher', org: 'o2' }),
      role({ roleType: 'secondary', role: 'Aide' }),
    ];
    expect((read('users', { roles }).roles as { role: string }[]).map((r) => r.role)).toEqual([
      'systemAdministrator',
      'aide',
      'teacher',
    ]);
  });

  it('reads 1.1’s one role in several orgs as one role in each, the first org being the person’s own', () => {
    const over = { roles: undefined, primaryOrg: undefined, role: 'Teacher', orgs: [{ sourcedId: 'o2' }, 'o1'] };
    expect(read('users', over)).toMatchObject({
      primaryOrg: 'o2',
      roles: [
        { roleType: 'primary', role: 'teacher', org: 'o2' },
        { roleType: 'secondary', role: 'teacher', org: 'o1' },
      ],
    });
  });

  it('reads roles where a row has both shapes', () => {
    const over = { roles: [role({ org: 'o3' })], role: 'aide', orgs: ['o1'] };
    expect(read('users', over).roles).toMatchObject([{ role: 'student', org: 'o3' }]);
  });

  it('keeps two spans of the same role in the same org apart', () => {
    const spans = [role({ beginDate: '2026-08-17' }), role({ beginDate: '2025-08-18', endDate: '2026-01-01' })];
    expect((read('users', { roles: spans }).roles as { beginDate: string }[]).map((r) => r.beginDate)).toEqual([
      '2025-08-18',
      '2026-08-17',
    ]);
  });

  it('takes the first role without a type for the primary one and the others for secondary', () => {
    const roles = [role({ roleType: undefined }), role({ roleType: null, org: 'o2' })];
    expect((read('users', { roles }).roles as { roleType: string }[]).map((r) => r.roleType)).toEqual([
      'primary',
      'secondary',
    ]);
  });

  it.each([
    ['the given primaryOrg', { primaryOrg: { sourcedId: 'own' }, roles: [role({})] }, 'own'],
    [
      'the primary role’s org',
      { primaryOrg: null, roles: [role({ roleType: 'secondary', org: 'a' }), role({ org: 'z' })] },
      'z',
    ],
    ['the first role’s org', { primaryOrg: null, roles: [role({ roleType: 'secondary', org: 'b' })] }, 'b'],
  ])('takes %s as the person’s own school', (_, over, expected) => {
    expect(read('users', over).primaryOrg).toBe(expected);
  });

  it('reads a class’s school from org where school is missing', () => {
    expect(read('classes', { school: null, org: { sourcedId: 'o9' } }).school).toBe('o9');
  });

  it('reads a course’s year from academicSession where schoolYear is missing', () => {
    expect(read('courses', { schoolYear: null, academicSession: { sourcedId: 's9' } }).schoolYear).toBe('s9');
  });

  it('reads the same content in any order to the same record', () => {
    const one = wireUser({
      grades: ['4', '5'],
      userIds: [
        { type: 'A', identifier: '1' },
        { type: 'B', identifier: '2' },
      ],
    });
    const two = wireUser({
      grades: ['05', '4'],
      userIds: [
        { type: 'B', identifier: '2' },
        { type: 'A', identifier: '1' },
      ],
    });
    expect(readRows('users', [one]).records).toEqual(readRows('users', [two]).records);
  });

  it('never keeps passwords, third-party logins, demographics or names inside references', () => {
    const kept = JSON.stringify([
      readRows('users', [wireUser()]).records,
      readRows('enrollments', [wireRow.enrollments()]).records,
    ]);
    for (const word of ['never-keep-this', 'profileId', '2015-03-01', 'Edda Ahlgren']) expect(kept).not.toContain(word);
  });
});
