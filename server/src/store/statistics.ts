/**
 * Statistics for the planner. A first load turns an empty table into a large one within seconds, long before autovacuum looks
 * at it; plans made for an empty table then take minutes. A small sample is enough and costs a few milliseconds; what hardly
 * changes a table costs nothing, so that a small district does not pay for a large one beside it.
 */
import type { Entity } from '@rollcall/core';
import type { Tx } from './database.js';

const planColumns = 'tenant_id, run_id, entity, local_id, external_id, operation, state, stage_row';
const linkColumns = 'tenant_id, integration_id, entity, external_id, local_id, state';

/** This share of a table's rows has to be new or changed. It is autovacuum's own measure. */
const worthShare = 0.1;

/** `rows` is how many have been planned since. */
export async function measurePlan(tx: Tx, rows: number): Promise<void> {
  await measure(tx, rows, { sync_changes: planColumns });
}

/** `rows` is how many have been applied since. */
export async function measureRoster(tx: Tx, entity: Entity, rows: number): Promise<void> {
  await measure(tx, rows, { external_system_mappings: linkColumns, [entity.table]: 'tenant_id, id, active' });
}

/** Whoever holds a table to measure or clean it does for us what we came for, and is not waited for. */
async function measure(tx: Tx, rows: number, columns: Readonly<Record<string, string>>): Promise<void> {
  const { rows: worth } = await tx.query<{ name: string }>(
    `SELECT name FROM unnest($1::text[]) name JOIN pg_class t ON t.oid = to_regclass(name)
     WHERE $2 > 0 AND $2 >= t.reltuples * ${worthShare}`,
    [Object.keys(columns), rows],
  );
  if (worth.length === 0) return;
  await tx.query('SET LOCAL default_statistics_target = 10');
  await tx.query(`ANALYZE (SKIP_LOCKED) ${worth.map(({ name }) => `${name} (${columns[name]})`).join(', ')}`);
}
