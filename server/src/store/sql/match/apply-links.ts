/**
 * Carries out planned links: moves the link of a record to its new external id, or gives it one of this integration; and takes that
 * back: exactly where the link was moved; one that was made is deactivated, as one of a new record is. A row is applied only if what the plan saw still holds; otherwise it becomes stale.
 */
import type { Chunk } from '../../chunks.js';
import type { Tx } from '../../database.js';
import { syncMarked } from '../../sync-marked.js';
import { inChunk, planned, stored, syncMarks } from '../apply-chunk.js';
import { hubFields } from '../resolved.js';
import { buryAgain } from '../tombstones.js';
import type { SqlScope } from '../scope.js';
import { unmoved } from '../side-by-side.js';

/** The local ids of the records that were joined or parted. */
export async function applyLinks(tx: Tx, scope: SqlScope, chunk: Chunk): Promise<string[]> {
  // Partings first: what they free may be taken by a joining.
  const done = [...(await part(tx, scope, chunk)), ...(await join(tx, scope, chunk))];
  if (done.length < chunk.links)
    await tx.query(
      `UPDATE sync_changes c SET state = 'stale', reason = 'the record or its link changed after the plan was made'
       WHERE ${inChunk(scope, chunk, `'link', 'unlink'`)} AND c.local_id <> ALL ($1)`,
      [done],
    );
  return done;
}

async function join(tx: Tx, scope: SqlScope, chunk: Chunk): Promise<string[]> {
  const mark = syncMarked.has(scope.entity.name)
    ? `, external_id = CASE WHEN h.external_id IS NOT DISTINCT FROM p.former_id THEN p.external_id
        ELSE coalesce(h.external_id, p.external_id) END`
    : '';
  // A link that was made and taken back before is still there, deactivated.
  const back = `${linkOf(scope, 'p.external_id')} AND l.state = 'deactivated' AND l.local_id = p.local_id AND p.former_id IS NULL`;
  const fit = `(NOT EXISTS (${linkOf(scope, 'p.external_id')}) OR EXISTS (${back}))
    AND (p.former_id IS NULL OR EXISTS (${linkOf(scope, 'p.former_id')} AND l.local_id = p.local_id))${unmoved(scope, 'p.former_id')}`;
  const ids = await change(tx, scope, chunk, {
    ...{ operation: 'link', fit, set: `active = true, updated_at = now()${syncMarks(scope, 'synced')}${mark}` },
    links: `moved AS (
       UPDATE external_system_mappings l SET external_id = p.external_id, base_checksum = p.base_after, raw_digest = p.raw_digest,
         base_diff = p.diff_after, projection_version = ${scope.entity.projectionVersion}, state = 'active', missing_since = NULL, missed_runs = 0
       FROM ready p JOIN hub ON hub.id = p.local_id WHERE ${scope.inLinks}
         AND l.external_id = coalesce(p.former_id, p.external_id) RETURNING 1
     ), added AS (
       INSERT INTO external_system_mappings (tenant_id, integration_id, entity, external_id, local_id, base_checksum,
         projection_version, raw_digest, base_diff)
       SELECT ${scope.tenant}, ${scope.integration}, '${scope.entity.name}', p.external_id, p.local_id, p.base_after,
         ${scope.entity.projectionVersion}, p.raw_digest, p.diff_after
       FROM ready p JOIN hub ON hub.id = p.local_id WHERE p.former_id IS NULL
         AND NOT EXISTS (${linkOf(scope, 'p.external_id')}) RETURNING 1)`,
  });
  if (ids.length > 0) await raiseFormer(tx, scope, ids);
  return ids;
}

