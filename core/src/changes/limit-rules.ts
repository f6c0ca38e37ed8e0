/**
 * Rules that a person sets beside the default limits: for a tenant, an integration, a school, an entity, an operation, a season.
 * The most specific rule that applies decides; none can let a whole scope go.
 */
import type { EntityName } from '../roster/field.js';
import type { Limit, Limits, Operation } from './limits.js';
import type { Season } from './seasons.js';

/** What is null is left open: the rule applies to all of them. */
export interface LimitRule extends Limit {
  readonly id: string;
  readonly integrationId: string | null;
  readonly schoolId: string | null;
  readonly entity: EntityName | null;
  readonly operation: Operation | null;
  /** The rule applies only during this season of the calendar. */
  readonly season: Season | null;
}

/** Where a limit is looked for. A whole integration, and what belongs to no school, has no school here. */
export interface LimitScope {
  readonly integrationId: string;
  readonly schoolId: string | null;
  readonly entity: EntityName;
  readonly operation: Operation;
  readonly seasons: readonly Season[];
}

/**
 * The one order of specificity, the heaviest first: a rule that names the school outranks every rule that does not; among those
 * the one that names the entity, then the operation, then the integration, then the season.
 */
const order = ['schoolId', 'entity', 'operation', 'integrationId', 'season'] as const;

/** The rule that decides in this scope; null leaves the default limits. Where two seasons meet, the stricter rule decides. */
export function limitFor<Rule extends LimitRule>(rules: readonly Rule[], scope: LimitScope): Rule | null {
  return rules.filter((rule) => applies(rule, scope)).toSorted(bySpecificity)[0] ?? null;
}

const applies = (rule: LimitRule, scope: LimitScope): boolean =>
  [null, scope.integrationId].includes(rule.integrationId) &&
  (rule.schoolId === null || rule.schoolId === scope.schoolId) &&
  (rule.entity === null || rule.entity === scope.entity) &&
  (rule.operation === null || rule.operation === scope.operation) &&
  (rule.season === null || scope.seasons.includes(rule.season));

function bySpecificity(one: LimitRule, other: LimitRule): number {
  for (const part of order) if ((one[part] === null) !== (other[part] === null)) return one[part] === null ? 1 : -1;
  return one.share - other.share || one.rows - other.rows || (one.id < other.id ? -1 : 1);
}

/**
 * The limits of an entity under a rule for one operation. A removal of half a scope waits for a person unless the rule itself names
 * a larger share; a removal of all of a scope waits whatever a rule says.
 */
export function limitsUnder(limits: Limits, operation: Operation, rule: Limit | null): Limits {
  if (rule === null) return limits;
  const limit = { share: rule.share, rows: rule.rows };
  if (operation === 'deactivate')
    return { ...limits, deactivate: limit, largeShare: Math.max(limits.largeShare, limit.share) };
  return operation === 'update' ? { ...limits, update: limit } : { ...limits, create: limit };
}

/** The part of an entity's limits that an operation is judged by. */
export function limitOf(limits: Limits, operation: Operation): Limit {
  if (operation === 'deactivate') return limits.deactivate;
  return operation === 'update' ? limits.update : limits.create;
}
