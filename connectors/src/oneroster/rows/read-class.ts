/** A wire class to a canonical one; its school is read as `school`, or as `org`, the name it is written under. */
import type { Class } from '@rollcall/core';
import type { WireReader, WireRow } from './wire.js';
import { classTypeWords, gradeCode } from './words.js';

export function readClass(row: WireRow, read: WireReader): Class {
  return {
    sourcedId: read.sourcedId,
    status: read.status,
    dateLastModified: read.instant(row.dateLastModified),
    metadata: read.metadata(row.metadata),
    title: read.requiredText(row.title, 'title'),
    classCode: read.text(row.classCode, 'classCode'),
    classType: read.word(row.classType, 'classType', classTypeWords, 'scheduled') ?? 'scheduled',
    location: read.text(row.location, 'location'),
    grades: read.set(row.grades, 'grades', gradeCode),
    subjects: read.set(row.subjects, 'subjects'),
    subjectCodes: read.set(row.subjectCodes, 'subjectCodes'),
    periods: read.set(row.periods, 'periods'),
    course: read.reference(row.course, 'course'),
    school: read.reference(row.school, 'school') ?? read.reference(row.org, 'org'),
    terms: read.references(row.terms, 'terms'),
  };
}
