/** The twelve collections: envelope keys as in the published API, and which rows of which entity each one shows. */
import type { District } from '../district/district.js';
import type { EntityName } from '../district/entities.js';
import { SESSIONS_PER_ORG } from '../district/shape.js';
import { placesOf } from '../district/sessions.js';

/** Rows [from, to) of the entity, in ascending order. */
export type Range = [from: number, to: number];

export interface Collection {
  name: string;
  entity: EntityName;
  listKey: string;
  itemKey: string;
  /** for "User not found." */
  noun: string;
  /** of the entity's rows, where it shows one kind only */
  kind?: string;
  ranges(district: District): Range[];
}

const all = (district: District, entity: EntityName): Range[] => [[0, district.entities[entity].live.size]];

const whole = (entity: EntityName, itemKey: string, noun: string): Collection => ({
  name: entity,
  entity,
  listKey: entity,
  itemKey,
  noun,
  ranges: (district) => all(district, entity),
});

function studentRanges(district: District): Range[] {
  const { students, users } = district.shape;
  return [
    [0, students],
    [users, district.entities.users.live.size],
  ];
}

const sessionRanges = (part: 'terms' | 'gradingPeriods') => (district: District) =>
  Array.from({ length: district.shape.orgs }, (_, org): Range => {
    const [from, to] = placesOf(org - 1)[part];
    return [org * SESSIONS_PER_ORG + from, org * SESSIONS_PER_ORG + to];
  });

export const collections: Collection[] = [
  whole('orgs', 'org', 'Org'),
  { ...whole('orgs', 'org', 'School'), name: 'schools', kind: 'school', ranges: (d) => [[1, d.shape.orgs]] },
  whole('users', 'user', 'User'),
  { ...whole('users', 'user', 'Student'), name: 'students', kind: 'student', ranges: studentRanges },
  {
    ...whole('users', 'user', 'Teacher'),
    name: 'teachers',
    kind: 'teacher',
    ranges: ({ shape }) => [[shape.teachersFrom, shape.aidesFrom]],
  },
  whole('courses', 'course', 'Course'),
  whole('classes', 'class', 'Class'),
  whole('enrollments', 'enrollment', 'Enrollment'),
  whole('academicSessions', 'academicSession', 'Academic session'),
  {
    ...whole('academicSessions', 'term', 'Term'),
    name: 'terms',
    kind: 'term',
    listKey: 'terms',
    ranges: sessionRanges('terms'),
  },
  {
    ...whole('academicSessions', 'gradingPeriod', 'Grading period'),
    name: 'gradingPeriods',
    kind: 'gradingPeriod',
    listKey: 'gradingPeriods',
    ranges: sessionRanges('gradingPeriods'),
  },
  { ...whole('demographics', 'demographics', 'Demographics'), ranges: studentRanges },
];

export const collectionByName = new Map(collections.map((collection) => [collection.name, collection]));
