/**
 * What a person decides of a hold: approve it, whole or in part, or decline it. A decision names the digest that the person saw;
 * when the hold has moved since, it is refused. Approving asks for a short run; declining takes effect at once.
 */
import { entityNamed, Fault } from '@rollcall/core';
import { writeAudit } from '../store/audit.js';
import type { Database, Tx } from '../store/database.js';
import { closeHold, findHold, resizeHold, type Hold } from '../store/holds.js';
import { recordDecision } from '../store/hold-decisions.js';
import { recordEvent } from '../store/run-events.js';
import { createRun } from '../store/runs.js';
import { declineHeld, remainder } from '../store/sql/decisions.js';
import { sqlScope } from '../store/sql/scope.js';
import { noteAnswers, type Answers } from './matching/choose-candidates.js';
import { takeTurn } from './make-way.js';

export interface Decision {
  readonly tenantId: string;
  readonly holdId: string;
  /** The digest that the person saw. */
  readonly digest: string;
  /** Local ids, or null for the whole hold. */
  readonly rows: readonly string[] | null;
  readonly reason: string;
  readonly actor: string;
  /** What an approval says of rows that may be records of ours. */
  readonly answers?: Answers;
}

/** The run that carries the approval out; the caller rings for it. Throws Fault stale_decision, busy, not_found, invalid_input. */
export async function approveHold(db: Database, decision: Decision): Promise<{ tenantId: string; runId: string }> {
  return db.withTenant(decision.tenantId, async (tx) => {
    const { hold, count } = await examine(tx, decision);
    await noteAnswers(tx, hold, { ...decision, count }, decision.answers ?? {});
    const runId = await createRun(tx, {
      tenantId: decision.tenantId,
      integrationId: hold.integrationId,
      mode: 'apply',
      trigger: 'approval',
      holdId: hold.id,
      selection: decision.rows,
      requestedBy: decision.actor,
      requestReason: decision.reason,
    });
    await remember(tx, decision, hold, { decision: 'approved', count, runId });
    return { tenantId: decision.tenantId, runId };
  });
}

/** How many rows were declined. The same faults as approving. */
export async function declineHold(db: Database, decision: Decision): Promise<{ declined: number }> {
  return db.withTenant(decision.tenantId, async (tx) => {
    const { hold, count } = await examine(tx, decision);
    const { tenantId, rows: selection, actor, reason } = decision;
    const run = { tenantId, integrationId: hold.integrationId, runId: hold.lastRunId };
    const scope = sqlScope(run, entityNamed(hold.entity));
    const what = { source: hold.lastRunId, holdId: hold.id, selection, actor, reason };
    const declined = await declineHeld(tx, scope, what);
    await shrinkHold(tx, tenantId, hold, 'declined');
    await remember(tx, decision, hold, { decision: 'declined', count, runId: null });
    return { declined };
  });
}

/** Closes a hold of which nothing is left, or gives it the digest of the rest. */
export async function shrinkHold(tx: Tx, tenantId: string, hold: Hold, how: 'approved' | 'declined'): Promise<void> {
  const left = await remainder(tx, { tenantId, runId: hold.lastRunId, entity: hold.entity, id: hold.id });
  if (left.rows === 0) await closeHold(tx, tenantId, hold.id, how);
  else await resizeHold(tx, tenantId, hold.id, left);
}

async function examine(tx: Tx, decision: Decision): Promise<{ hold: Hold; count: number }> {
  const { tenantId, holdId, rows } = decision;
  if (decision.reason.trim() === '') throw new Fault('invalid_input', 'A decision needs a reason.');
  const { integrationId } = await findHold(tx, tenantId, holdId);
  await takeTurn(tx, tenantId, integrationId);
  await tx.query('SELECT FROM holds WHERE tenant_id = $1 AND id = $2 FOR UPDATE', [tenantId, holdId]);
  const hold = await findHold(tx, tenantId, holdId);
  if (hold.state !== 'open') throw new Fault('stale_decision', `The hold is closed: ${hold.closedReason}.`);
  if (hold.digest !== decision.digest)
    throw new Fault('stale_decision', `The hold has ${hold.rows} rows by now and digest ${hold.digest.slice(0, 12)}….`);
  if (rows === null) return { hold, count: hold.rows };
  const { rows: found } = await tx.query<{ count: number }>(
    `SELECT count(*) FROM sync_changes WHERE tenant_id = $1 AND run_id = $2 AND entity = $3 AND hold_id = $4 AND state = 'held'
       AND local_id = ANY ($5)`,
    [tenantId, hold.lastRunId, hold.entity, hold.id, rows],
  );
  if (rows.length === 0 || found[0]!.count !== new Set(rows).size)
    throw new Fault('invalid_input', 'Some of the rows that were named are not in the hold.');
  return { hold, count: found[0]!.count };
}

async function remember(
  tx: Tx,
  decision: Decision,
  hold: Hold,
  outcome: { decision: 'approved' | 'declined'; count: number; runId: string | null },
): Promise<void> {
  const { tenantId, digest, actor, reason } = decision;
  await recordDecision(tx, { tenantId, holdId: hold.id, digest, actor, reason, ...outcome });
  const figures = { hold: hold.id, decision: outcome.decision, rows: outcome.count };
  const source = { tenantId, runId: hold.lastRunId };
  await recordEvent(tx, source, { kind: 'hold.decided', entity: hold.entity, figures });
  await writeAudit(tx, {
    tenantId,
    integrationId: hold.integrationId,
    ...(outcome.runId ? { runId: outcome.runId } : {}),
    entity: hold.entity,
    action: `hold.${outcome.decision}`,
    actor,
    details: { hold: hold.id, digest, rows: outcome.count, reason },
  });
}
