/**
 * The table of roster entities that every room loops over, in dependency order: a record refers only to entities before its
 * own, or to its own. A new entity type is one more row here.
 */
import type { ZodType } from 'zod';
import { academicSessionFields, academicSessionSchema, type AcademicSession } from './academic-session.js';
import { classFields, classSchema, type Class } from './class.js';
import { courseFields, courseSchema, type Course } from './course.js';
import { enrollmentFields, enrollmentSchema, type Enrollment } from './enrollment.js';
import type { EntityName, Field } from './field.js';
import { orgFields, orgSchema, type Org } from './org.js';
import { userFields, userSchema, type User } from './user.js';

export interface Entity {
  readonly name: EntityName;
  /** The hub table. */
  readonly table: string;
  readonly schema: ZodType;
  readonly fields: readonly Field[];
  /** Bumped whenever the fields or their projection change; links of another version are compared field by field once. */
  readonly projectionVersion: number;
  /** The column that names the school a row is judged under by the guard; null where the row is its own school. */
  readonly schoolColumn: string | null;
}

const entity = (
  name: EntityName,
  table: string,
  schema: ZodType,
  fields: readonly Field[],
  schoolColumn: string | null,
): Entity => ({ name, table, schema, fields, projectionVersion: 1, schoolColumn });

export const entities: readonly Entity[] = [
  entity('orgs', 'orgs', orgSchema, orgFields, null),
  entity('academicSessions', 'academic_sessions', academicSessionSchema, academicSessionFields, 'org_id'),
  entity('courses', 'courses', courseSchema, courseFields, 'org_id'),
  entity('users', 'users', userSchema, userFields, 'school_id'),
  entity('classes', 'classes', classSchema, classFields, 'school_id'),
  entity('enrollments', 'enrollments', enrollmentSchema, enrollmentFields, 'school_id'),
];

export const entityNames: readonly EntityName[] = entities.map((e) => e.name);

export interface RosterRecords {
  orgs: Org;
  academicSessions: AcademicSession;
  courses: Course;
  users: User;
  classes: Class;
  enrollments: Enrollment;
}

export type RosterRecord = RosterRecords[EntityName];

/** The definition of an entity by its name. Throws a RangeError for an unknown name. */
export function entityNamed(name: string): Entity {
  const found = entities.find((e) => e.name === name);
  if (!found) throw new RangeError(`Unknown entity '${name}'; known are ${entityNames.join(', ')}`);
  return found;
}
