/** How mappings are asked for and shown: ids, states and versions; nothing of a record itself. */
import { entityNames, longestExternalId, type EntityName } from '@rollcall/core';
import { z } from 'zod';
import { refusals } from '../../mapping/link-records.js';
import { linkStates, versionTag, type Link } from '../../store/mappings/link.js';
import { decisionFields } from '../decision-request.js';
import { limit } from '../paging.js';

export const entity = z.enum(entityNames as [EntityName, ...EntityName[]]);
export const { reason } = decisionFields;
const externalId = z.string().min(1).max(longestExternalId);
const mostOfBatch = 1_000;

export const oneKeySchema = z.strictObject({ entity, externalId });
export type OneKey = z.output<typeof oneKeySchema>;

export const recordKeySchema = z.strictObject({ entity, localId: z.uuid() });
export type RecordKey = z.output<typeof recordKeySchema>;

export const mappingQuerySchema = z.strictObject({
  entity,
  limit,
  state: z.enum(linkStates).optional(),
  /** External ids that begin so. */
  prefix: z.string().max(longestExternalId).optional(),
  /** The `nextAfter` of the page before. */
  after: externalId.optional(),
});
export type MappingQuery = z.output<typeof mappingQuerySchema>;

const mappingFields = {
  integrationId: z.uuid(),
  entity,
  externalId: z.string(),
  localId: z.uuid(),
  /** unlinked: parted by a person. merged: it translates, but its record at the source is not written to ours. */
  state: z.enum(linkStates),
  version: z.int(),
  /** For If-Match. */
  etag: z.string(),
};
export const mappingSchema = z.object(mappingFields).meta({ id: 'Mapping' });
export type ShownMapping = z.infer<typeof mappingSchema>;

export const shownMapping = (link: Link): ShownMapping => ({ ...link, etag: etagOf(link) });
export const etagOf = (link: Link): string => `"${versionTag(link)}"`;

export const mappingPageSchema = z
  .object({ items: z.array(mappingSchema), nextAfter: z.string().nullable() })
  .meta({ id: 'MappingPage' });
export type MappingPage = z.infer<typeof mappingPageSchema>;

export const putMappingSchema = z.strictObject({ localId: z.uuid(), reason }).meta({ id: 'MappingRequest' });
export type PutMapping = z.output<typeof putMappingSchema>;

export const unlinkSchema = z.strictObject({ entity, externalId, reason }).meta({ id: 'UnlinkRequest' });
export type Unlink = z.output<typeof unlinkSchema>;

export const manySchema = z
  .strictObject({
    entity,
    pairs: z
      .array(z.strictObject({ externalId, localId: z.uuid() }))
      .min(1)
      .max(mostOfBatch),
    reason,
  })
  .meta({ id: 'MappingsRequest' });
export type Many = z.output<typeof manySchema>;

const outcomes = ['created', 'unchanged', ...(Object.keys(refusals) as (keyof typeof refusals)[])] as const;
export const manyMadeSchema = z
  .object({
    items: z.array(z.object({ externalId: z.string(), localId: z.uuid(), outcome: z.enum(outcomes) })),
  })
  .meta({ id: 'MappingOutcomes' });
export type ManyMade = z.infer<typeof manyMadeSchema>;

export const lookUpSchema = z
  .strictObject({ entity, externalIds: z.array(externalId).min(1).max(mostOfBatch) })
  .meta({ id: 'MappingLookUp' });
export type LookUp = z.output<typeof lookUpSchema>;

export const lookedUpSchema = z
  .object({ items: z.array(z.object({ externalId: z.string(), mapping: mappingSchema.nullable() })) })
  .meta({ id: 'MappingsLookedUp' });
export type LookedUp = z.infer<typeof lookedUpSchema>;

export const lookUpRecordsSchema = z
  .strictObject({ entity, localIds: z.array(z.uuid()).min(1).max(mostOfBatch) })
  .meta({ id: 'RecordLookUp' });
export type LookUpRecords = z.output<typeof lookUpRecordsSchema>;

const ofRecord = z.object({ localId: z.uuid(), mappings: z.array(mappingSchema) });
export const recordMappingsSchema = ofRecord.meta({ id: 'RecordMappings' });
export type RecordMappings = z.infer<typeof recordMappingsSchema>;
export const recordsLookedUpSchema = z.object({ items: z.array(ofRecord) }).meta({ id: 'RecordsLookedUp' });
export type RecordsLookedUp = z.infer<typeof recordsLookedUpSchema>;

export const warmSchema = z.strictObject({ entity }).meta({ id: 'WarmRequest' });
export const warmedSchema = z.object({ warmed: z.int() }).meta({ id: 'MappingsWarmed' });
