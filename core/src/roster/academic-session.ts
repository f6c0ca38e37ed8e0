/** A school year, semester, term or grading period, as a tree through `parent`. */
import { z } from 'zod';
import { date, document, reference, text } from './field.js';
import { dateValue, recordHead, sourcedId, textValue } from './record.js';

export const sessionTypes = ['gradingPeriod', 'semester', 'schoolYear', 'term'] as const;

export const academicSessionSchema = z
  .object({
    ...recordHead,
    title: textValue,
    type: z.enum(sessionTypes),
    startDate: dateValue,
    endDate: dateValue,
    schoolYear: textValue.nullable(),
    parent: sourcedId.nullable(),
    org: sourcedId.nullable(),
  })
  .meta({ id: 'AcademicSession' });

export type AcademicSession = z.infer<typeof academicSessionSchema>;

export const academicSessionFields = [
  text('title'),
  text('type'),
  date('startDate', 'start_date'),
  date('endDate', 'end_date'),
  text('schoolYear', 'school_year'),
  reference('parent', 'parent_id', 'academicSessions'),
  reference('org', 'org_id', 'orgs', true),
  document('metadata'),
];
