/**
 * Invariants 2, 3, 5, 6 and 7 of what a tenant's runs leave behind: one effect for each planned row, one audit row and one outbox
 * row for each chunk, no run without an end or a reason, no row under another tenant, no more attempts than are allowed.
 */
import type { Ask } from './hub-snapshot.js';
import type { Promised, Violation } from './violation.js';

export interface TrailLimits {
  readonly attempts: number;
  /** Of worker processes; null where the runs were worked on in the process of the trial itself. */
  readonly rssMb: number | null;
}

interface Found {
  readonly what: string;
}

export async function checkTrails(ask: Ask, tenantId: string, limits: TrailLimits): Promise<Violation[]> {
  const found: Violation[] = [];
  for (const { promise, text } of questions)
    for (const { what } of await ask<Found>(text, [tenantId])) found.push({ promise, what });
  const bounded = await ask<Found>(
    `SELECT concat('run ', id, ' had ', attempt, ' attempts and ', peak_rss_mb, ' MiB') AS what FROM runs
     WHERE tenant_id = $1 AND (attempt > $2 OR peak_rss_mb > $3)`,
    [tenantId, limits.attempts, limits.rssMb ?? 1_000_000],
  );
  return [...found, ...bounded.map(({ what }): Violation => ({ promise: 'unbounded', what }))];
}

const over = `('completed', 'completed_with_holds', 'completed_with_rejects', 'failed', 'cancelled', 'rolled_back', 'partly_rolled_back')`;

const perChunk = (table: string, key: string, entity: string, run: string): string => `
  SELECT concat('run ', coalesce(c.run_id, t.run_id), ' ', coalesce(c.entity, t.entity), ': ', coalesce(c.n, 0), ' chunks and ',
    coalesce(t.n, 0), ' rows in ${table}') AS what
  FROM (SELECT run_id, entity, first_id::text AS first, 1 AS n FROM sync_chunks WHERE tenant_id = $1 AND applied_at IS NOT NULL) c
  FULL JOIN (SELECT ${run} AS run_id, ${entity} AS entity, ${key} ->> 'first' AS first, count(*) AS n FROM ${table}
    WHERE tenant_id = $1 AND ${key} ? 'first' GROUP BY 1, 2, 3) t USING (run_id, entity, first)
  WHERE c.n IS DISTINCT FROM t.n`;

const questions: readonly { promise: Promised; text: string }[] = [
  { promise: 'audit', text: perChunk('integration_audit_logs', 'details', 'entity', 'run_id') },
  { promise: 'audit', text: perChunk('outbox', 'payload', `payload ->> 'entity'`, `(payload ->> 'runId')::uuid`) },
  {
    promise: 'doubled',
    text: `SELECT concat(entity, ' ', local_id, ' was inserted ', count(*), ' times') AS what FROM change_log
      WHERE tenant_id = $1 AND operation = 'INSERT' GROUP BY entity, local_id HAVING count(*) > 1`,
  },
  {
    promise: 'doubled',
    text: `SELECT concat('run ', run_id, ' ', c.entity, ': ', c.n, ' creates in chunks and ', l.n, ' in the change log') AS what
      FROM (SELECT run_id, entity, sum(created) AS n FROM sync_chunks WHERE tenant_id = $1 GROUP BY 1, 2) c
      FULL JOIN (SELECT run_id, CASE entity WHEN 'academic_sessions' THEN 'academicSessions' ELSE entity END AS entity, count(*) AS n
        FROM change_log WHERE tenant_id = $1 AND operation = 'INSERT' AND run_id IS NOT NULL GROUP BY 1, 2) l USING (run_id, entity)
      WHERE coalesce(c.n, 0) <> coalesce(l.n, 0)`,
  },
  {
    promise: 'doubled',
    text: `SELECT concat('run ', run_id, ' updated ', entity, ' ', local_id, ' ', count(*), ' times') AS what FROM change_log
      WHERE tenant_id = $1 AND operation = 'UPDATE' AND run_id IS NOT NULL GROUP BY run_id, entity, local_id HAVING count(*) > 1`,
  },
  {
    promise: 'doubled',
    text: `SELECT concat('run ', run_id, ' said ', count(*), ' times that it was finished') AS what FROM integration_audit_logs
      WHERE tenant_id = $1 AND action = 'run.finished' GROUP BY run_id HAVING count(*) > 1`,
  },
  {
    promise: 'stuck',
    text: `SELECT concat('run ', id, ' is ', state, ', reason ', coalesce(reason, 'none')) AS what FROM runs
      WHERE tenant_id = $1 AND state NOT IN ${over}
        AND NOT (state IN ('paused', 'needs_attention') AND reason IS NOT NULL AND next_step IS NOT NULL)`,
  },
  {
    promise: 'stuck',
    text: `SELECT concat('run ', r.id, ' is ', r.state, ' and still claims ', e.entity) AS what FROM runs r
      JOIN run_entities e ON e.tenant_id = r.tenant_id AND e.run_id = r.id WHERE r.tenant_id = $1 AND e.active AND r.state IN ${over}`,
  },
  {
    promise: 'foreign',
    text: [
      'sync_pages',
      'sync_changes',
      'sync_chunks',
      'run_entities',
      'integration_audit_logs',
      'change_log',
      'run_leases',
    ]
      .map(
        (table) => `SELECT concat('${table} has ', count(*), ' rows of a run of another tenant') AS what FROM ${table} t
          JOIN runs r ON r.id = t.run_id WHERE t.tenant_id = $1 AND r.tenant_id <> $1 HAVING count(*) > 0`,
      )
      .join(' UNION ALL '),
  },
  {
    promise: 'foreign',
    text: `SELECT concat(count(*), ' links are of an integration of another tenant') AS what FROM external_system_mappings m
      JOIN integrations i ON i.id = m.integration_id WHERE m.tenant_id = $1 AND i.tenant_id <> $1 HAVING count(*) > 0`,
  },
];
