/**
 * Who says what of one of our records: its sources by rank, and for each field in which they differ whose word counts and what the
 * others say. What it answers are people's values, for whoever may see the record itself.
 */
import { entityNamed, Fault, type EntityName } from '@rollcall/core';
import type { Database } from '../store/database.js';
import { readSources, type RecordSources, type SourceLink } from '../store/mappings/sources.js';

export interface FieldSaid {
  readonly field: string;
  /** By name: the highest-ranked of the sources that supply it; null where none does. */
  readonly belongsTo: string | null;
  /** The hub's. */
  readonly value: unknown;
  /** What sources say otherwise, the highest-ranked first. */
  readonly differing: readonly { readonly integration: string; readonly externalId: string; readonly value: unknown }[];
}

export interface SaidOfRecord {
  readonly entity: EntityName;
  readonly localId: string;
  readonly active: boolean;
  readonly sources: readonly Omit<SourceLink, 'differing'>[];
  /** Fields in which sources differ from the hub, in core's order. */
  readonly fields: readonly FieldSaid[];
}

/** Throws Fault not_found. */
export async function whoSaysWhat(
  db: Database,
  of: { readonly tenantId: string; readonly entity: EntityName },
  localId: string,
): Promise<SaidOfRecord> {
  const found = await db.withTenant(of.tenantId, (tx) => readSources(tx, of, localId));
  if (found === null) throw new Fault('not_found', 'There is no such record.');
  const fields = entityNamed(of.entity)
    .fields.map(({ name }) => name)
    .filter((name) => found.links.some((link) => name in link.differing));
  return {
    ...{ entity: of.entity, localId, active: found.active },
    sources: found.links.map(({ differing: _differing, ...link }) => link),
    fields: fields.map((field) => saidOf(field, found)),
  };
}

/** What a source says is the hub's record with its differences put in. */
export function saidOf(field: string, { values, links }: RecordSources): FieldSaid {
  const speaking = links.filter(({ state }) => state === 'active' || state === 'missing');
  const says = (link: SourceLink): unknown => (field in link.differing ? link.differing[field] : values[field]);
  return {
    field,
    belongsTo: speaking.find((link) => isSupplied(says(link)))?.integration ?? null,
    value: values[field] ?? null,
    differing: speaking
      .filter((link) => field in link.differing)
      .map((link) => ({ integration: link.integration, externalId: link.externalId, value: says(link) })),
  };
}

/** Nothing, and an empty list, leave the word to the next source. */
const isSupplied = (value: unknown): boolean =>
  value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0);
