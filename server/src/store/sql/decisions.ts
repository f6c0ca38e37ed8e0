/**
 * Plans that carry out a decision: the release of held rows, and the inverse of an earlier run. Their rows come from a stored
 * plan, not from a feed.
 */
import type { Chunk } from '../chunks.js';
import type { Tx } from '../database.js';
import { digestOf, insertCreates } from './plan-changes.js';
import { inside, type SqlScope } from './scope.js';

const columns = `tenant_id, run_id, entity, local_id, external_id, operation, absent, checksum, stage_row, refs, school_id,
  base_before, base_after, before, after, former_id, former, evidence, diff_before, diff_after`;

/** The last word about a record counts. */
const orReplace = `ON CONFLICT (tenant_id, integration_id, entity, external_id) DO UPDATE SET checksum = excluded.checksum,
  operation = excluded.operation, run_id = excluded.run_id, actor = excluded.actor, reason = excluded.reason, declined_at = now()`;

/** What passes on where a record is left is worked out anew: others may have said something since. */
const kept = (column: string, of = '<>'): string => `CASE WHEN c.operation ${of} 'deactivate' THEN c.${column} END`;

/** Copies the held rows of a hold (all, or those selected) into this run's plan. `source` is the run that planned them. */
export async function planReleased(
  tx: Tx,
  scope: SqlScope,
  from: { source: string; holdId: string; selection: readonly string[] | null },
): Promise<number> {
  // Whose the fields are may have changed since that plan: the next full read compares what has company.
  const base = scope.company ? kept('base_after', '=') : 'c.base_after';
  const { rowCount } = await tx.query(
    `INSERT INTO sync_changes (${columns})
     SELECT c.tenant_id, ${scope.run}, c.entity, c.local_id, c.external_id, c.operation, c.absent, c.checksum, c.stage_row,
       c.refs, c.school_id, c.base_before, ${base}, ${kept('before')}, ${kept('after')}, c.former_id, c.former, c.evidence,
       c.diff_before, c.diff_after
     FROM sync_changes c WHERE c.tenant_id = ${scope.tenant} AND c.run_id = $1 AND c.entity = '${scope.entity.name}'
       AND c.hold_id = $2 AND c.state = 'held' AND ($3::uuid[] IS NULL OR c.local_id = ANY ($3))`,
    [from.source, from.holdId, from.selection],
  );
  await overtakeMoved(tx, scope);
  return rowCount ?? 0;
}

/** Rows whose link a person has moved, parted or made since they were planned are stale: they are about another record by now. */
async function overtakeMoved(tx: Tx, scope: SqlScope): Promise<void> {
  const stale = `SET state = 'stale', reason = 'a person changed its mapping after that plan' WHERE ${scope.inPlan} AND c.state IS NULL`;
  await tx.query(
    `WITH theirs AS MATERIALIZED (SELECT l.external_id, l.local_id, l.state FROM external_system_mappings l
       WHERE ${scope.inLinks} AND l.version > 1)
     UPDATE sync_changes c ${stale} AND EXISTS (SELECT FROM theirs l WHERE l.external_id = c.external_id
       AND (l.local_id <> c.local_id OR l.state IN ('unlinked', 'merged')))`,
  );
  await tx.query(
    `UPDATE sync_changes c ${stale} AND c.operation = 'create'
       AND EXISTS (SELECT FROM external_system_mappings l WHERE ${scope.inLinks} AND l.external_id = c.external_id)`,
  );
}

/** Takes up new records of the source run that waited for what has been released by now. Needs the table kept_out. */
export async function planUnblocked(tx: Tx, scope: SqlScope, source: string): Promise<number> {
  return insertCreates(
    tx,
    scope,
    'applying',
    `EXISTS (SELECT FROM sync_changes b WHERE b.tenant_id = ${scope.tenant} AND b.run_id = $1 AND b.entity = '${scope.entity.name}'
       AND b.state = 'blocked' AND b.operation = 'create' AND b.stage_row = s.n)
     AND NOT EXISTS (SELECT FROM kept_out o WHERE o.n = s.n)
     AND NOT EXISTS (SELECT FROM external_system_mappings l WHERE ${scope.inLinks} AND l.external_id = s.external_id)`,
    [source],
  );
}

/** Marks the rows of the source run that this run carries out. */
export async function markReleased(tx: Tx, scope: SqlScope, source: string): Promise<void> {
  await tx.query(
    `UPDATE sync_changes o SET state = 'released' FROM sync_changes c
     WHERE ${scope.inPlan} AND o.tenant_id = c.tenant_id AND o.run_id = $1 AND o.entity = c.entity AND o.external_id = c.external_id
       AND o.state IN ('held', 'blocked')`,
    [source],
  );
}

/** What is left of a hold in the run that planned it. */
export async function remainder(
  tx: Tx,
  hold: { tenantId: string; runId: string; entity: string; id: string },
): Promise<{ rows: number; digest: string }> {
  const rows = `c.tenant_id = $1 AND c.run_id = $2 AND c.entity = $3 AND c.hold_id = $4 AND c.state = 'held'`;
  const { rows: found } = await tx.query<{ rows: number; digest: string }>(
    `SELECT (SELECT count(*) FROM sync_changes c WHERE ${rows}) AS rows, ${digestOf(rows)} AS digest`,
    [hold.tenantId, hold.runId, hold.entity, hold.id],
  );
  return found[0]!;
}

