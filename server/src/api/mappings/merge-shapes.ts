/** How merges of two of our records are asked for and shown. */
import { z } from 'zod';
import type { Merge } from '../../store/mappings/merges.js';
import { instant } from '../paging.js';
import { entity, reason } from './mapping-shapes.js';

export const mergeRequestSchema = z
  .strictObject({ entity, winnerId: z.uuid(), loserId: z.uuid(), reason })
  .meta({ id: 'MergeRequest' });
export type MergeRequest = z.output<typeof mergeRequestSchema>;

export const undoRequestSchema = z.strictObject({ reason }).meta({ id: 'UnmergeRequest' });

export const mergedSchema = z
  .object({
    mergeId: z.uuid(),
    links: z.int(),
    /** Links whose records at the source are not written to ours any more. */
    onlyTranslating: z.int(),
    references: z.int(),
  })
  .meta({ id: 'RecordsMerged' });
export type Merged = z.infer<typeof mergedSchema>;

export const unmergedSchema = z
  .object({ mergeId: z.uuid(), links: z.int(), references: z.int(), changedSince: z.int() })
  .meta({ id: 'RecordsUnmerged' });
export type Unmerged = z.infer<typeof unmergedSchema>;

const mergeSchema = z
  .object({
    id: z.uuid(),
    entity,
    winnerId: z.uuid(),
    loserId: z.uuid(),
    links: z.int(),
    references: z.int(),
    actor: z.string(),
    reason: z.string(),
    mergedAt: instant,
  })
  .meta({ id: 'Merge' });
export const mergePageSchema = z.object({ items: z.array(mergeSchema) }).meta({ id: 'MergePage' });
export type MergePage = z.infer<typeof mergePageSchema>;

export const shownMerge = ({
  id,
  entity: of,
  winnerId,
  loserId,
  links,
  refs,
  actor,
  reason: why,
  mergedAt,
}: Merge) => ({
  ...{ id, entity: of, winnerId, loserId, actor, reason: why },
  links: links.length,
  references: refs.reduce((sum, { rows }) => sum + rows.length, 0),
  mergedAt: mergedAt.toISOString(),
});
