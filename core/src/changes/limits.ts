/**
 * The guard: which part of a plan is too unusual to apply without a person. Limits are judged per school and for the whole
 * integration; reaching a limit trips it, and a tripped part waits as a hold while the rest goes on.
 */
import type { EntityName } from '../roster/field.js';

export type Operation = 'create' | 'update' | 'reactivate' | 'deactivate';
/** What a row of a plan does: besides what the guard measures, joining a new record with one of ours, and taking that back. */
export type PlannedOperation = Operation | 'link' | 'unlink';
export const plannedOperations = [
  ...(['create', 'update', 'reactivate', 'deactivate'] as const),
  ...(['link', 'unlink'] as const),
] as const;

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

/** Removals of the last days that no person was asked about. They count together with those of the present run. */
export interface Drain {
  /** Missing for a while, and still active. */
  readonly pending: number;
  /** Deactivated, and so no longer among the active rows. */
  readonly removed: number;
  /** The days that the sum spans, the present one included. */
  readonly days: number;
}

/** Removals count together for this long. */
export const drainDays = 7;

/** How much of one scope an operation would touch. `active` counts the scope's active links before the run. */
export interface Measure {
  readonly operation: Operation;
  readonly rows: number;
  readonly active: number;
  readonly drain?: Drain;
}

/** Why a measure must wait, or null when it may go. Creates are exempt until the entity has completed once. */
export function trippedLimit(limits: Limits, measure: Measure, completedBefore: boolean): string | null {
  const { operation, rows, active } = measure;
  if (rows === 0) return null;
  if (operation === 'deactivate') return trippedRemoval(limits, measure);
  if (operation === 'create' && !completedBefore) return null;
  const limit = operation === 'update' ? limits.update : limits.create;
  return reached(limit, rows, active) ? sentence(rows, active, limit) : null;
}

/** A scope is as large as it was before the drain began. */
function trippedRemoval(limits: Limits, { rows, active, drain }: Measure): string | null {
  const { pending = 0, removed = 0 } = drain ?? {};
  const sum = rows + pending + removed;
  const all = active + removed;
  if (rows + pending >= active) return `all ${active} rows of the scope would be deactivated`;
  const spread = sum > rows ? `, the sum of ${days(drain!.days)} (${rows} now, ${sum - rows} before)` : '';
  if (all >= limits.smallScopeRows && sum >= limits.largeShare * all)
    return `${sum} of ${all} rows would be deactivated${spread}; ${large(limits.largeShare)} of a scope always waits for a person`;
  return reached(limits.deactivate, sum, all) ? sentence(sum, all, limits.deactivate, spread) : null;
}

const reached = (limit: Limit, rows: number, active: number): boolean =>
  rows >= limit.rows && rows >= limit.share * active;

const sentence = (rows: number, active: number, limit: Limit, spread = ''): string =>
  `${rows} of ${active} rows${spread}; the limit is ${limitText(limit)}`;

export const limitText = ({ share, rows }: Limit): string => `${percent(share)} and ${rows} rows`;

export const percent = (share: number): string => `${Number((share * 100).toFixed(2))} %`;

const large = (share: number): string => (share === 0.5 ? 'half' : percent(share));
const days = (count: number): string => (count === 1 ? 'one day' : `${count} days`);
