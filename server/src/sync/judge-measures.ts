/** Judges what the guard measured: by which limit, with which drain, and why. Says it in the words that `limits explain` shows. */
import {
  limitOf,
  limitText,
  trippedLimit,
  type Drain,
  type EntityName,
  type Measure,
  type Operation,
} from '@rollcall/core';
import type { Hold } from '../store/holds.js';
import type { Judgement } from '../store/limit-judgements.js';
import type { RunLimits } from './run-limits.js';

/** A school's local id, null for the district, 'any' for the whole integration. */
export type JudgedScope = string | null | 'any';

export interface Asked {
  readonly operation: Operation;
  readonly school: JudgedScope;
  readonly rows: number;
  /** Null when the rows are too few for any limit. */
  readonly active: number | null;
  readonly drain: Drain | undefined;
}

export interface Grounds {
  readonly entity: EntityName;
  readonly limits: RunLimits;
  readonly open: readonly Hold[];
  readonly completedBefore: boolean;
}

/** A scope whose hold is open stays held, however many rows are left of it, until a person decides or they come back. */
export function judgeMeasure(grounds: Grounds, asked: Asked): Judgement {
  const { operation, school, rows, active, drain } = asked;
  const { limits, rule } = grounds.limits.of(grounds.entity, operation, school === 'any' ? null : school);
  const limit = limitOf(limits, operation);
  const kind = scopeKind(school);
  const open = grounds.open.find(
    (hold) => hold.operation === operation && hold.scopeKind === kind && (kind !== 'school' || hold.scopeId === school),
  );
  const reason = open?.reason ?? trippedLimit(limits, measureOf(asked), grounds.completedBefore);
  const exempt = reason === null && operation === 'create' && !grounds.completedBefore;
  const size = active === null ? `${rows} rows` : `${rows} of ${active} rows`;
  const asBefore = drain ? `, with ${drain.pending + drain.removed} before` : '';
  const below = exempt
    ? 'nothing was complete before, so whatever is new may come'
    : `${size}${asBefore}; below the limit of ${limitText(limit)}`;
  return {
    ...{ operation, scopeKind: kind, scopeId: kind === 'school' ? school : null, rows },
    active: active === null ? null : active + (drain?.removed ?? 0),
    drained: drain ? drain.pending + drain.removed : 0,
    ...{ ruleId: exempt ? null : (rule?.id ?? null), season: exempt ? null : (rule?.season ?? null) },
    ...{ limitShare: exempt ? null : limit.share, limitRows: exempt ? null : limit.rows },
    verdict: reason !== null ? 'held' : exempt ? 'exempt' : 'passed',
    why: reason ?? below,
  };
}

/** Judged against nothing, a measure that passes cannot be held at all. */
export const couldTrip = ({ entity, limits, completedBefore }: Grounds, asked: Asked): boolean =>
  trippedLimit(
    limits.of(entity, asked.operation, asked.school).limits,
    measureOf({ ...asked, active: 0 }),
    completedBefore,
  ) !== null;

const measureOf = ({ operation, rows, active, drain }: Asked): Measure => ({
  ...{ operation, rows, active: active ?? 0 },
  ...(drain ? { drain } : {}),
});

const scopeKind = (school: JudgedScope): Judgement['scopeKind'] =>
  school === 'any' ? 'integration' : school === null ? 'district' : 'school';

/** What the schools have lost together. */
export function sumDrains(drains: readonly Drain[]): Drain | undefined {
  if (drains.length === 0) return undefined;
  const sum = (of: (drain: Drain) => number) => drains.reduce((total, drain) => total + of(drain), 0);
  return {
    pending: sum((drain) => drain.pending),
    removed: sum((drain) => drain.removed),
    days: Math.max(...drains.map((drain) => drain.days)),
  };
}
