/** What a computed district promises: equal seeds give equal bytes, and its rows hang together like a real roster's. */
import { describe, expect, test } from '@jest/globals';
import { District } from './district.js';
import { type EntityName, entityNames } from './entities.js';
import { Rows } from './rows.js';
import { createHash } from 'node:crypto';
import { familyNames } from './names.js';
import type { Row } from '../testing/client.js';
import { shapeOf } from './shape.js';

function everyRow(seed: number, students: number) {
  const district = new District(seed, students, '/base');
  const rows = new Rows(district);
  const texts = (name: EntityName) =>
    Array.from({ length: district.entities[name].live.size }, (_, index) => rows.text(name, index));
  return Object.fromEntries(entityNames.map((name) => [name, texts(name)])) as Record<EntityName, string[]>;
}

const digest = (rows: Record<EntityName, string[]>) => createHash('sha256').update(JSON.stringify(rows)).digest('hex');
const parse = (texts: string[]) => texts.map((text) => JSON.parse(text) as Row);
const idsOf = (texts: string[]) => new Set(parse(texts).map((row) => row.sourcedId));

describe('a computed district', () => {
  const rows = everyRow(7, 700);

  test('is the same, byte for byte, for the same seed and size', () => {
    expect(digest(everyRow(7, 700))).toBe(digest(rows));
  });

  test('is another one for another seed', () => {
    const idsOfSeven = idsOf(rows.users);
    expect(digest(everyRow(8, 700))).not.toBe(digest(rows));
    expect([...idsOf(everyRow(8, 700).users)].filter((id) => idsOfSeven.has(id))).toEqual([]);
  });

  test('has no e-mail address twice', () => {
    const emails = parse(rows.users).map((user) => user.email);
    expect(new Set(emails).size).toBe(emails.length);
  });

  test('refers only to rows that exist', () => {
    const known = new Set(entityNames.flatMap((name) => [...idsOf(rows[name])]));
    const missing: unknown[] = [];
    const visit = (value: unknown, isReference: boolean): void => {
      if (typeof value !== 'object' || value === null) return;
      const { sourcedId } = value as { sourcedId?: string };
      if (isReference && sourcedId !== undefined && !known.has(sourcedId)) missing.push(value);
      for (const member of Object.values(value)) visit(member, true);
    };
    for (const name of entityNames) for (const row of parse(rows[name])) visit(row, false);
    expect(missing).toEqual([]);
  });

  test('enrolls every student in five different classes of their own school and grade', () => {
    const classes = new Map(parse(rows.classes).map((row) => [row.sourcedId, row]));
    const users = new Map(parse(rows.users).map((row) => [row.sourcedId, row]));
    const taken = new Map<string, Set<string>>();
    for (const enrollment of parse(rows.enrollments)) {
      const theClass = classes.get(enrollment.class.sourcedId)!;
      const user = users.get(enrollment.user.sourcedId)!;
      expect(theClass.school.sourcedId).toBe(user.primaryOrg.sourcedId);
      expect(enrollment.user.name).toBe(`${user.givenName} ${user.familyName}`);
      if (enrollment.role !== 'student') continue;
      expect(theClass.grades).toEqual(user.grades);
      const own = taken.get(user.sourcedId) ?? new Set();
      taken.set(user.sourcedId, own.add(theClass.sourcedId));
    }
    expect([...taken.values()].map((own) => own.size)).toEqual(Array.from({ length: 700 }, () => 5));
  });

  test('keeps birth dates out of everything but demographics', () => {
    const others = entityNames.filter((name) => name !== 'demographics').flatMap((name) => rows[name]);
    expect(others.filter((text) => text.includes('birthDate'))).toEqual([]);
    expect(parse(rows.demographics).every((row) => /^\d{4}-\d{2}-\d{2}$/.test(row.birthDate))).toBe(true);
  });

  test('has people with two roles, two schools, guardians shared by siblings and letters beyond ASCII', () => {
    const users = parse(rows.users);
    const rolesOf = (row: Row) => row.roles.map((role) => role.role).join('+');
    const kinds = new Set(users.map(rolesOf));
    const wanted = [
      'student',
      'student+student',
      'parent',
      'teacher',
      'teacher+parent',
      'teacher+teacher',
      'aide+aide',
    ];
    for (const kind of wanted) expect(kinds).toContain(kind);
    const agents = users.flatMap((user) => user.agents.map((agent) => agent.sourcedId));
    expect(new Set(agents).size).toBeLessThan(agents.length);
    expect(users.some((user) => /[^\x00-\x7f]/.test(user.familyName))).toBe(true);
  });
});

describe('the size of a district', () => {
  test('is about nine rows a student: 62 % enrollments, 30 % users, 6 % classes', () => {
    const s = shapeOf(110_000);
    const total = s.orgs + s.sessions + s.courses + s.users + s.classes + s.enrollments;
    expect(total / 110_000).toBeCloseTo(9, 0);
    expect(s.enrollments / total).toBeCloseTo(0.62, 1);
    expect(s.users / total).toBeCloseTo(0.3, 1);
    expect(s.classes / total).toBeCloseTo(0.06, 2);
  });

  test('lets every edit of a person give another family name', () => {
    expect(familyNames.length % 7).not.toBe(0);
    expect(new Set(familyNames).size).toBe(familyNames.length);
  });
});
