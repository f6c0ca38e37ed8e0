/** Turns a good row into a bad one in a given way. Everything not named by the kind stays as it was. */
import type { EntityName } from '../district/entities.js';

type Row = Record<string, unknown>;
type Spoiler = (row: Row, entity: EntityName, bad: BadRecord) => void;

export interface BadRecord {
  kind: BadKind;
  /** counts up over the rows of one request, for kinds that come in several forms */
  variant: number;
  /** the other row of a cycle */
  partner: string;
}

const HUGE_BYTES = 2 * 1024 * 1024;
const NOWHERE = '00000000-dead-4bad-8bad-000000000000';
const NAME: Record<EntityName, string> = {
  orgs: 'name',
  academicSessions: 'title',
  courses: 'title',
  users: 'familyName',
  classes: 'title',
  enrollments: 'primary',
  demographics: 'cityOfBirth',
};
const REFERENCE: Record<EntityName, string> = {
  orgs: 'parent',
  academicSessions: 'org',
  courses: 'org',
  users: 'primaryOrg',
  classes: 'course',
  enrollments: 'user',
  demographics: 'sourcedId',
};
const DATE: Partial<Record<EntityName, string>> = {
  academicSessions: 'startDate',
  enrollments: 'beginDate',
  demographics: 'birthDate',
};

const pointTo = (reference: unknown, id: string): Row => {
  const was = (reference as Row | null) ?? { href: 'https://timeback.example.org/unknown/', type: 'org' };
  const href = typeof was.href === 'string' ? was.href.replace(/[^/]*$/, id) : undefined;
  return { ...was, ...(href ? { href } : {}), sourcedId: id };
};

const spoilers = {
  'missing-name': (row, entity) => {
    delete row[NAME[entity]];
  },
  'unreadable-key': (row, _entity, bad) => {
    if (bad.variant % 3 === 0) delete row.sourcedId;
    else row.sourcedId = bad.variant % 3 === 1 ? '' : 4711;
  },
  'dangling-reference': (row, entity) => {
    row[REFERENCE[entity]] = pointTo(row[REFERENCE[entity]], NOWHERE);
    if (entity === 'users')
      row.roles = (row.roles as Row[]).map((role) => ({ ...role, org: pointTo(role.org, NOWHERE) }));
  },
  cycle: (row, entity, bad) => {
    if (entity === 'users') row.agents = [pointTo({ href: row.sourcedId, type: 'user' }, bad.partner)];
    else row.parent = pointTo(row.parent, bad.partner);
  },
  nul: (row, entity) => {
    row[NAME[entity]] = `Nul\u0000${String(row[NAME[entity]] ?? '')}`;
  },
  'huge-field': (row, entity) => {
    row[NAME[entity]] = 'x'.repeat(HUGE_BYTES);
  },
  'bad-date': (row, entity) => {
    const field = DATE[entity];
    if (field) row[field] = '2026-13-45';
    else row.dateLastModified = 'the day before yesterday';
  },
  'bad-role': (row, entity) => {
    if (entity === 'users') (row.roles as Row[])[0]!.role = 'wizard';
    else row.role = 'wizard';
  },
  'wrong-types': (row, entity) => {
    if (entity === 'users') row.enabledUser = 1;
    if (entity === 'enrollments') row.primary = 1;
    if (entity === 'academicSessions') row.schoolYear = 'next';
    if (entity === 'orgs') row.children = 'none';
    if (Array.isArray(row.grades)) row.grades = row.grades[0] ?? '5';
  },
} satisfies Record<string, Spoiler>;

export type BadKind = keyof typeof spoilers;
export const badKinds = Object.keys(spoilers) as BadKind[];

const SIX: EntityName[] = ['orgs', 'academicSessions', 'courses', 'users', 'classes', 'enrollments'];
const SUITS: Partial<Record<BadKind, EntityName[]>> = {
  'missing-name': ['orgs', 'academicSessions', 'courses', 'users', 'classes'],
  'dangling-reference': SIX,
  cycle: ['orgs', 'academicSessions', 'users'],
  nul: ['orgs', 'academicSessions', 'courses', 'users', 'classes', 'demographics'],
  'bad-role': ['users', 'enrollments'],
  'wrong-types': SIX,
};

/** The entities that this kind can spoil; undefined: every one. */
export const suits = (kind: BadKind): EntityName[] | undefined => SUITS[kind];

export function spoil(bad: BadRecord, entity: EntityName, text: string): string {
  const row = JSON.parse(text) as Row;
  (spoilers as Record<BadKind, Spoiler>)[bad.kind](row, entity, bad);
  return JSON.stringify(row);
}
