/** How decisions of holds are asked for and shown. */
import { z } from 'zod';
import type { RecordedDecision } from '../../store/hold-decisions.js';
import { decisionFields } from '../decision-request.js';
import { byOffset, instant, offsetPageSchema } from '../paging.js';

export const holdDecisionRequestSchema = z
  .strictObject({
    /** The hold's digest as it was seen. When the hold has moved since, the decision is refused. */
    digest: z.string().regex(/^[0-9a-f]{64}$/, 'the digest that the hold shows'),
    ...decisionFields,
  })
  .meta({ id: 'HoldDecisionRequest' });

export const holdApprovalRequestSchema = holdDecisionRequestSchema
  .extend({
    /** Which of our records rows are that may be several: local ids by local ids. */
    links: z.record(z.uuid(), z.uuid()).optional(),
    /** The rows are none of our records: create them. */
    asNew: z.boolean().optional(),
  })
  .meta({ id: 'HoldApprovalRequest' });
export type HoldApprovalRequest = z.output<typeof holdApprovalRequestSchema>;
export type HoldDecisionRequest = z.output<typeof holdDecisionRequestSchema>;

export const holdApprovedSchema = z
  .object({
    /** The run that carries the approval out. */
    runId: z.uuid(),
  })
  .meta({ id: 'HoldApproved' });
export type HoldApproved = z.infer<typeof holdApprovedSchema>;

export const holdDeclinedSchema = z
  .object({
    /** How many rows were. */
    declined: z.int(),
  })
  .meta({ id: 'HoldDeclined' });
export type HoldDeclined = z.infer<typeof holdDeclinedSchema>;

export const decisionQuerySchema = z.strictObject(byOffset);
export type DecisionQuery = z.output<typeof decisionQuerySchema>;

const decisionSchema = z
  .object({
    id: z.uuid(),
    decision: z.enum(['approved', 'declined']),
    digest: z.string(),
    rows: z.int(),
    actor: z.string(),
    reason: z.string(),
    runId: z.uuid().nullable(),
    decidedAt: instant,
  })
  .meta({ id: 'HoldDecision' });

export const decisionPageSchema = offsetPageSchema(decisionSchema, 'HoldDecisionPage');
export type DecisionPage = z.infer<typeof decisionPageSchema>;

export const shownDecision = (made: RecordedDecision): z.infer<typeof decisionSchema> => ({
  id: made.id,
  decision: made.decision,
  digest: made.digest,
  rows: made.count,
  actor: made.actor,
  reason: made.reason,
  runId: made.runId,
  decidedAt: made.decidedAt.toISOString(),
});
