/**
 * Figures of all tenants together, for whoever runs the installation: what waits, how old the rosters are. Counts and ages by
 * fixed words; no tenant, integration or person can be told from them.
 */
import { workableRunStates } from '@rollcall/core';
import type { Database } from './database.js';
import { patienceMinutes } from './waiting-runs.js';

export interface WorkFigures {
  /** Runs that wait for a worker, by what asked for them: `person` stands for all that is taken up without delay. */
  readonly queue: readonly { readonly priority: string; readonly depth: number; readonly oldestSeconds: number }[];
  readonly holds: readonly { readonly entity: string; readonly open: number }[];
  /** Since each kind's integrations were last read and settled completely, or were added. Paused ones are left out. */
  readonly freshness: readonly { readonly provider: string; readonly max: number; readonly p95: number }[];
}

/** For workers: they may look as the sweeper does. */
export async function workFigures(db: Database): Promise<WorkFigures> {
  return db.asSweeper(async (tx) => {
    const queue = await tx.query<WorkFigures['queue'][number]>(
      `SELECT CASE WHEN r.trigger = ANY ($2) THEN r.trigger ELSE 'person' END AS priority, count(*)::int AS depth,
         extract(epoch FROM now() - min(r.requested_at))::float8 AS "oldestSeconds" FROM runs r
       JOIN integrations i ON i.tenant_id = r.tenant_id AND i.id = r.integration_id AND i.paused_at IS NULL
       LEFT JOIN run_leases l ON l.tenant_id = r.tenant_id AND l.run_id = r.id
       WHERE (r.state = ANY ($1) OR (r.state = 'paused' AND r.resume_at <= now()))
         AND (l.held_until IS NULL OR l.held_until < now()) GROUP BY 1 ORDER BY 1`,
      [workableRunStates, Object.keys(patienceMinutes)],
    );
    const holds = await tx.query<WorkFigures['holds'][number]>(
      `SELECT entity, count(*)::int AS open FROM holds WHERE state = 'open' GROUP BY 1 ORDER BY 1`,
    );
    const freshness = await tx.query<WorkFigures['freshness'][number]>(
      `SELECT provider, max(age) AS max, percentile_disc(0.95) WITHIN GROUP (ORDER BY age) AS p95 FROM (
         SELECT i.kind AS provider, extract(epoch FROM now() - coalesce(s.last_complete_at, i.created_at))::float8 AS age
         FROM integrations i LEFT JOIN integration_status s ON s.tenant_id = i.tenant_id AND s.integration_id = i.id
         WHERE i.paused_at IS NULL) ages GROUP BY 1 ORDER BY 1`,
    );
    return { queue: queue.rows, holds: holds.rows, freshness: freshness.rows };
  });
}
