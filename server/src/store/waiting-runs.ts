/**
 * The runs of all tenants that wait for a worker, in the order in which they should be taken up. A run asked for by a person comes
 * before one of the same age that a schedule asked for, and each run that its tenant has under way sets a waiting one back; both
 * are counted in minutes of waiting, so that age wins in the end and nothing starves.
 */
import { workableRunStates } from '@rollcall/core';
import type { Database } from './database.js';
import { engineVersion } from './engine-version.js';

export interface WaitingRun {
  readonly tenantId: string;
  readonly runId: string;
  readonly attempt: number;
}

/** Minutes that a run has to have waited longer to be taken up before one that a person asked for. */
export const patienceMinutes: Readonly<Record<string, number>> = { webhook: 1, configuration: 5, schedule: 10 };

/** Minutes for each run that the same tenant has under way. */
export const minutesForEachRunning = 10;

const most = 1000;

/** `version` is the engine's of whoever asks: what a newer one has begun is not for it. */
export async function waitingRuns(db: Database, limit = most, version = engineVersion): Promise<WaitingRun[]> {
  return db.asSweeper(async (tx) => {
    const { rows } = await tx.query<WaitingRun>(
      `WITH running AS (SELECT tenant_id, count(*) AS runs FROM run_leases WHERE held_until > now() GROUP BY tenant_id)
       SELECT r.tenant_id AS "tenantId", r.id AS "runId", r.attempt FROM runs r
       JOIN integrations i ON i.tenant_id = r.tenant_id AND i.id = r.integration_id AND i.paused_at IS NULL
       LEFT JOIN run_leases l ON l.tenant_id = r.tenant_id AND l.run_id = r.id
       LEFT JOIN running t ON t.tenant_id = r.tenant_id
       WHERE (r.state = ANY ($1) OR (r.state = 'paused' AND r.resume_at <= now()))
         AND (l.held_until IS NULL OR l.held_until < now()) AND r.engine_version <= $5
       ORDER BY r.requested_at + make_interval(mins =>
         coalesce(($2::jsonb ->> r.trigger)::int, 0) + $3 * coalesce(t.runs, 0)::int), r.id LIMIT $4`,
      [workableRunStates, JSON.stringify(patienceMinutes), minutesForEachRunning, limit, version],
    );
    return rows;
  });
}