async function part(tx: Tx, scope: SqlScope, chunk: Chunk): Promise<string[]> {
  const wasActive = `(p.former->>'active')::boolean`;
  const mark = syncMarked.has(scope.entity.name)
    ? `, external_id = p.former->>'mark', last_sync_at = now(), sync_status = CASE WHEN ${wasActive} THEN 'synced' ELSE 'deactivated' END`
    : '';
  const fit = `EXISTS (${linkOf(scope, 'p.external_id')} AND l.local_id = p.local_id)
    AND (p.former_id IS NULL OR NOT EXISTS (${linkOf(scope, 'p.former_id')}))${unmoved(scope, 'p.external_id')}`;
  const ids = await change(tx, scope, chunk, {
    ...{ operation: 'unlink', fit, set: `active = ${wasActive}, updated_at = now()${mark}` },
    links: `moved AS (
       UPDATE external_system_mappings l SET external_id = o.external_id, base_checksum = o.base_checksum, raw_digest = o.raw_digest,
         base_diff = o.base_diff, projection_version = o.projection_version, provider_modified_at = o.provider_modified_at, state = o.state,
         missing_since = o.missing_since, missed_runs = o.missed_runs
       FROM ready p JOIN hub ON hub.id = p.local_id
       CROSS JOIN LATERAL jsonb_populate_record(null::external_system_mappings, p.former->'link') o
       WHERE ${scope.inLinks} AND l.external_id = p.external_id AND p.former_id IS NOT NULL RETURNING 1
     ), ended AS (
       UPDATE external_system_mappings l SET state = 'deactivated', base_checksum = p.base_after, raw_digest = p.raw_digest,
         missing_since = NULL, missed_runs = 0
       FROM ready p JOIN hub ON hub.id = p.local_id
       WHERE ${scope.inLinks} AND l.external_id = p.external_id AND p.former_id IS NULL RETURNING 1)`,
  });
  if (ids.length > 0) await buryAgain(tx, scope, ids);
  return ids;
}

interface Change {
  readonly operation: 'link' | 'unlink';
  /** What must hold of the links of a row p. */
  readonly fit: string;
  readonly set: string;
  /** What happens to the links of the rows of ready that are in hub. */
  readonly links: string;
}

async function change(
  tx: Tx,
  scope: SqlScope,
  chunk: Chunk,
  { operation, fit, set, links }: Change,
): Promise<string[]> {
  const fields = scope.entity.fields
    .filter(stored)
    .map((f) => `${f.column} = CASE WHEN p.after ? '${f.name}' THEN ${planned(f)} ELSE h.${f.column} END`);
  const { rows } = await tx.query<{ id: string }>(
    `WITH ready AS MATERIALIZED (
       SELECT c.local_id, c.external_id, c.former_id, c.former, c.before, c.after, c.base_after, c.raw_digest, c.diff_before, c.diff_after
       FROM sync_changes c WHERE ${inChunk(scope, chunk, `'${operation}'`)}
     ), hub AS (
       UPDATE ${scope.entity.table} h SET ${fields.join(', ')}, ${set}
       FROM ready p WHERE h.tenant_id = ${scope.tenant} AND h.id = p.local_id AND ${fit}
         AND NOT EXISTS (SELECT FROM (SELECT ${hubFields(scope)} AS fields OFFSET 0) now_there, jsonb_each(p.before) b
           WHERE now_there.fields->b.key IS DISTINCT FROM b.value)
       RETURNING h.id
     ), ${links} SELECT id FROM hub`,
  );
  return rows.map((row) => row.id);
}

const linkOf = (scope: SqlScope, externalId: string): string =>
  `SELECT FROM external_system_mappings l WHERE ${scope.inLinks} AND l.external_id = ${externalId}`;

/** Who is joined again is not gone. */
async function raiseFormer(tx: Tx, scope: SqlScope, ids: readonly string[]): Promise<void> {
  await tx.query(
    `DELETE FROM tombstones t USING sync_changes c WHERE ${scope.inPlan} AND c.operation = 'link' AND c.local_id = ANY ($1)
       AND t.tenant_id = c.tenant_id AND t.integration_id = ${scope.integration} AND t.entity = c.entity
       AND t.external_id = c.former_id`,
    [ids],
  );
}

/** By how many the active links have grown through what was joined and parted: only who was not active before counts. */
export async function linksWon(tx: Tx, scope: SqlScope): Promise<number> {
  const { rows } = await tx.query<{ won: number }>(
    `SELECT coalesce(sum(CASE c.operation WHEN 'link' THEN 1 ELSE -1 END), 0)::bigint AS won FROM sync_changes c
     WHERE ${scope.inPlan} AND c.operation IN ('link', 'unlink') AND c.state IS NULL
       AND coalesce(c.former->'link'->>'state', 'none') NOT IN ('active', 'missing')`,
  );
  return rows[0]!.won;
}
