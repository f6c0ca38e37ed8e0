/** An enrollment: one user in one class in one role, for a span of time. */
import { z } from 'zod';
import { date, document, flag, reference, text } from './field.js';
import { dateValue, recordHead, sourcedId } from './record.js';

export const enrollmentRoles = ['administrator', 'proctor', 'student', 'teacher', 'aide'] as const;

export const enrollmentSchema = z
  .object({
    ...recordHead,
    role: z.enum(enrollmentRoles),
    primary: z.boolean(),
    beginDate: dateValue.nullable(),
    endDate: dateValue.nullable(),
    user: sourcedId,
    class: sourcedId,
    school: sourcedId.nullable(),
  })
  .meta({ id: 'Enrollment' });

export type Enrollment = z.infer<typeof enrollmentSchema>;

export const enrollmentFields = [
  text('role'),
  flag('primary', 'is_primary'),
  date('beginDate', 'begin_date'),
  date('endDate', 'end_date'),
  reference('user', 'user_id', 'users', true),
  reference('class', 'class_id', 'classes', true),
  reference('school', 'school_id', 'orgs', true),
  document('metadata'),
];
