/** How the health of integrations is shown: a score with its reasons, the condition in words, spans of time, endpoints, alerts. */
import { callOutcomes } from '@rollcall/connectors';
import { z } from 'zod';
import type { IntegrationHealth as HealthOnRecord } from '../../health/read-health.js';
import type { EndpointUsage, History } from '../../health/read-history.js';
import type { HealthAlert } from '../../store/health-alerts.js';
import { byOffset, instant, offsetPageSchema, shownInstant } from '../paging.js';
import { integrationSchema, shownIntegration } from './integration-shapes.js';

const checkStatus = z.enum(['healthy', 'degraded', 'unhealthy']);

export const alertSchema = z
  .object({
    id: z.uuid(),
    kind: z.enum(['slow', 'errors', 'unreachable']),
    /** The endpoint, as a short name without ids; null for the integration as a whole. */
    endpoint: z.string().nullable(),
    sentence: z.string(),
    observed: z.number(),
    usual: z.number().nullable(),
    openedAt: instant,
    /** When the deviation was last seen. */
    seenAt: instant,
    closedAt: instant.nullable(),
  })
  .meta({ id: 'HealthAlert' });

export const alertPageSchema = offsetPageSchema(alertSchema, 'HealthAlertPage');

export const integrationHealthSchema = z
  .object({
    integration: integrationSchema,
    /** From 0 to 100; null until it was looked at. */
    score: z.int().nullable(),
    /** Every deduction from 100, in words. */
    reasons: z.array(z.string()),
    condition: z.object({
      state: z.enum([
        ...(['well', 'unknown', 'paused_by_person', 'slowed_down', 'refused', 'down', 'run_waits'] as const),
        'needs_person',
      ]),
      sentences: z.array(z.string()),
      /** The first of the looks in a row that found the source ill. */
      since: instant.nullable(),
      /** When something is tried again without anybody's doing. */
      nextTryAt: instant.nullable(),
      nextStep: z.string().nullable(),
      /** What can be used meanwhile; empty while all is well. */
      stillWorks: z.array(z.string()),
    }),
    /** What the last look at the provider found; null before the first. */
    provider: z
      .object({ status: checkStatus, checkedAt: instant, durationMs: z.number(), reason: z.string().nullable() })
      .nullable(),
    nextCheckAt: instant.nullable(),
    lastCompleteAt: instant.nullable(),
    /** The run that has stopped before its end. */
    runId: z.uuid().nullable(),
    alerts: z.array(alertSchema),
  })
  .meta({ id: 'IntegrationHealth' });
export type ShownHealth = z.infer<typeof integrationHealthSchema>;

export const healthListSchema = z
  .object({ items: z.array(integrationHealthSchema) })
  .meta({ id: 'IntegrationHealthList' });

export const checkedSchema = z
  .object({
    status: checkStatus,
    checkedAt: instant,
    durationMs: z.number(),
    reason: z.string().nullable(),
    score: z.int(),
    reasons: z.array(z.string()),
  })
  .meta({ id: 'IntegrationChecked' });

export const checkRequestSchema = z.strictObject({}).meta({ id: 'IntegrationCheckRequest' });

export const spansQuerySchema = z.strictObject({
  /** How long each span is. Spans of five minutes are kept for two days, hours for five weeks, days for more than a year. */
  grain: z.enum(['5m', 'hour', 'day']).default('hour'),
  /** So many up to now. */
  spans: z.coerce.number().int().min(1).max(600).default(24),
});
export type SpansQuery = z.output<typeof spansQuerySchema>;

export const alertsQuerySchema = z.strictObject({ ...byOffset, open: z.enum(['true', 'false']).optional() });

const figures = {
  calls: z.int(),
  failed: z.int(),
  /** From 0 to 1; null without calls. */
  availability: z.number().nullable(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  meanMs: z.number().nullable(),
  longestMs: z.number(),
  outcomes: z.partialRecord(z.enum(callOutcomes), z.int()),
};

export const historySchema = z
  .object({
    grain: z.enum(['5m', 'hour', 'day']),
    /** Only those in which something was asked; the last one is not over. */
    spans: z.array(z.object({ from: instant, checks: z.int(), checksAnswered: z.int(), ...figures })),
    /** Calls that were not answered, by category, in the earlier and the later half of the time. */
    trends: z.array(z.object({ outcome: z.string(), before: z.int(), after: z.int() })),
  })
  .meta({ id: 'IntegrationHealthHistory' });

export const usageSchema = z
  .object({ items: z.array(z.object({ endpoint: z.string(), ...figures })) })
  .meta({ id: 'IntegrationUsage' });

export const shownAlert = ({
  operation,
  openedAt,
  seenAt,
  closedAt,
  ...alert
}: HealthAlert): z.infer<typeof alertSchema> => ({
  ...alert,
  endpoint: operation === '' ? null : operation,
  openedAt: openedAt.toISOString(),
  seenAt: seenAt.toISOString(),
  closedAt: shownInstant(closedAt),
});

export function shownHealth({
  integration,
  condition,
  check,
  score,
  reasons,
  run,
  alerts,
}: HealthOnRecord): ShownHealth {
  const { status, checkedAt, durationMs, reason } = check;
  return {
    integration: shownIntegration(integration),
    score,
    reasons: [...reasons],
    condition: {
      state: condition.state,
      sentences: [...condition.sentences],
      since: shownInstant(condition.since),
      nextTryAt: shownInstant(condition.nextTryAt),
      nextStep: condition.nextStep,
      stillWorks: [...condition.stillWorks],
    },
    provider:
      status === null || checkedAt === null
        ? null
        : { status, checkedAt: checkedAt.toISOString(), durationMs: durationMs ?? 0, reason },
    nextCheckAt: shownInstant(check.nextCheckAt),
    lastCompleteAt: shownInstant(check.lastCompleteAt),
    runId: run?.id ?? null,
    alerts: alerts.map(shownAlert),
  };
}

export const shownHistory = ({ grain, spans, trends }: History): z.infer<typeof historySchema> => ({
  grain,
  spans: spans.map(({ from, ...span }) => ({ from: from.toISOString(), ...span })),
  trends: [...trends],
});

export const shownUsage = (usage: readonly EndpointUsage[]): z.infer<typeof usageSchema> => ({
  items: usage.map(({ operation, ...of }) => ({ endpoint: operation, ...of })),
});
