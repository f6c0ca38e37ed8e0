/** A wire course to a canonical one; the school year is read from `schoolYear`, or from `academicSession` as it is written. */
import type { Course } from '@rollcall/core';
import type { WireReader, WireRow } from './wire.js';
import { gradeCode } from './words.js';

export function readCourse(row: WireRow, read: WireReader): Course {
  return {
    sourcedId: read.sourcedId,
    status: read.status,
    dateLastModified: read.instant(row.dateLastModified),
    metadata: read.metadata(row.metadata),
    title: read.requiredText(row.title, 'title'),
    courseCode: read.text(row.courseCode, 'courseCode'),
    grades: read.set(row.grades, 'grades', gradeCode),
    subjects: read.set(row.subjects, 'subjects'),
    subjectCodes: read.set(row.subjectCodes, 'subjectCodes'),
    org: read.reference(row.org, 'org'),
    schoolYear: read.reference(row.schoolYear, 'schoolYear') ?? read.reference(row.academicSession, 'academicSession'),
  };
}
