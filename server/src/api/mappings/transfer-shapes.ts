/** How imports and exports of mappings are asked for, and what an import answers. */
import { z } from 'zod';
import { linkStates } from '../../store/mappings/link.js';
import { entity, reason } from './mapping-shapes.js';

const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');

export const importQuerySchema = z.strictObject({
  mode: z.enum(['all-or-nothing', 'skip-bad']).default('all-or-nothing'),
  dryRun: flag,
  /** Which rows the answer names; ten thousand at most. */
  report: z.enum(['refused', 'all']).default('refused'),
  reason,
});
export type ImportQuery = z.output<typeof importQuerySchema>;

export const exportQuerySchema = z.strictObject({
  format: z.enum(['csv', 'jsonl']).default('csv'),
  entity: entity.optional(),
  state: z.enum(linkStates).optional(),
});
export type ExportQuery = z.output<typeof exportQuerySchema>;

export const importedSchema = z
  .object({
    rows: z.int(),
    created: z.int(),
    unchanged: z.int(),
    refused: z.int(),
    outcomes: z.record(z.string(), z.int()),
    /** Whether the mappings are there now. */
    committed: z.boolean(),
    dryRun: z.boolean(),
    items: z.array(z.object({ row: z.int(), outcome: z.string() })),
    /** Rows that the answer does not name for their number. */
    itemsLeftOut: z.int(),
  })
  .meta({ id: 'MappingsImported' });
export type Imported = z.infer<typeof importedSchema>;
