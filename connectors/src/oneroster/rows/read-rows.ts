/** Wire rows to canonical records: the mapping is total, so every row ends as a record or as a reject with its reason. */
import type { EntityName, Reject, RosterRecord, RosterRecords } from '@rollcall/core';
import { metadataRules } from './metadata.js';
import { readAcademicSession } from './read-academic-session.js';
import { readClass } from './read-class.js';
import { readCourse } from './read-course.js';
import { readEnrollment } from './read-enrollment.js';
import { readOrg } from './read-org.js';
import { readUser } from './read-user.js';
import { ownRefusal } from './own-refusal.js';
import { WireReader, type WireRow } from './wire.js';

export interface ReadRows<R = RosterRecord> {
  readonly records: R[];
  readonly rejects: Reject[];
  /** Of the records, where digests of the rows were given. */
  readonly digests: string[];
}

type Readers = { readonly [E in EntityName]: (row: WireRow, read: WireReader) => RosterRecords[E] };

const readers: Readers = {
  orgs: readOrg,
  academicSessions: readAcademicSession,
  courses: readCourse,
  users: readUser,
  classes: readClass,
  enrollments: readEnrollment,
};

/**
 * Makes the reader of an integration's rows; `volatileMetadata` are the metadata keys to leave out. Only rows that were made here, and
 * not by a source, may carry their own refusals.
 */
export function rowReader(volatileMetadata: readonly string[], { refusals = false } = {}) {
  const rules = metadataRules(volatileMetadata);
  return function readRows<E extends EntityName>(
    entity: E,
    rows: readonly unknown[],
    rowDigests: readonly string[] = [],
  ): ReadRows<RosterRecords[E]> {
    const read = new WireReader(rules);
    const readRow = readers[entity];
    const records: RosterRecords[E][] = [];
    const rejects: Reject[] = [];
    const digests: string[] = [];
    for (let index = 0; index < rows.length; index += 1) {
      const row = rows[index];
      if (typeof row !== 'object' || row === null || Array.isArray(row)) {
        rejects.push(notAnObject);
        continue;
      }
      const begun = read.begin(row as WireRow);
      if (refusals && begun) ownRefusal(row as WireRow, read);
      const record = begun ? readRow(row as WireRow, read) : null;
      if (record === null || read.refused) rejects.push(read.rejection());
      else {
        records.push(record);
        if (index < rowDigests.length) digests.push(rowDigests[index]!);
      }
    }
    return { records, rejects, digests };
  };
}

const notAnObject: Reject = {
  externalId: null,
  code: 'not_an_object',
  field: null,
  message: 'the row is not an object',
};
