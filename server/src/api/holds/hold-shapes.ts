/** How holds and the rows that they keep back are shown. */
import { entityNames, plannedOperations, type EntityName } from '@rollcall/core';
import { z } from 'zod';
import type { Hold } from '../../store/holds.js';
import { byOffset, instant, offsetPageSchema, shownInstant } from '../paging.js';

const entity = z.enum(entityNames as [EntityName, ...EntityName[]]);
const operation = z.enum(plannedOperations);

export const holdQuerySchema = z.strictObject({
  ...byOffset,
  integration: z.string().min(1).max(200).optional(),
  entity: entity.optional(),
  state: z.enum(['open', 'closed']).optional(),
});
export type HoldQuery = z.output<typeof holdQuerySchema>;

export const heldRowQuerySchema = z.strictObject(byOffset);
export type HeldRowQuery = z.output<typeof heldRowQuerySchema>;

export const holdSchema = z
  .object({
    id: z.uuid(),
    integration: z.string(),
    entity,
    /**
     * `relink`: new records that may be ones that were deactivated; approving creates them all the same. `match`: new records that
     * may be ones that we have; approving joins them, or creates them. `rekey`: new ids of records that we have; approving joins
     * them. `reuse`: ids that name another person now; approving updates the person.
     */
    operation: z.enum(['create', 'update', 'reactivate', 'deactivate', 'relink', 'match', 'rekey', 'reuse']),
    scopeKind: z.enum(['school', 'district', 'integration']),
    /** The school's name, `district`, or `integration`. */
    scope: z.string(),
    state: z.enum(['open', 'closed']),
    reason: z.string(),
    /** Of the rows as they are planned now; a decision names it. */
    digest: z.string(),
    rows: z.int(),
    openedRunId: z.uuid(),
    lastRunId: z.uuid(),
    openedAt: instant,
    closedAt: instant.nullable(),
    closedReason: z.string().nullable(),
  })
  .meta({ id: 'Hold' });
export type ShownHold = z.infer<typeof holdSchema>;

export const holdPageSchema = offsetPageSchema(holdSchema, 'HoldPage');
export type HoldPage = z.infer<typeof holdPageSchema>;

const fields = z.record(z.string(), z.unknown()).nullable();

const agreement = {
  score: z.int(),
  /** The rules that agree, the best first. */
  rules: z.array(z.string()),
  /** Telling fields that differ. */
  differs: z.array(z.string()),
};

const heldRowSchema = z
  .object({
    localId: z.uuid(),
    externalId: z.string(),
    operation,
    /** Whether the row comes from the record's absence. */
    absent: z.boolean(),
    before: fields,
    after: fields,
    /** The id under which a record that is to be joined was known; null but for a link. */
    formerly: z.string().nullable(),
    /** Whose link it is; null but for a link. */
    name: z.string().nullable(),
    /** What agrees, of a link. */
    agreement: z.object(agreement).nullable(),
    /** Which of our records a new one may be, the best first. */
    candidates: z.array(
      z.object({ localId: z.uuid(), formerly: z.string().nullable(), name: z.string().nullable(), ...agreement }),
    ),
  })
  .meta({ id: 'HeldRow' });

export const heldRowPageSchema = offsetPageSchema(heldRowSchema, 'HeldRowPage');
export type HeldRowPage = z.infer<typeof heldRowPageSchema>;

export const shownHold = ({ openedAt, closedAt, ...hold }: Hold): ShownHold => ({
  ...hold,
  openedAt: openedAt.toISOString(),
  closedAt: shownInstant(closedAt),
});
