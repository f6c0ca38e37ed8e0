/** A class: a course taught in a school during terms (a section, in other systems' words). */
import { z } from 'zod';
import { document, reference, references, set, text } from './field.js';
import { recordHead, sourcedId, textSet, textValue } from './record.js';

export const classTypes = ['homeroom', 'scheduled'] as const;

export const classSchema = z
  .object({
    ...recordHead,
    title: textValue,
    classCode: textValue.nullable(),
    classType: z.enum(classTypes),
    location: textValue.nullable(),
    grades: textSet,
    subjects: textSet,
    subjectCodes: textSet,
    periods: textSet,
    course: sourcedId.nullable(),
    school: sourcedId.nullable(),
    terms: z.array(sourcedId).readonly(),
  })
  .meta({ id: 'Class' });

export type Class = z.infer<typeof classSchema>;

export const classFields = [
  text('title'),
  text('classCode', 'class_code'),
  text('classType', 'class_type'),
  text('location'),
  set('grades'),
  set('subjects'),
  set('subjectCodes', 'subject_codes'),
  set('periods'),
  reference('course', 'course_id', 'courses', true),
  reference('school', 'school_id', 'orgs', true),
  references('terms', 'term_ids', 'academicSessions'),
  document('metadata'),
];
