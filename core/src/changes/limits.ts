/**
 * The guard: which part of a plan is too unusual to apply without a person. Limits are judged per school and for the whole
 * integration; reaching a limit trips it, and a tripped part waits as a hold while the rest goes on.
 */
import type { EntityName } from '../roster/field.js';

export type Operation = 'create' | 'update' | 'reactivate' | 'deactivate';

/** Both must be reached: `share` of the active rows of the scope, and `rows`. */
export interface Limit {
  readonly share: number;
  readonly rows: number;
}

export interface Limits {
  readonly deactivate: Limit;
  readonly update: Limit;
  readonly create: Limit;
  /** A removal of this share of a scope trips whatever its row count, from `smallScopeRows` active rows on. */
  readonly largeShare: number;
  readonly smallScopeRows: number;
}

const changes = { update: { share: 0.5, rows: 100 }, create: { share: 0.5, rows: 100 } };
const scopes = { largeShare: 0.5, smallScopeRows: 5 };

/** The defaults, from the most cautious of the field's published thresholds. */
export const defaultLimits: Readonly<Record<EntityName, Limits>> = {
  orgs: { deactivate: { share: 0.05, rows: 25 }, ...changes, ...scopes },
  academicSessions: { deactivate: { share: 0.05, rows: 25 }, ...changes, ...scopes },
  courses: { deactivate: { share: 0.15, rows: 10 }, ...changes, ...scopes },
  users: { deactivate: { share: 0.05, rows: 25 }, ...changes, ...scopes },
  classes: { deactivate: { share: 0.15, rows: 10 }, ...changes, ...scopes },
  enrollments: { deactivate: { share: 0.2, rows: 100 }, ...changes, ...scopes },
};

/** How much of one scope an operation would touch. `active` counts the scope's active links before the run. */
export interface Measure {
  readonly operation: Operation;
  readonly rows: number;
  readonly active: number;
}

/** Why a measure must wait, or null when it may go. Creates are exempt until the entity has completed once. */
export function trippedLimit(limits: Limits, measure: Measure, completedBefore: boolean): string | null {
  const { operation, rows, active } = measure;
  if (rows === 0) return null;
  if (operation === 'deactivate') return trippedRemoval(limits, rows, active);
  if (operation === 'create' && !completedBefore) return null;
  const limit = operation === 'update' ? limits.update : limits.create;
  return reached(limit, rows, active) ? sentence(rows, active, limit) : null;
}

function trippedRemoval(limits: Limits, rows: number, active: number): string | null {
  if (rows >= active) return `all ${active} rows of the scope would be deactivated`;
  if (active >= limits.smallScopeRows && rows >= limits.largeShare * active)
    return `${rows} of ${active} rows would be deactivated; half of a scope always waits for a person`;
  return reached(limits.deactivate, rows, active) ? sentence(rows, active, limits.deactivate) : null;
}

const reached = (limit: Limit, rows: number, active: number): boolean =>
  rows >= limit.rows && rows >= limit.share * active;

const sentence = (rows: number, active: number, limit: Limit): string =>
  `${rows} of ${active} rows; the limit is ${limit.share * 100} % and ${limit.rows} rows`;
