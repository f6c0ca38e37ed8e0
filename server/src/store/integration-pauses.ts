/** Pauses of integrations: a person's word that no run starts, with who said so and why. It ends by a person's word alone. */
import { Fault } from '@rollcall/core';
import type { Tx } from './database.js';
import { recordEvent } from './run-events.js';

interface Key {
  readonly tenantId: string;
  readonly integrationId: string;
}

/** False when it was paused already; then its first reason stays. */
export async function setPause(tx: Tx, of: Key, why: { reason: string; actor: string }): Promise<boolean> {
  const { rowCount } = await tx.query(
    `UPDATE integrations SET paused_at = now(), paused_reason = $3, paused_by = $4
     WHERE tenant_id = $1 AND id = $2 AND paused_at IS NULL`,
    [of.tenantId, of.integrationId, why.reason, why.actor],
  );
  return rowCount === 1;
}

/** False when it was not paused. */
export async function clearPause(tx: Tx, of: Key): Promise<boolean> {
  const { rowCount } = await tx.query(
    `UPDATE integrations SET paused_at = NULL, paused_reason = NULL, paused_by = NULL
     WHERE tenant_id = $1 AND id = $2 AND paused_at IS NOT NULL`,
    [of.tenantId, of.integrationId],
  );
  return rowCount === 1;
}

/** Throws Fault integration_paused with the reason. */
export async function refusePaused(tx: Tx, of: Key): Promise<void> {
  const { rows } = await tx.query<{ name: string; reason: string }>(
    `SELECT name, paused_reason AS reason FROM integrations WHERE tenant_id = $1 AND id = $2 AND paused_at IS NOT NULL`,
    [of.tenantId, of.integrationId],
  );
  if (rows[0]) throw new Fault('integration_paused', `The integration ${rows[0].name} is paused (${rows[0].reason}).`);
}

/** A run goes to rest without a time at which it goes on. */
export async function restRun(tx: Tx, run: { tenantId: string; runId: string }, reason: string): Promise<void> {
  await tx.query(
    `UPDATE runs SET state = 'paused', reason = $3, next_step = 'Resume the integration; the run goes on where it stopped.',
       resume_at = NULL WHERE tenant_id = $1 AND id = $2`,
    [run.tenantId, run.runId, reason],
  );
  await recordEvent(tx, run, { kind: 'run.rested', figures: {} });
}

/** Runs at rest go on at once. Returns their ids. */
export async function wakeRuns(tx: Tx, of: Key): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    `UPDATE runs SET resume_at = now(), reason = NULL, next_step = NULL
     WHERE tenant_id = $1 AND integration_id = $2 AND state = 'paused' AND resume_at IS NULL RETURNING id`,
    [of.tenantId, of.integrationId],
  );
  for (const { id: runId } of rows)
    await recordEvent(tx, { tenantId: of.tenantId, runId }, { kind: 'run.woken', figures: {} });
  return rows.map((row) => row.id);
}
