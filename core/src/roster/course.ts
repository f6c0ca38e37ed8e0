/** A course: what is taught, apart from when and to whom. */
import { z } from 'zod';
import { document, reference, set, text } from './field.js';
import { recordHead, sourcedId, textSet, textValue } from './record.js';

export const courseSchema = z
  .object({
    ...recordHead,
    title: textValue,
    courseCode: textValue.nullable(),
    grades: textSet,
    subjects: textSet,
    subjectCodes: textSet,
    org: sourcedId.nullable(),
    schoolYear: sourcedId.nullable(),
  })
  .meta({ id: 'Course' });

export type Course = z.infer<typeof courseSchema>;

export const courseFields = [
  text('title'),
  text('courseCode', 'course_code'),
  set('grades'),
  set('subjects'),
  set('subjectCodes', 'subject_codes'),
  reference('org', 'org_id', 'orgs', true),
  reference('schoolYear', 'school_year_id', 'academicSessions', true),
  document('metadata'),
];