/** Plans the inverse of what a run applied. Rows that have changed since are stale from the start, and so shown. */
export async function planInverse(
  tx: Tx,
  scope: SqlScope,
  from: { source: string; selection: readonly string[] | null },
): Promise<number> {
  // Of a record that nobody else has a deactivation leaves the values as they are.
  const told = `x.operation NOT IN ('create'${scope.company ? '' : `, 'reactivate'`})`;
  const { rowCount } = await tx.query(
    `WITH late AS MATERIALIZED (
       SELECT g.local_id, max(g.xid) AS xid FROM change_log g
       WHERE g.tenant_id = ${scope.tenant} AND g.entity = '${scope.entity.table}' AND g.run_id IS DISTINCT FROM $1 AND g.xid > (SELECT min(k.xid) FROM sync_chunks k
         WHERE k.tenant_id = ${scope.tenant} AND k.run_id = $1 AND k.entity = '${scope.entity.name}') GROUP BY 1)
     INSERT INTO sync_changes (${columns}, state, reason)
     SELECT x.tenant_id, ${scope.run}, x.entity, x.local_id, x.external_id,
       CASE x.operation WHEN 'update' THEN 'update' WHEN 'deactivate' THEN 'reactivate' WHEN 'link' THEN 'unlink'
         WHEN 'unlink' THEN 'link' ELSE 'deactivate' END,
       x.absent, x.checksum, NULL, NULL, x.school_id, x.base_after, x.base_before,
       CASE WHEN ${told} THEN coalesce(x.after, '{}') END, CASE WHEN ${told} THEN coalesce(x.before, '{}') END,
       x.former_id, x.former, x.evidence, x.diff_after, x.diff_before,
       CASE WHEN x.moved THEN 'stale' END, CASE WHEN x.moved THEN 'the record changed after that run' END
     FROM (SELECT c.*, coalesce(g.xid > k.xid, false) AS moved
       FROM sync_chunks k JOIN sync_changes c ON c.tenant_id = k.tenant_id AND c.run_id = k.run_id AND c.entity = k.entity
         AND c.local_id BETWEEN k.first_id AND k.last_id
       LEFT JOIN late g ON g.local_id = c.local_id
       WHERE k.tenant_id = ${scope.tenant} AND k.run_id = $1 AND k.entity = '${scope.entity.name}' AND k.applied_at IS NOT NULL
         AND c.state IS NULL
         AND ($2::uuid[] IS NULL OR c.local_id = ANY ($2))) x`,
    [from.source, from.selection],
  );
  await overtakeMoved(tx, scope);
  return rowCount ?? 0;
}

/** Remembers what a chunk took back, so that it is not planned again while the source sends the same. */
export async function declineUndone(
  tx: Tx,
  scope: SqlScope,
  chunk: Chunk,
  by: { actor: string; reason: string; source: string },
): Promise<void> {
  // Mostly there are none yet, and looking for each one would double the work.
  const { rows } = await tx.query<{ any: boolean }>(
    `SELECT EXISTS (SELECT FROM declined_changes d WHERE d.tenant_id = ${scope.tenant} AND d.integration_id = ${scope.integration}
       AND d.entity = '${scope.entity.name}' AND d.run_id <> $1) AS any`,
    [by.source],
  );
  await tx.query(
    `INSERT INTO declined_changes AS d (tenant_id, integration_id, entity, external_id, checksum, operation, run_id, actor, reason)
     SELECT c.tenant_id, ${scope.integration}, c.entity, c.external_id, CASE WHEN NOT c.absent THEN c.checksum END,
       c.operation, $1, $2, $3 FROM sync_changes c WHERE ${scope.inPlan} AND c.state IS NULL AND ${inside('c.local_id', chunk)}
     ORDER BY c.external_id ${rows[0]!.any ? orReplace : ''}`,
    [by.source, by.actor, by.reason],
  );
}

/** Declines held rows (all, or those selected): they leave the hold and are not planned again. How many. */
export async function declineHeld(
  tx: Tx,
  scope: SqlScope,
  what: { source: string; holdId: string; selection: readonly string[] | null; actor: string; reason: string },
): Promise<number> {
  const { rowCount } = await tx.query(
    `WITH moved AS (UPDATE sync_changes c SET state = 'declined'
       WHERE c.tenant_id = ${scope.tenant} AND c.run_id = $1 AND c.entity = '${scope.entity.name}' AND c.hold_id = $2
         AND c.state = 'held' AND ($3::uuid[] IS NULL OR c.local_id = ANY ($3)) RETURNING c.*)
     INSERT INTO declined_changes AS d (tenant_id, integration_id, entity, external_id, checksum, operation, run_id, actor, reason)
     SELECT m.tenant_id, ${scope.integration}, m.entity, m.external_id, CASE WHEN NOT m.absent THEN m.checksum END,
       m.operation, m.run_id, $4, $5 FROM moved m ${orReplace}`,
    [what.source, what.holdId, what.selection, what.actor, what.reason],
  );
  return rowCount ?? 0;
}
