/** How limits are asked for and shown, and what was judged by them. */
import { entityNames, seasons, type EntityName } from '@rollcall/core';
import { z } from 'zod';
import type { StoredRule } from '../../store/limit-rules.js';
import type { Explained } from '../../sync/limits/explain-limits.js';
import { byOffset, instant, offsetPageSchema, shownInstant } from '../paging.js';

const entity = z.enum(entityNames as [EntityName, ...EntityName[]]);
const operation = z.enum(['create', 'update', 'reactivate', 'deactivate']);
const season = z.enum(seasons);

export const reason = z.string().trim().min(1).max(1000);
export const placeName = z.string().min(1).max(200).nullable().default(null);

const numbers = {
  /** Of the active rows of a scope, from 0 to 1. Reached only together with `rows`. */
  share: z.number().min(0).max(1),
  rows: z.int().min(1).max(2_147_483_647),
  /** Kept with the limit. */
  reason,
};

/** What is null is left open: the limit applies to all of them. */
export const limitRequestSchema = z
  .strictObject({
    /** Name or id. */
    integration: placeName,
    /** Name or local id. */
    school: placeName,
    entity: entity.nullable().default(null),
    operation: operation.nullable().default(null),
    /** The limit holds only in this season of the calendar. */
    season: season.nullable().default(null),
    ...numbers,
  })
  .meta({ id: 'LimitRequest' });
export type LimitRequest = z.output<typeof limitRequestSchema>;

export const limitNumbersSchema = z.strictObject(numbers).meta({ id: 'LimitNumbers' });
export type LimitNumbers = z.output<typeof limitNumbersSchema>;

export const reasonQuerySchema = z.strictObject({ reason });
export type ReasonQuery = z.output<typeof reasonQuerySchema>;

export const limitQuerySchema = z.strictObject({ removed: z.enum(['true', 'false']).default('false') });
export type LimitQuery = z.output<typeof limitQuerySchema>;

export const limitSchema = z
  .object({
    id: z.uuid(),
    integrationId: z.uuid().nullable(),
    integration: z.string().nullable(),
    schoolId: z.uuid().nullable(),
    school: z.string().nullable(),
    entity: entity.nullable(),
    operation: operation.nullable(),
    season: season.nullable(),
    share: z.number(),
    rows: z.int(),
    reason: z.string(),
    createdBy: z.string(),
    createdAt: instant,
    removedAt: instant.nullable(),
  })
  .meta({ id: 'Limit' });
export type ShownLimit = z.infer<typeof limitSchema>;

export const limitListSchema = z.object({ items: z.array(limitSchema) }).meta({ id: 'LimitList' });
export type LimitList = z.infer<typeof limitListSchema>;

export const shownLimit = (rule: StoredRule): ShownLimit => ({
  ...rule,
  createdAt: rule.createdAt.toISOString(),
  removedAt: shownInstant(rule.removedAt),
});

const verdict = z.enum(['held', 'passed', 'exempt']);

export const judgementQuerySchema = z.strictObject({ ...byOffset, verdict: verdict.optional() });
export type JudgementQuery = z.output<typeof judgementQuerySchema>;

const judgementSchema = z
  .object({
    id: z.uuid(),
    entity,
    operation: z.enum(['create', 'update', 'reactivate', 'deactivate', 'relink']),
    scopeKind: z.enum(['school', 'district', 'integration']),
    scopeId: z.uuid().nullable(),
    /** The school's name, `district`, or `integration`. */
    scope: z.string(),
    rows: z.int(),
    /** Before the drain of the last seven days began; null where the rows were too few for any limit. */
    active: z.int().nullable(),
    share: z.number().nullable(),
    /** Removals of the last seven days that counted too. */
    drained: z.int(),
    /** Null is the default limit. */
    ruleId: z.uuid().nullable(),
    season: season.nullable(),
    limitShare: z.number().nullable(),
    limitRows: z.int().nullable(),
    verdict,
    why: z.string(),
    /** Where the limit comes from. */
    from: z.string(),
  })
  .meta({ id: 'LimitJudgement' });

export const judgementPageSchema = offsetPageSchema(judgementSchema, 'LimitJudgementPage');
export type JudgementPage = z.infer<typeof judgementPageSchema>;

export const shownJudgement = (explained: Explained): z.infer<typeof judgementSchema> => {
  const { ruleBy: _by, ruleReason: _reason, ...shown } = explained;
  return shown;
};
