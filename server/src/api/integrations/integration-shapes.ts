/** How integrations are shown: what they are and how they fare. Their settings name secrets and stay inside. */
import { strategies } from '@rollcall/core';
import { z } from 'zod';
import type { Integration } from '../../store/integrations.js';
import { instant, shownInstant } from '../paging.js';

export const integrationKeySchema = z.strictObject({
  /** Name or id. */
  id: z.string().min(1).max(200),
});

export const integrationSchema = z
  .object({
    id: z.uuid(),
    name: z.string(),
    kind: z.string(),
    rank: z.int(),
    /** How it is read when nobody says otherwise. */
    strategy: z.enum(strategies),
    /** Everything is read again after so long; null for the usual time. */
    fullEverySeconds: z.int().nullable(),
    state: z.enum(['active', 'paused', 'needs_attention', 'disconnected']),
    reason: z.string().nullable(),
    nextStep: z.string().nullable(),
    lastRunId: z.uuid().nullable(),
    lastSuccessAt: instant.nullable(),
  })
  .meta({ id: 'Integration' });
export type ShownIntegration = z.infer<typeof integrationSchema>;

export const integrationListSchema = z.object({ items: z.array(integrationSchema) }).meta({ id: 'IntegrationList' });
export type IntegrationList = z.infer<typeof integrationListSchema>;

export const shownIntegration = (integration: Integration): ShownIntegration => ({
  id: integration.id,
  name: integration.name,
  kind: integration.kind,
  rank: integration.rank,
  strategy: integration.strategy,
  fullEverySeconds: integration.fullEverySeconds,
  state: integration.state,
  reason: integration.reason,
  nextStep: integration.nextStep,
  lastRunId: integration.lastRunId,
  lastSuccessAt: shownInstant(integration.lastSuccessAt),
});
