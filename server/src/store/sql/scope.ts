/** What set-based statements are about: one entity of one run of one integration of one tenant, as checked SQL literals. */
import type { Entity, EntityName, Field } from '@rollcall/core';
import { literal, type Tx } from '../database.js';
import { stageTable } from '../stage.js';

export interface RunScope {
  readonly tenantId: string;
  readonly integrationId: string;
  readonly runId: string;
  /** The run whose stage holds the payload; the run itself unless it carries out a decision about another's plan. */
  readonly stageRunId?: string;
}

export interface SqlScope {
  readonly entity: Entity;
  readonly tenant: string;
  readonly integration: string;
  readonly run: string;
  readonly full: string;
  readonly slim: string;
  readonly same: string;
  readonly rejects: string;
  /** The rows of the plan for this entity, of alias c. */
  readonly inPlan: string;
  /** Links of this entity, of alias l. */
  readonly inLinks: string;
  /** Whether parts of the run's plan are applied already: then a new record may have its link beside its plan row. */
  readonly midway?: boolean;
  /** Whether other integrations may have the same records (side-by-side.ts). */
  readonly company?: boolean;
}

export function sqlScope(run: RunScope, entity: Entity): SqlScope {
  const tenant = literal(run.tenantId);
  const integration = literal(run.integrationId);
  const runId = literal(run.runId);
  const stageRun = run.stageRunId ?? run.runId;
  return {
    entity,
    tenant,
    integration,
    run: runId,
    full: stageTable(stageRun, entity, 'full'),
    slim: stageTable(stageRun, entity, 'slim'),
    same: stageTable(stageRun, entity, 'same'),
    rejects: stageTable(stageRun, entity, 'rejects'),
    inPlan: `c.tenant_id = ${tenant} AND c.run_id = ${runId} AND c.entity = '${entity.name}'`,
    inLinks: `l.tenant_id = ${tenant} AND l.integration_id = ${integration} AND l.entity = '${entity.name}'`,
  };
}

/** While planning nothing is applied; while applying, the entities before this one are, and this one is in part. */
export type Moment = 'planning' | 'applying';

/**
 * Pairs (external_id, local_id) of all records of an entity that a reference may point to, once this plan is applied. `only` is a
 * subquery of the external ids that are of interest, where they are few among many. With `heldLinks` also those that a held link would
 * join: so that nobody loses an optional reference to a record while a person is asked about its new id.
 */
export function known(scope: SqlScope, target: EntityName, moment: Moment, only?: string, heldLinks = false): string {
  const wanted = only === undefined ? '' : `AND external_id IN (${only})`;
  const links = `SELECT external_id, local_id FROM external_system_mappings WHERE tenant_id = ${scope.tenant}
    AND integration_id = ${scope.integration} AND entity = '${target}' AND state <> 'unlinked' ${wanted}`;
  if (moment === 'applying' && target !== scope.entity.name) return `(${links})`;
  return `(${links} ${moment === 'applying' || scope.midway ? 'UNION' : 'UNION ALL'} SELECT external_id, local_id FROM sync_changes
    WHERE tenant_id = ${scope.tenant} AND run_id = ${scope.run} AND entity = '${target}'
      AND ${heldLinks ? `(operation IN ('create', 'link') AND state IS NULL OR operation = 'link' AND state = 'held')` : `operation IN ('create', 'link') AND state IS NULL`} ${wanted})`;
}

/** Local ids of a chunk lie side by side, in their index and mostly in their table: much cheaper read so than one by one. */
export const inside = (localId: string, { first, last }: { readonly first: string; readonly last: string }): string =>
  `${localId} BETWEEN ${literal(first)} AND ${literal(last)}`;

/** Up to this many rows it is cheaper to look each one up than to read the tables that they are joined with. */
const fewRows = 1_000;

/**
 * Keeps the planner from nested loops over many rows in this transaction: it knows little about a run's fresh rows, takes them
 * for few, and would look each one up by itself. `rows` is how many there are; without it there are many.
 */
export async function preferHashJoins(tx: Tx, rows = Infinity): Promise<void> {
  await tx.query(`SET LOCAL enable_nestloop = ${rows > fewRows ? 'off' : 'on'}`);
}

/** References that the plan of a create resolves: those to records of other entities. Their order is that of sync_changes.refs. */
export const plannedReferences = (entity: Entity): Field[] =>
  fieldsOfKind(entity, 'reference').filter((field) => field.target !== entity.name);

/** The school under which the guard judges a hub row of alias h. */
export function schoolOf(entity: Entity): string {
  return entity.schoolColumn === null ? `CASE WHEN h.type = 'school' THEN h.id END` : `h.${entity.schoolColumn}`;
}

export const fieldsOfKind = (entity: Entity, ...kinds: Field['kind'][]): Field[] =>
  entity.fields.filter((field) => kinds.includes(field.kind));
