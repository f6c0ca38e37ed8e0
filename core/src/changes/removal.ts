/** When a record that its source no longer lists may be deactivated: never at once, and only after complete reads. */
import type { EntityName } from '../roster/field.js';

export interface Grace {
  /** Complete runs that must have missed the record, the present one included. */
  readonly completeRuns: number;
  /** Hours since it was first missed. */
  readonly hours: number;
}

const slow: Grace = { completeRuns: 2, hours: 24 };

export const defaultGrace: Readonly<Record<EntityName, Grace>> = {
  orgs: slow,
  academicSessions: slow,
  courses: slow,
  users: slow,
  classes: slow,
  enrollments: { completeRuns: 2, hours: 0 },
};

/** `missedRuns` counts complete runs including the present one; `missingForMs` is the time since the first of them. */
export function graceIsOver(grace: Grace, missedRuns: number, missingForMs: number): boolean {
  return missedRuns >= grace.completeRuns && missingForMs >= grace.hours * 3_600_000;
}
