/**
 * What applying a chunk does for the other integrations that have the same records: their links keep what they said when the hub moves
 * on, and a record that a source leaves stays with the rest.
 */
import type { Chunk } from '../chunks.js';
import type { Tx } from '../database.js';
import { syncMarked } from '../sync-marked.js';
import { inChunk, planned, stored } from './apply-chunk.js';
import { hubFields } from './resolved.js';
import { inside, type SqlScope } from './scope.js';
import { sharedRow, unmoved } from './side-by-side.js';

/**
 * Ends the chunk's links on records that others have too: the records stay, with what passes on. The local ids; rows that do not fit
 * any more become stale.
 */
export async function applyLeavings(tx: Tx, scope: SqlScope, chunk: Chunk): Promise<string[]> {
  const { entity } = scope;
  const set = entity.fields
    .filter(stored)
    .map((f) => `${f.column} = CASE WHEN p.after ? '${f.name}' THEN ${planned(f)} ELSE h.${f.column} END`);
  const mark = syncMarked.has(entity.name) ? ', last_sync_at = now()' : '';
  const ending = `${inChunk(scope, chunk, `'deactivate'`)} AND ${sharedRow(scope)}`;
  const { rows } = await tx.query<{ id: string }>(
    `WITH ready AS MATERIALIZED (
       SELECT c.local_id, c.external_id, c.before, c.after, c.base_after, c.raw_digest, c.diff_before FROM sync_changes c WHERE ${ending}
     ), hub AS (
       UPDATE ${entity.table} h SET ${set.join(', ')}, updated_at = now()${mark}
       FROM ready p WHERE h.tenant_id = ${scope.tenant} AND h.id = p.local_id AND p.after IS NOT NULL${unmoved(scope, 'p.external_id')}
         AND NOT EXISTS (SELECT FROM (SELECT ${hubFields(scope)} AS fields OFFSET 0) now_there, jsonb_each(p.before) b
           WHERE now_there.fields->b.key IS DISTINCT FROM b.value)
       RETURNING h.id
     ), links AS (
       UPDATE external_system_mappings l SET state = 'deactivated', base_checksum = p.base_after, raw_digest = p.raw_digest,
         missing_since = NULL, missed_runs = 0
       FROM ready p JOIN hub ON hub.id = p.local_id
       WHERE ${scope.inLinks} AND l.external_id = p.external_id AND l.local_id = p.local_id RETURNING 1
     ) SELECT id FROM hub`,
  );
  const left = rows.map((row) => row.id);
  await tx.query(
    `UPDATE sync_changes c SET state = 'stale', reason = 'the record changed after the plan was made'
     WHERE ${ending} AND c.local_id <> ALL ($1)`,
    [left],
  );
  return left;
}

/** Other links on what the chunk has changed say what they said before: where that was the hub's old value, they keep it now. */
export async function keepSaid(tx: Tx, scope: SqlScope, chunk: Chunk): Promise<void> {
  await tx.query(
    `UPDATE external_system_mappings o SET base_diff = (c.before - 'roles') || coalesce(o.base_diff, '{}')
     FROM sync_changes c WHERE ${inChunk(scope, chunk, `'update', 'reactivate', 'link', 'unlink', 'deactivate'`)}
       AND c.before - 'roles' <> '{}' AND o.tenant_id = ${scope.tenant} AND o.entity = '${scope.entity.name}'
       AND o.local_id = c.local_id AND ${inside('o.local_id', chunk)} AND o.integration_id <> ${scope.integration}
       AND o.state IN ('active', 'missing', 'deactivated')`,
  );
}
