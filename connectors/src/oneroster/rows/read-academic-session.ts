/** A wire academic session, term or grading period to a canonical session; the school year comes as a number or a text. */
import type { AcademicSession } from '@rollcall/core';
import type { WireReader, WireRow } from './wire.js';
import { sessionTypeWords } from './words.js';

export function readAcademicSession(row: WireRow, read: WireReader): AcademicSession {
  return {
    sourcedId: read.sourcedId,
    status: read.status,
    dateLastModified: read.instant(row.dateLastModified),
    metadata: read.metadata(row.metadata),
    title: read.requiredText(row.title, 'title'),
    type: read.word(row.type, 'type', sessionTypeWords, null) ?? 'term',
    startDate: read.requiredDate(row.startDate, 'startDate'),
    endDate: read.requiredDate(row.endDate, 'endDate'),
    schoolYear: read.text(row.schoolYear, 'schoolYear'),
    parent: read.reference(row.parent, 'parent'),
    org: read.reference(row.org, 'org'),
  };
}
