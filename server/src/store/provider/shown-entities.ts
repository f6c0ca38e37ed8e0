/**
 * The six entities as OneRoster 1.2 tells them: where their rows come from, and each field that is shown, in the standard's
 * order. A field that is not here never leaves.
 */
import type { EntityName } from '@rollcall/core';
import {
  shownDate,
  shownFlag,
  shownHead,
  shownMetadata,
  shownRef,
  shownRefs,
  shownText,
  shownTextOrEmpty,
  shownTexts,
  type ShownField,
} from './shown-field.js';
import type { Seen } from './sight.js';
import { isHere, userFields } from './shown-user.js';

export interface ShownEntity {
  readonly fields: readonly ShownField[];
  /** The standard's fields that the hub does not keep: they may be asked for, and no record has them. */
  readonly unkept: readonly string[];
  /** Follows FROM or JOIN of the entity's table, of alias t. */
  joins(seen: Seen): string;
}

const inOrgs = (column: string) => (seen: Seen) => seen.schools && `${column} = ANY (${seen.schools.orgs})`;
const inSessions = (column: string) => (seen: Seen) => seen.schools && `${column} = ANY (${seen.schools.sessions})`;
const required = { required: true };

const orgFields: readonly ShownField[] = [
  ...shownHead(),
  shownText('name', 't.name', required),
  shownText('type', 't.type', required),
  shownTextOrEmpty('identifier', 't.identifier'),
  shownRef('parent', 'org', 't.parent_id', { shownIf: inOrgs('t.parent_id') }),
  shownRefs('children', 'org', (seen) => {
    const children = `SELECT k.id FROM orgs k WHERE k.tenant_id = ${seen.tenant} AND k.parent_id = t.id`;
    return seen.schools ? `${children} AND k.id = ANY (${seen.schools.orgs})` : children;
  }),
  shownMetadata(),
];

const sessionFields: readonly ShownField[] = [
  ...shownHead(),
  shownText('title', 't.title', required),
  shownDate('startDate', 't.start_date', required),
  shownDate('endDate', 't.end_date', required),
  shownText('type', 't.type', required),
  shownRef('parent', 'academicSession', 't.parent_id', { shownIf: inSessions('t.parent_id') }),
  shownRefs('children', 'academicSession', (seen) => {
    const children = `SELECT k.id FROM academic_sessions k WHERE k.tenant_id = ${seen.tenant} AND k.parent_id = t.id`;
    return seen.schools ? `${children} AND k.id = ANY (${seen.schools.sessions})` : children;
  }),
  shownTextOrEmpty('schoolYear', 't.school_year'),
  shownMetadata(),
];

const courseFields: readonly ShownField[] = [
  ...shownHead(),
  shownText('title', 't.title', required),
  shownRef('schoolYear', 'academicSession', 't.school_year_id', { shownIf: inSessions('t.school_year_id') }),
  shownTextOrEmpty('courseCode', 't.course_code'),
  shownTexts('grades', 't.grades'),
  shownTexts('subjects', 't.subjects'),
  shownRef('org', 'org', 't.org_id', { shownIf: inOrgs('t.org_id') }),
  shownTexts('subjectCodes', 't.subject_codes'),
  shownMetadata(),
];

const classFields: readonly ShownField[] = [
  ...shownHead(),
  shownText('title', 't.title', required),
  shownText('classCode', 't.class_code'),
  shownText('classType', 't.class_type'),
  shownText('location', 't.location'),
  shownTexts('grades', 't.grades'),
  shownTexts('subjects', 't.subjects'),
  shownRef('course', 'course', 't.course_id', required),
  shownRef('school', 'org', 't.school_id', required),
  shownRefs('terms', 'academicSession', () => 'SELECT s AS id FROM unnest(t.term_ids) s', required),
  shownTexts('subjectCodes', 't.subject_codes'),
  shownTexts('periods', 't.periods'),
  shownMetadata(),
];

/** OneRoster 1.2 knows no aides in classes; its vocabulary is open to words of our own. */
const enrollmentRole = `CASE t.role WHEN 'aide' THEN 'ext:aide' ELSE t.role END`;

const enrollmentFields: readonly ShownField[] = [
  ...shownHead(),
  shownRef('user', 'user', 't.user_id', required),
  shownRef('class', 'class', 't.class_id', required),
  // The school is the class's: what an enrollment itself says of it may be missing.
  shownRef('school', 'org', 'c.school_id', required),
  shownText('role', enrollmentRole, required),
  shownFlag('primary', 't.is_primary'),
  shownDate('beginDate', 't.begin_date'),
  shownDate('endDate', 't.end_date'),
  shownMetadata(),
];

export const shownEntities: Readonly<Record<EntityName, ShownEntity>> = {
  orgs: { fields: orgFields, unkept: [], joins: () => '' },
  academicSessions: { fields: sessionFields, unkept: [], joins: () => '' },
  courses: { fields: courseFields, unkept: ['resources'], joins: () => '' },
  classes: { fields: classFields, unkept: ['resources'], joins: () => '' },
  users: {
    fields: userFields,
    unkept: ['userProfiles', 'password', 'resources'],
    joins: (seen) => (seen.schools ? `CROSS JOIN LATERAL (SELECT ${isHere(seen)} AS here OFFSET 0) h` : ''),
  },
  enrollments: {
    fields: enrollmentFields,
    unkept: [],
    joins: (seen) => `JOIN classes c ON c.tenant_id = ${seen.tenant} AND c.id = t.class_id`,
  },
};

/** The fields of an entity that a client sees. */
export const fieldsFor = (entity: EntityName, withheld: readonly string[]): ShownField[] =>
  shownEntities[entity].fields.filter((field) => !withheld.includes(`${entity}.${field.name}`));

/** The standard's fields for people's backgrounds; the hub keeps none of them. */
export const demographicsFields: readonly string[] = [
  ...['sourcedId', 'status', 'dateLastModified', 'birthDate', 'sex', 'americanIndianOrAlaskaNative', 'asian'],
  ...['blackOrAfricanAmerican', 'nativeHawaiianOrOtherPacificIslander', 'white', 'demographicRaceTwoOrMoreRaces'],
  ...['hispanicOrLatinoEthnicity', 'countryOfBirthCode', 'stateOfBirthAbbreviation', 'cityOfBirth'],
  ...['publicSchoolResidenceStatus', 'metadata'],
];
