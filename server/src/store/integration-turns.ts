/** Whose turn it is among the integrations of a tenant: one run at a time plans and applies. */
import { finalRunStates } from '@rollcall/core';
import type { Tx } from './database.js';

interface RunKey {
  readonly tenantId: string;
  readonly runId: string;
  readonly integrationId: string;
}

/** A run whose worker died goes on within 15 s, and one that pauses for the database soon after; for so long its place is kept. */
const keptSeconds = 60;

const going = `r.turn = 'taken' AND r.state <> ALL ($4)`;

export async function hasCompany(tx: Tx, tenantId: string): Promise<boolean> {
  const { rows } = await tx.query<{ any: boolean }>(
    'SELECT count(*) > 1 AS any FROM integrations WHERE tenant_id = $1',
    [tenantId],
  );
  return rows[0]!.any;
}

export type Turn = 'taken' | 'lost' | null;

export async function turnOf(tx: Tx, { tenantId, runId }: RunKey): Promise<Turn> {
  const { rows } = await tx.query<{ turn: Turn }>('SELECT turn FROM runs WHERE tenant_id = $1 AND id = $2', [
    tenantId,
    runId,
  ]);
  return rows[0]!.turn;
}

/** Whether another integration's run has the turn and is about, or will soon be again. */
export async function isTaken(tx: Tx, { tenantId, runId, integrationId }: RunKey): Promise<boolean> {
  const { rowCount } = await tx.query(
    `SELECT FROM runs r LEFT JOIN run_leases l ON l.tenant_id = r.tenant_id AND l.run_id = r.id
     WHERE r.tenant_id = $1 AND r.id <> $2 AND r.integration_id <> $3 AND ${going}
       AND (l.held_until > now() - make_interval(secs => $5)
         OR r.state = 'paused' AND r.resume_at < now() + make_interval(secs => $5)) LIMIT 1`,
    [tenantId, runId, integrationId, finalRunStates, keptSeconds],
  );
  return rowCount === 1;
}

/** Takes the turn. Whoever had it and stands still has lost it, and writes nothing any more by what it has planned. */
export async function takeTurn(tx: Tx, { tenantId, runId, integrationId }: RunKey): Promise<void> {
  await tx.query(
    `WITH lost AS (UPDATE runs r SET turn = 'lost' WHERE r.tenant_id = $1 AND r.id <> $2 AND r.integration_id <> $3 AND ${going} RETURNING r.id)
     UPDATE run_leases l SET fence = l.fence + 1 FROM lost WHERE l.tenant_id = $1 AND l.run_id = lost.id`,
    [tenantId, runId, integrationId, finalRunStates],
  );
  await tx.query(`UPDATE runs SET turn = 'taken' WHERE tenant_id = $1 AND id = $2`, [tenantId, runId]);
}
