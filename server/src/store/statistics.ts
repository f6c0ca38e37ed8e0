/**
 * Statistics for the planner. A first load turns an empty table into a large one within seconds, long before autovacuum looks
 * at it; plans made for an empty table then take minutes. A small sample is enough and costs a few milliseconds.
 */
import type { Entity } from '@rollcall/core';
import type { Tx } from './database.js';

const planColumns = 'tenant_id, run_id, entity, local_id, external_id, operation, state, stage_row';
const linkColumns = 'tenant_id, integration_id, entity, external_id, local_id, state';

export async function measurePlan(tx: Tx): Promise<void> {
  await measure(tx, `sync_changes (${planColumns})`);
}

export async function measureRoster(tx: Tx, entity: Entity): Promise<void> {
  await measure(tx, `external_system_mappings (${linkColumns}), ${entity.table} (tenant_id, id, active)`);
}

async function measure(tx: Tx, what: string): Promise<void> {
  await tx.query('SET LOCAL default_statistics_target = 10');
  await tx.query(`ANALYZE ${what}`);
}
