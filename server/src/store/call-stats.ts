/** Counts of calls to sources: added to as they come, summed into coarser spans, forgotten when their time is over. */
import type { Tx } from './database.js';

export interface CallCount {
  readonly integrationId: string;
  /** The beginning of its span. */
  readonly at: Date;
  readonly operation: string;
  readonly outcome: string;
  readonly calls: number;
  readonly totalMs: number;
  readonly longestMs: number;
  readonly latencies: readonly number[];
}

const key = 'tenant_id, integration_id, grain, at, operation, outcome';
const columns = `${key}, calls, total_ms, longest_ms, latencies`;

/** Adds to the finest grain. An integration that is not there is left out. */
export async function addCalls(tx: Tx, tenantId: string, counts: readonly CallCount[]): Promise<void> {
  await tx.query(
    `INSERT INTO api_call_stats AS s (${columns})
     SELECT $1, x."integrationId", '5m', x.at, x.operation, x.outcome, x.calls, x."totalMs", x."longestMs", x.latencies
     FROM json_to_recordset($2) AS x("integrationId" uuid, at timestamptz, operation text, outcome text, calls bigint,
       "totalMs" bigint, "longestMs" bigint, latencies bigint[])
     WHERE EXISTS (SELECT FROM integrations i WHERE i.tenant_id = $1 AND i.id = x."integrationId")
     ORDER BY x."integrationId", x.at, x.operation COLLATE "C", x.outcome COLLATE "C"
     ON CONFLICT (${key}) DO UPDATE SET calls = s.calls + excluded.calls, total_ms = s.total_ms + excluded.total_ms,
       longest_ms = greatest(s.longest_ms, excluded.longest_ms),
       latencies = (SELECT array_agg(u.a + u.b ORDER BY u.n) FROM unnest(s.latencies, excluded.latencies) WITH ORDINALITY u(a, b, n))`,
    [tenantId, JSON.stringify(counts)],
  );
}

/** Sums one grain into a coarser one, from the span that `since` begins on; twice is the same as once. */
export async function rollUpCalls(
  tx: Tx,
  tenantId: string,
  { from, to, since }: { from: '5m' | 'hour'; to: 'hour' | 'day'; since: Date },
): Promise<void> {
  await tx.query(
    `WITH parts AS (
       SELECT integration_id, date_trunc($3, at, 'UTC') AS at, operation, outcome, calls, total_ms, longest_ms, latencies
       FROM api_call_stats WHERE tenant_id = $1 AND grain = $2 AND at >= $4),
     sums AS (
       SELECT integration_id, at, operation, outcome, sum(calls) AS calls, sum(total_ms) AS total_ms, max(longest_ms) AS longest_ms
       FROM parts GROUP BY 1, 2, 3, 4),
     bins AS (
       SELECT integration_id, at, operation, outcome, array_agg(calls ORDER BY n) AS latencies FROM (
         SELECT integration_id, at, operation, outcome, n, sum(v)::bigint AS calls
         FROM parts, unnest(latencies) WITH ORDINALITY u(v, n) GROUP BY 1, 2, 3, 4, 5) x
       GROUP BY 1, 2, 3, 4)
     INSERT INTO api_call_stats (${columns})
     SELECT $1, integration_id, $3, at, operation, outcome, calls, total_ms, longest_ms, latencies
     FROM sums JOIN bins USING (integration_id, at, operation, outcome)
     ON CONFLICT (${key}) DO UPDATE SET calls = excluded.calls, total_ms = excluded.total_ms,
       longest_ms = excluded.longest_ms, latencies = excluded.latencies`,
    [tenantId, from, to, since],
  );
}

export async function forgetCalls(tx: Tx, tenantId: string, grain: string, before: Date): Promise<void> {
  await tx.query('DELETE FROM api_call_stats WHERE tenant_id = $1 AND grain = $2 AND at < $3', [
    ...[tenantId, grain, before],
  ]);
}

/** In the order of time; of all of the tenant's integrations where none is named. */
export async function callCounts(
  tx: Tx,
  of: { tenantId: string; integrationId: string | null; grain: string; from: Date; to: Date },
): Promise<CallCount[]> {
  const { rows } = await tx.query<CallCount>(
    `SELECT integration_id AS "integrationId", at, operation, outcome, calls, total_ms AS "totalMs", longest_ms AS "longestMs",
       latencies::float8[] AS latencies
     FROM api_call_stats WHERE tenant_id = $1 AND ($2::uuid IS NULL OR integration_id = $2) AND grain = $3 AND at >= $4 AND at < $5
     ORDER BY at, operation, outcome`,
    [of.tenantId, of.integrationId, of.grain, of.from, of.to],
  );
  return rows;
}
