/** How OneRoster names a single record: the key of its envelope, and its id as a part of a path that can name nothing else. */
import { Fault, type EntityName } from '@rollcall/core';

export const singleKeys: Readonly<Record<EntityName, string>> = {
  orgs: 'org',
  academicSessions: 'academicSession',
  courses: 'course',
  users: 'user',
  classes: 'class',
  enrollments: 'enrollment',
};

/** Dots and nothing would name the collection or its parent instead of a record. */
export function pathPart(sourcedId: string): string {
  if (/^\.{0,2}$/.test(sourcedId) || !sourcedId.isWellFormed())
    throw new Fault('invalid_input', 'This id cannot be asked for.');
  return encodeURIComponent(sourcedId);
}
