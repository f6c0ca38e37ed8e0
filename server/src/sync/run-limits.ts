/** The limits of one run: core's defaults under the rules that people had set, and the seasons that it was, when the run started. */
import { limitFor, limitsUnder, type EntityName, type LimitRule, type Limits, type Operation } from '@rollcall/core';
import type { Tx } from '../store/database.js';
import { rulesOfRun } from '../store/limit-rules.js';
import { seasonsOfRun } from '../store/term-calendar.js';
import { scopeOf, type RunContext } from './run-context.js';

export interface RunLimits {
  /** For a school, or with null for what belongs to none and for the whole integration. */
  of(entity: EntityName, operation: Operation, schoolId: string | null): { limits: Limits; rule: LimitRule | null };
}

export async function limitsOfRun(tx: Tx, context: RunContext): Promise<RunLimits> {
  const run = scopeOf(context);
  const rules = await rulesOfRun(tx, run);
  const calendar = rules.some((rule) => rule.season !== null) ? await seasonsOfRun(tx, run) : [];
  return {
    of: (entity, operation, schoolId) => {
      const here = calendar.filter((day) => day.schoolId === null || day.schoolId === schoolId);
      const seasons = [...new Set(here.map(({ kind }) => kind))];
      const rule = limitFor(rules, { integrationId: run.integrationId, schoolId, entity, operation, seasons });
      return { rule, limits: limitsUnder(context.policy.limits[entity], operation, rule) };
    },
  };
}
