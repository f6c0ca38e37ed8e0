/**
 * Natural keys: what tells that a record under a new external id may be one that we had before. Each is a list of fields that must
 * all be there. A match is a question for a person, never an answer.
 */
import type { EntityName } from './field.js';

export interface NaturalKeys {
  readonly keys: readonly (readonly string[])[];
  /**
   * Whether a record that matches waits for a person. A match in its own right changes who somebody is; an enrollment that was given
   * up and taken again under a new id is ordinary, and waiting would keep a child out of class: there the match is only noted.
   */
  readonly waits: boolean;
}

export const naturalKeys: Readonly<Record<EntityName, NaturalKeys>> = {
  orgs: { keys: [['identifier', 'type']], waits: true },
  academicSessions: { keys: [['title', 'startDate', 'endDate', 'org']], waits: true },
  courses: { keys: [['courseCode', 'org']], waits: true },
  users: { keys: [['userMasterIdentifier'], ['identifier'], ['email']], waits: true },
  classes: { keys: [['classCode', 'school', 'terms']], waits: true },
  enrollments: { keys: [['user', 'class', 'role']], waits: false },
};
