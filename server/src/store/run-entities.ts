/** A run's phase for one entity: how far it is, what was announced and read, whether the read was complete, and its counts. */
import { entityNames, type EntityCounts, type EntityName } from '@rollcall/core';
import { Fault } from '@rollcall/core';
import type { Tx } from './database.js';

export type PhaseState = 'waiting' | 'fetching' | 'fetched' | 'planned' | 'applying' | 'applied' | 'verified';

export interface Phase {
  readonly entity: EntityName;
  readonly state: PhaseState;
  readonly pageLimit: number | null;
  readonly announcedAtStart: number | null;
  readonly announced: number | null;
  readonly complete: boolean;
  readonly incompleteReason: string | null;
  readonly reRead: boolean;
  readonly completedBefore: boolean;
  readonly activeBefore: number;
  /** ISO 8601: an incremental phase reads what was modified from then on. Null reads everything. */
  readonly since: string | null;
  /** Why a phase of an incremental run reads everything. */
  readonly fullBecause: string | null;
  readonly providerTime: Date | null;
  readonly counts: Partial<EntityCounts> & InnerCounts;
}

/** What the report does not show: links seen, records read whole that turned out equal to ours, records that were parsed and found
 * unchanged, and marked records that the source does not know by their ids. */
export interface InnerCounts {
  seen?: number;
  equal?: number;
  parsedSlim?: number;
  notFound?: number;
}

interface RunKey {
  readonly tenantId: string;
  readonly runId: string;
}

const columns: Readonly<Record<keyof Omit<Phase, 'entity'> | 'active', string>> = {
  state: 'state',
  pageLimit: 'page_limit',
  announcedAtStart: 'announced_at_start',
  announced: 'announced',
  complete: 'complete',
  incompleteReason: 'incomplete_reason',
  reRead: 're_read',
  completedBefore: 'completed_before',
  activeBefore: 'active_before',
  counts: 'counts',
  since: 'since',
  fullBecause: 'full_because',
  providerTime: 'provider_time',
  active: 'active',
};

/** Claims every entity of the integration for this run. Throws Fault busy when another run holds one. */
export async function claimEntities(tx: Tx, run: RunKey & { integrationId: string }): Promise<void> {
  try {
    await tx.query(
      `INSERT INTO run_entities (tenant_id, run_id, integration_id, entity, completed_before)
       SELECT $1, $2, $3, e, EXISTS (SELECT FROM run_entities o JOIN runs r ON r.tenant_id = o.tenant_id AND r.id = o.run_id
         WHERE o.tenant_id = $1 AND o.integration_id = $3 AND o.entity = e AND o.complete AND o.state = 'verified')
       FROM unnest($4::text[]) e ON CONFLICT (tenant_id, run_id, entity) DO NOTHING`,
      [run.tenantId, run.runId, run.integrationId, entityNames],
    );
  } catch (error) {
    if ((error as { constraint?: string }).constraint === 'run_entities_claim')
      throw new Fault('busy', 'Another run of this integration is under way.', { cause: error });
    throw error;
  }
}

export async function releaseEntities(tx: Tx, run: RunKey): Promise<void> {
  await tx.query('UPDATE run_entities SET active = false WHERE tenant_id = $1 AND run_id = $2', [
    run.tenantId,
    run.runId,
  ]);
}

const iso = (column: string): string => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

export async function phasesOf(tx: Tx, run: RunKey): Promise<Phase[]> {
  const list = Object.entries(columns)
    .map(([name, column]) => `${name === 'since' ? iso(column) : column} AS "${name}"`)
    .join(', ');
  const { rows } = await tx.query<Phase>(
    `SELECT entity, ${list} FROM run_entities WHERE tenant_id = $1 AND run_id = $2 ORDER BY array_position($3::text[], entity)`,
    [run.tenantId, run.runId, entityNames],
  );
  return rows;
}

export async function phaseOf(tx: Tx, run: RunKey, entity: EntityName): Promise<Phase> {
  const phase = (await phasesOf(tx, run)).find((p) => p.entity === entity);
  if (!phase) throw new Fault('not_found', `The run has no phase for ${entity}.`);
  return phase;
}

/** Keeps others from changing the phase until this transaction ends. */
export async function holdPhase(tx: Tx, run: RunKey, entity: EntityName): Promise<void> {
  await tx.query('SELECT FROM run_entities WHERE tenant_id = $1 AND run_id = $2 AND entity = $3 FOR UPDATE', [
    run.tenantId,
    run.runId,
    entity,
  ]);
}

export type PhaseChange = Partial<Omit<Phase, 'entity' | 'providerTime'>> & { providerTime?: string | null };

export async function updatePhase(tx: Tx, run: RunKey, entity: EntityName, change: PhaseChange): Promise<void> {
  const names = Object.keys(change) as (keyof PhaseChange)[];
  const sets = names.map((name, i) => `${columns[name]} = $${i + 4}`).join(', ');
  await tx.query(`UPDATE run_entities SET ${sets} WHERE tenant_id = $1 AND run_id = $2 AND entity = $3`, [
    run.tenantId,
    run.runId,
    entity,
    ...names.map((name) => change[name]),
  ]);
}
