/** Figures on the health of all tenants' integrations, by the kind of their provider; no tenant or integration can be told from them. */
import type { Database } from './database.js';

export interface HealthFigures {
  /** `outcome` is what the last look found, `unknown` before the first, or `paused` by a person. */
  readonly counts: readonly { readonly provider: string; readonly outcome: string; readonly count: number }[];
  /** Of those that are not paused and have a score. */
  readonly scores: readonly { readonly provider: string; readonly worst: number; readonly median: number }[];
}

/** For workers: they may look as the sweeper does. */
export async function healthFigures(db: Database): Promise<HealthFigures> {
  return db.asSweeper(async (tx) => {
    const { rows: counts } = await tx.query<HealthFigures['counts'][number]>(
      `SELECT i.kind AS provider, CASE WHEN i.paused_at IS NULL THEN coalesce(s.check_status, 'unknown') ELSE 'paused' END AS outcome,
         count(*)::int AS count
       FROM integrations i JOIN integration_status s ON s.tenant_id = i.tenant_id AND s.integration_id = i.id
       GROUP BY 1, 2 ORDER BY 1, 2`,
    );
    const { rows: scores } = await tx.query<HealthFigures['scores'][number]>(
      `SELECT i.kind AS provider, min(s.health_score)::int AS worst,
         percentile_disc(0.5) WITHIN GROUP (ORDER BY s.health_score)::int AS median
       FROM integrations i JOIN integration_status s ON s.tenant_id = i.tenant_id AND s.integration_id = i.id
       WHERE i.paused_at IS NULL AND s.health_score IS NOT NULL GROUP BY 1 ORDER BY 1`,
    );
    return { counts, scores };
  });
}
