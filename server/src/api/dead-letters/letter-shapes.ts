/** How dead letters and corrections are asked for and shown. A list names ids, codes and fields; only one letter's own page shows values. */
import { entityNames, type EntityName } from '@rollcall/core';
import { z } from 'zod';
import type { Correction } from '../../store/corrections.js';
import { letterKinds, letterStates, type DeadLetter } from '../../store/dead-letters.js';
import type { RequestedReplay } from '../../sync/letters/request-replay.js';
import { decisionFields } from '../decision-request.js';
import { byOffset, instant, offsetPageSchema, shownInstant } from '../paging.js';

const entity = z.enum(entityNames as [EntityName, ...EntityName[]]);
const fingerprint = z.string().regex(/^[0-9a-f]{16}$/, 'the fingerprint that the letter shows');
const { reason } = decisionFields;

export const letterKeySchema = z.strictObject({
  /** The integration's name or id. */
  id: z.string().min(1).max(200),
  letterId: z.uuid(),
});
export type LetterKey = z.output<typeof letterKeySchema>;

export const letterQuerySchema = z.strictObject({
  ...byOffset,
  kind: z.enum(letterKinds).optional(),
  state: z.enum(letterStates).optional(),
  entity: entity.optional(),
  fingerprint: fingerprint.optional(),
});
export type LetterQuery = z.output<typeof letterQuerySchema>;

const letterFields = {
  id: z.uuid(),
  integration: z.string(),
  kind: z.enum(letterKinds),
  entity: entity.nullable(),
  externalId: z.string().nullable(),
  scheduleId: z.uuid().nullable(),
  errorClass: z.enum(['transient', 'rate_limited', 'auth', 'permanent', 'poison', 'source_changed']),
  code: z.string(),
  field: z.string().nullable(),
  /** Equal for letters with the same class, code, field and place. */
  fingerprint: z.string(),
  reason: z.string(),
  attempts: z.int(),
  configurationVersion: z.int(),
  state: z.enum(letterStates),
  /** The run that met it last. */
  runId: z.uuid().nullable(),
  /** Where the run has staged it; null for what was refused before. */
  stageRow: z.int().nullable(),
  replayRunId: z.uuid().nullable(),
  firstSeenAt: instant,
  lastSeenAt: instant,
  settledAt: instant.nullable(),
  settledBy: z.string().nullable(),
  settledReason: z.string().nullable(),
};

export const letterSchema = z.object(letterFields).meta({ id: 'DeadLetter' });
export type ShownLetter = z.infer<typeof letterSchema>;

export const letterPageSchema = offsetPageSchema(letterSchema, 'DeadLetterPage');
export type LetterPage = z.infer<typeof letterPageSchema>;

const correctionSchema = z
  .object({
    id: z.uuid(),
    field: z.string(),
    value: z.unknown(),
    state: z.enum(['active', 'overtaken', 'reverted']),
    actor: z.string(),
    reason: z.string(),
    madeAt: instant,
    appliedRunId: z.uuid().nullable(),
    endedAt: instant.nullable(),
  })
  .meta({ id: 'Correction' });

export const letterWithCorrectionsSchema = z
  .object({ ...letterFields, corrections: z.array(correctionSchema) })
  .meta({ id: 'DeadLetterWithCorrections' });
export type LetterWithCorrections = z.infer<typeof letterWithCorrectionsSchema>;

/** Exactly one of the three says which letters are meant. */
export const replayRequestSchema = z
  .strictObject({
    letters: z.array(z.uuid()).min(1).max(10_000).optional(),
    fingerprint: fingerprint.optional(),
    all: z.literal(true).optional(),
    reason,
  })
  .refine((wanted) => [wanted.letters, wanted.fingerprint, wanted.all].filter((w) => w !== undefined).length === 1, {
    message: 'name letters, a fingerprint, or all: one of the three',
  })
  .meta({ id: 'ReplayRequest' });
export type ReplayRequest = z.output<typeof replayRequestSchema>;

export const editRequestSchema = z
  .strictObject({
    /** Values by the names of the entity's fields. */
    fields: z.record(z.string().min(1).max(100), z.unknown()),
    reason,
  })
  .meta({ id: 'EditRequest' });
export type EditRequest = z.output<typeof editRequestSchema>;

export const reasonRequestSchema = z.strictObject({ reason }).meta({ id: 'LetterReasonRequest' });
export type ReasonRequest = z.output<typeof reasonRequestSchema>;

export const replayRequestedSchema = z
  .object({
    runId: z.uuid(),
    /** False when a replay that was under way was joined. */
    created: z.boolean(),
    letters: z.int(),
  })
  .meta({ id: 'ReplayRequested' });
export type ReplayRequested = z.infer<typeof replayRequestedSchema>;

export const revertedSchema = z.object({ reverted: z.int() }).meta({ id: 'EditReverted' });
export type Reverted = z.infer<typeof revertedSchema>;

export const shownLetter = (found: DeadLetter): ShownLetter => {
  const { integrationId: _, firstSeenAt, lastSeenAt, settledAt, ...letter } = found;
  const times = { firstSeenAt: firstSeenAt.toISOString(), lastSeenAt: lastSeenAt.toISOString() };
  return { ...letter, ...times, settledAt: shownInstant(settledAt) };
};

export const shownCorrection = (made: Correction): z.infer<typeof correctionSchema> => {
  const { id, field, value, state, actor, reason: why, madeAt, appliedRunId, endedAt } = made;
  const times = { madeAt: madeAt.toISOString(), endedAt: shownInstant(endedAt) };
  return { id, field, value, state, actor, reason: why, appliedRunId, ...times };
};

export const shownReplay = ({ runId, created, letters }: RequestedReplay): ReplayRequested => ({
  runId,
  created,
  letters,
});
