/** How it is shown who says what of a record, with values, and in which fields the links of an integration differ, without. */
import { longestExternalId } from '@rollcall/core';
import { z } from 'zod';
import { linkStates } from '../../store/mappings/link.js';
import type { SaidOfRecord } from '../../mapping/who-says-what.js';
import { instant, limit, shownInstant } from '../paging.js';
import { entity } from './mapping-shapes.js';

export const differingQuerySchema = z.strictObject({
  entity,
  limit,
  /** The `nextAfter` of the page before. */
  after: z.string().min(1).max(longestExternalId).optional(),
});
export type DifferingQuery = z.output<typeof differingQuerySchema>;

const differingSchema = z
  .object({
    externalId: z.string(),
    localId: z.uuid(),
    state: z.enum(linkStates),
    /** The names of the fields in which the source says otherwise than the hub. */
    fields: z.array(z.string()),
  })
  .meta({ id: 'DifferingMapping' });
export const differingPageSchema = z
  .object({ items: z.array(differingSchema), nextAfter: z.string().nullable() })
  .meta({ id: 'DifferingMappingPage' });
export type DifferingPage = z.infer<typeof differingPageSchema>;

const sourceSchema = z
  .object({
    integrationId: z.uuid(),
    integration: z.string(),
    /** The smallest comes first; equal ranks go by the integrations' age. */
    rank: z.int(),
    externalId: z.string(),
    state: z.enum(linkStates),
    /** When the last complete read ended that found the record. */
    lastSeenAt: instant.nullable(),
    missingSince: instant.nullable(),
    /** Whether the next full read compares all of it: what it says may be of another time until then. */
    comparedNext: z.boolean(),
  })
  .meta({ id: 'SourceOfRecord' });

const fieldSchema = z
  .object({
    field: z.string(),
    /** The integration whose word counts: the highest-ranked that supplies the field; null where none does. */
    belongsTo: z.string().nullable(),
    /** The hub's. */
    value: z.unknown(),
    differing: z.array(z.object({ integration: z.string(), externalId: z.string(), value: z.unknown() })),
  })
  .meta({ id: 'FieldOfSources' });

export const recordSourcesSchema = z
  .object({
    entity,
    localId: z.uuid(),
    active: z.boolean(),
    /** The highest-ranked first. */
    sources: z.array(sourceSchema),
    /** Those in which a source says otherwise than the hub. */
    fields: z.array(fieldSchema),
  })
  .meta({ id: 'RecordSources' });
export type ShownSources = z.infer<typeof recordSourcesSchema>;

export const shownSources = ({ sources, fields, ...record }: SaidOfRecord): ShownSources => ({
  ...record,
  sources: sources.map((source) => ({
    ...source,
    lastSeenAt: shownInstant(source.lastSeenAt),
    missingSince: shownInstant(source.missingSince),
  })),
  fields: fields.map(({ differing, ...field }) => ({ ...field, differing: [...differing] })),
});
