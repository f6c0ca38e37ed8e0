/** What happened in a run, written in the transaction that it speaks of. Rows are only ever added; time and attempt are the database's. */
import type { NewRunEvent, RunEvent } from '@rollcall/core';
import type { Tx } from './database.js';

interface RunKey {
  readonly tenantId: string;
  readonly runId: string;
}

/** More than this no run has: each phase leaves a handful, and attempts are bounded. */
const most = 10_000;

export async function recordEvent(tx: Tx, run: RunKey, event: NewRunEvent): Promise<void> {
  await tx.query(
    `INSERT INTO run_events (tenant_id, run_id, attempt, kind, entity, figures)
     SELECT tenant_id, id, attempt, $3, $4, $5 FROM runs WHERE tenant_id = $1 AND id = $2`,
    [run.tenantId, run.runId, event.kind, event.entity ?? null, event.figures],
  );
}

export async function listEvents(tx: Tx, run: RunKey): Promise<RunEvent[]> {
  const { rows } = await tx.query<RunEvent>(
    `SELECT e.at, e.attempt, e.kind, e.entity, e.figures, h.reason AS "holdReason" FROM run_events e
     LEFT JOIN holds h ON h.tenant_id = e.tenant_id
       AND h.id = CASE WHEN e.kind LIKE 'hold.%' THEN (e.figures ->> 'hold')::uuid END
     WHERE e.tenant_id = $1 AND e.run_id = $2 ORDER BY e.at, e.id LIMIT $3`,
    [run.tenantId, run.runId, most],
  );
  return rows;
}
