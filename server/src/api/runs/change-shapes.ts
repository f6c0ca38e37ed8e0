/** How a run's plan is shown row by row, and how undoing is asked for. */
import { entityNames, plannedOperations, type EntityName } from '@rollcall/core';
import { z } from 'zod';
import { changeStates } from '../../store/changes.js';
import { decisionFields } from '../decision-request.js';
import { limit } from '../paging.js';

const entity = z.enum(entityNames as [EntityName, ...EntityName[]]);
const operation = z.enum(plannedOperations);
const state = z.enum(changeStates);

export const changeQuerySchema = z.strictObject({
  limit,
  /** The `nextAfter` of the page before. */
  after: z
    .string()
    .regex(/^[A-Za-z]+:[0-9a-f-]{36}$/, 'the nextAfter of the page before')
    .optional(),
  entity: entity.optional(),
  state: state.optional(),
  operation: operation.optional(),
  /** Whether values are shown, not only the names of the fields: they are personal data. */
  values: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true'),
});
export type ChangeQuery = z.output<typeof changeQuerySchema>;

const values = z.record(z.string(), z.unknown()).nullable();

const changeSchema = z
  .object({
    entity,
    localId: z.uuid(),
    externalId: z.string(),
    operation,
    state,
    /** Whether the row comes from the record's absence. */
    absent: z.boolean(),
    holdId: z.uuid().nullable(),
    reason: z.string().nullable(),
    /** The id under which a record that was joined was known before; null but for a link. */
    formerly: z.string().nullable(),
    /** The names of the fields that differ. A new record has none here. */
    fields: z.array(z.string()),
    before: values,
    after: values,
  })
  .meta({ id: 'RunChange' });

export const changePageSchema = z
  .object({ items: z.array(changeSchema), nextAfter: z.string().nullable() })
  .meta({ id: 'RunChangePage' });
export type ShownChangePage = z.infer<typeof changePageSchema>;

export const undoRequestSchema = z.strictObject(decisionFields).meta({ id: 'UndoRequest' });
export type UndoRequest = z.output<typeof undoRequestSchema>;

export const undoRequestedSchema = z
  .object({
    /** The run that takes the other back. */
    runId: z.uuid(),
  })
  .meta({ id: 'UndoRequested' });
export type UndoRequested = z.infer<typeof undoRequestedSchema>;
