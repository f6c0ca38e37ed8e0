/** A wire enrollment to a canonical one. The display names in its references are personal and are never looked at. */
import type { Enrollment } from '@rollcall/core';
import type { WireReader, WireRow } from './wire.js';
import { enrollmentRoleWords } from './words.js';

export function readEnrollment(row: WireRow, read: WireReader): Enrollment {
  return {
    sourcedId: read.sourcedId,
    status: read.status,
    dateLastModified: read.instant(row.dateLastModified),
    metadata: read.metadata(row.metadata),
    role: read.word(row.role, 'role', enrollmentRoleWords, null) ?? 'student',
    primary: read.flag(row.primary, 'primary', false),
    beginDate: read.date(row.beginDate, 'beginDate'),
    endDate: read.date(row.endDate, 'endDate'),
    user: read.requiredReference(row.user, 'user'),
    class: read.requiredReference(row.class, 'class'),
    school: read.reference(row.school, 'school'),
  };
}
