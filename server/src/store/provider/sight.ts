/**
 * What a client of the provider may see: all of the tenant, or some schools with the organisations above them and the sessions
 * that they teach in. Every statement about records is made from a sight, so none can show more.
 */
import type { Tx } from '../database.js';
import type { SqlValues } from './sql-values.js';

export interface Sight {
  readonly tenantId: string;
  readonly clientId: string;
  /** Null where the client sees every school. */
  readonly schools: Surroundings | null;
  /** Fields that it does not see, as `entity.field`. */
  readonly withheld: readonly string[];
  /** The tenant's integrations, the highest-ranked first. */
  readonly sources: readonly string[];
}

interface Surroundings {
  readonly ids: readonly string[];
  /** The schools and what stands above them. */
  readonly orgs: readonly string[];
  readonly sessions: readonly string[];
}

/** A sight as the SQL of one statement. */
export interface Seen {
  readonly tenant: string;
  /** The address that references begin with; nothing in it needs escaping in JSON. */
  readonly base: string;
  readonly schools: { readonly ids: string; readonly orgs: string; readonly sessions: string } | null;
  /** The ranked integrations; null where there is nobody to agree with. */
  readonly sources: string | null;
}

/** A value becomes a parameter where it is first used: PostgreSQL refuses those that are not. */
export function seenIn(values: SqlValues, sight: Sight, base = ''): Seen {
  const used = new Map<string, string>();
  const once = (name: string, value: unknown, type: string): string => {
    if (!used.has(name)) used.set(name, values.add(value, type));
    return used.get(name)!;
  };
  const { schools, sources } = sight;
  return {
    tenant: once('tenant', sight.tenantId, 'uuid'),
    get base() {
      return once('base', base, 'text');
    },
    get sources() {
      return sources.length > 1 ? once('sources', sources, 'uuid[]') : null;
    },
    schools: schools && {
      get ids() {
        return once('ids', schools.ids, 'uuid[]');
      },
      get orgs() {
        return once('orgs', schools.orgs, 'uuid[]');
      },
      get sessions() {
        return once('sessions', schools.sessions, 'uuid[]');
      },
    },
  };
}

/** A class that OneRoster can tell has a course, a school and at least one term. */
export const isWhole = (alias: string): string =>
  `${alias}.course_id IS NOT NULL AND ${alias}.school_id IS NOT NULL AND cardinality(${alias}.term_ids) > 0`;

export interface SeeingClient {
  readonly tenantId: string;
  readonly id: string;
  readonly everySchool: boolean;
  readonly schoolIds: readonly string[];
  readonly withheld: readonly string[];
  readonly sources: readonly string[];
}

export async function sightOf(tx: Tx, client: SeeingClient): Promise<Sight> {
  const { tenantId, id: clientId, withheld, sources } = client;
  if (client.everySchool) return { tenantId, clientId, withheld, sources, schools: null };
  const { rows } = await tx.query<{ orgs: string[]; sessions: string[] }>(surroundings, [tenantId, client.schoolIds]);
  return { tenantId, clientId, withheld, sources, schools: { ids: client.schoolIds, ...rows[0]! } };
}

/** UNION, not UNION ALL: a cycle of parents ends. Sessions without an organisation are the tenant's. */
const surroundings = `WITH RECURSIVE above AS (
    SELECT o.id, o.parent_id FROM orgs o WHERE o.tenant_id = $1::uuid AND o.id = ANY ($2::uuid[])
    UNION SELECT o.id, o.parent_id FROM orgs o JOIN above a ON o.tenant_id = $1::uuid AND o.id = a.parent_id
  ), taught AS (
    SELECT s.id, s.parent_id FROM academic_sessions s WHERE s.tenant_id = $1::uuid AND (s.org_id IS NULL
      OR s.org_id IN (SELECT id FROM above)
      OR s.id IN (SELECT unnest(c.term_ids) FROM classes c WHERE c.tenant_id = $1::uuid AND c.school_id = ANY ($2::uuid[]) AND ${isWhole('c')}))
    UNION SELECT s.id, s.parent_id FROM academic_sessions s JOIN taught t ON s.tenant_id = $1::uuid AND s.id = t.parent_id
  ) SELECT ARRAY(SELECT DISTINCT id FROM above) AS orgs, ARRAY(SELECT DISTINCT id FROM taught) AS sessions`;
