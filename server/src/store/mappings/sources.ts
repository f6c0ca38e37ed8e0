/**
 * What the sources of a record say of it: its links by rank, each with the fields in which its source differs from the hub, and the names
 * of these fields for the links of a whole integration. Values are people's data: only `readSources` gives them.
 */
import { entityNamed, type Entity, type EntityName } from '@rollcall/core';
import type { Tx } from '../database.js';
import type { LinkState } from './link.js';

type Values = Readonly<Record<string, unknown>>;

export interface SourceLink {
  readonly integrationId: string;
  readonly integration: string;
  readonly rank: number;
  readonly externalId: string;
  readonly state: LinkState;
  /** When the last complete read ended that found the record; null where none has, or where the link counts for none. */
  readonly lastSeenAt: Date | null;
  readonly missingSince: Date | null;
  /** Whether the next full read compares all of it: what it says may be of another time until then. */
  readonly comparedNext: boolean;
  /** Fields in which it differs from the hub, in the hub's terms. */
  readonly differing: Values;
}

export interface RecordSources {
  readonly active: boolean;
  /** The hub's, by the names of fields; without roles, which each source has its own of. */
  readonly values: Values;
  /** The highest-ranked first. */
  readonly links: readonly SourceLink[];
}

interface OfEntity {
  readonly tenantId: string;
  readonly entity: EntityName;
}

/** Null where there is no such record. */
export async function readSources(
  tx: Tx,
  { tenantId, entity }: OfEntity,
  localId: string,
): Promise<RecordSources | null> {
  const { table, ...of } = entityNamed(entity);
  const { rows } = await tx.query<Pick<RecordSources, 'active' | 'values'>>(
    `SELECT h.active, ${valuesOf(of)} AS values FROM ${table} h WHERE h.tenant_id = $1 AND h.id = $2`,
    [tenantId, localId],
  );
  if (!rows[0]) return null;
  const { rows: links } = await tx.query<SourceLink>(
    `SELECT l.integration_id AS "integrationId", i.name AS integration, i.rank, l.external_id AS "externalId", l.state,
       seen.at AS "lastSeenAt", l.missing_since AS "missingSince",
       l.state IN ${speaking} AND l.base_checksum IS NULL AS "comparedNext", coalesce(d.differing, '{}') AS differing
     FROM external_system_mappings l
     JOIN integrations i ON i.tenant_id = l.tenant_id AND i.id = l.integration_id
     LEFT JOIN ${table} h ON h.tenant_id = l.tenant_id AND h.id = l.local_id
     LEFT JOIN LATERAL (SELECT jsonb_object_agg(f.key, f.value) AS differing FROM ${differences(of)}) d ON l.state IN ${speaking}
     LEFT JOIN LATERAL (SELECT max(r.finished_at) AS at FROM run_entities e JOIN runs r ON r.tenant_id = e.tenant_id AND r.id = e.run_id
       WHERE e.tenant_id = l.tenant_id AND e.integration_id = l.integration_id AND e.entity = l.entity AND e.complete
         AND e.state = 'verified' AND (l.missing_since IS NULL OR r.finished_at < l.missing_since)) seen ON l.state IN ${speaking}
     WHERE l.tenant_id = $1 AND l.entity = $3 AND l.local_id = $2 ORDER BY i.rank, i.id, l.external_id`,
    [tenantId, localId, entity],
  );
  return { ...rows[0], links };
}

export interface DifferingLink {
  readonly externalId: string;
  readonly localId: string;
  readonly state: LinkState;
  /** Names, in their order; never values. */
  readonly fields: readonly string[];
}

export interface DifferingFilter extends OfEntity {
  readonly integrationId: string;
  /** External ids beyond this one. */
  readonly after?: string | undefined;
}

/** Links whose source says otherwise than the hub, in the order of their external ids, by key. */
export async function differingLinks(
  tx: Tx,
  { tenantId, integrationId, entity, after = '' }: DifferingFilter,
  limit: number,
): Promise<DifferingLink[]> {
  const { table, ...of } = entityNamed(entity);
  const { rows } = await tx.query<DifferingLink>(
    `SELECT l.external_id AS "externalId", l.local_id AS "localId", l.state, d.fields
     FROM external_system_mappings l JOIN ${table} h ON h.tenant_id = l.tenant_id AND h.id = l.local_id
     CROSS JOIN LATERAL (SELECT array_agg(f.key ORDER BY f.key) AS fields FROM ${differences(of)}) d
     WHERE l.tenant_id = $1 AND l.integration_id = $2 AND l.entity = $3 AND l.base_diff IS NOT NULL AND l.state IN ${speaking}
       AND l.external_id > $4 AND d.fields IS NOT NULL ORDER BY l.external_id LIMIT $5`,
    [tenantId, integrationId, entity, after, limit],
  );
  return rows;
}

/** Of links by which a source speaks of the record now. */
const speaking = `('active', 'missing')`;

type Fields = Pick<Entity, 'fields'>;

/** The record of alias h as one object. */
const valuesOf = ({ fields }: Fields): string =>
  `jsonb_build_object(${own({ fields })
    .map(({ name, column }) => `'${name}', h.${column}`)
    .join(', ')})`;

/** Entries f of what the link l keeps that say otherwise than the record h: one that by chance says the same is none. */
const differences = (of: Fields): string =>
  `jsonb_each(l.base_diff) f WHERE f.key IN (${own(of)
    .map(({ name }) => `'${name}'`)
    .join(', ')}) AND f.value IS DISTINCT FROM ${valuesOf(of)}->f.key`;

const own = ({ fields }: Fields): Entity['fields'] => fields.filter(({ kind }) => kind !== 'roles');
