/**
 * Chunks: a plan laid out in parts of some thousand rows, each applied in one transaction with its effects. The borders are
 * fixed with the plan, so that an interrupted apply goes on where it stopped.
 */
import type { EntityName } from '@rollcall/core';
import type { Tx } from './database.js';
import { digestOf } from './sql/plan-changes.js';
import type { SqlScope } from './sql/scope.js';

export interface Chunk {
  readonly first: string;
  readonly last: string;
  /** Where the chunk's payload lies in the stage; 0 to -1 when it has none. */
  readonly firstRow: number;
  readonly lastRow: number;
  readonly creates: number;
  readonly changes: number;
  readonly deactivations: number;
  /** Links that are made or taken back. */
  readonly links: number;
}

export interface ChunkCounts {
  readonly created: number;
  readonly updated: number;
  readonly reactivated: number;
  readonly deactivated: number;
  readonly linked: number;
}

/** Plan rows that were applied, of whatever kind. */
export const sumOf = (c: ChunkCounts): number => c.created + c.updated + c.reactivated + c.deactivated + c.linked;

interface Phase {
  readonly tenantId: string;
  readonly runId: string;
  readonly entity: EntityName;
}

export interface ChunkLayout {
  /** Rows of a chunk, at most. */
  readonly chunkRows: number;
  /** How many chunks are applied at a time. */
  readonly writers: number;
}

/** Fewer rows than this are not worth a second transaction. */
const fewestRows = 10_000;

/** Chunks of one size, as many as keep all writers busy to the end. */
export function chunkSize(rows: number, { chunkRows, writers }: ChunkLayout): number {
  if (rows <= Math.min(fewestRows, chunkRows)) return Math.max(1, rows);
  const rounds = Math.ceil(rows / (chunkRows * writers));
  return Math.ceil(rows / (rounds * writers));
}

/** Lays out the rows of a plan that are to be applied in chunks by local id. A uuid has no min and max of its own. */
export async function layOutChunks(tx: Tx, scope: SqlScope, layout: ChunkLayout): Promise<void> {
  const toApply = `sync_changes c WHERE ${scope.inPlan} AND c.state IS NULL`;
  const { rows } = await tx.query<{ count: number }>(`SELECT count(*) FROM ${toApply}`);
  const size = chunkSize(rows[0]!.count, layout);
  await tx.query(
    `INSERT INTO sync_chunks (tenant_id, run_id, entity, first_id, last_id, first_row, last_row, creates, changes, deactivations, links)
     SELECT ${scope.tenant}, ${scope.run}, '${scope.entity.name}',
       (min(local_id::text) FILTER (WHERE place % ${size} = 0))::uuid,
       (max(local_id::text) FILTER (WHERE place % ${size} = ${size - 1} OR next IS NULL))::uuid,
       coalesce(min(stage_row), 0), coalesce(max(stage_row), -1), count(*) FILTER (WHERE operation = 'create'),
       count(*) FILTER (WHERE operation IN ('update', 'reactivate')), count(*) FILTER (WHERE operation = 'deactivate'),
       count(*) FILTER (WHERE operation IN ('link', 'unlink'))
     FROM (SELECT c.local_id, c.stage_row, c.operation, row_number() OVER by_id - 1 AS place, lead(c.local_id) OVER by_id AS next
       FROM ${toApply} WINDOW by_id AS (ORDER BY c.local_id)) x
     GROUP BY place / ${size}`,
  );
}

export async function forgetChunks(tx: Tx, phase: Phase): Promise<void> {
  await tx.query('DELETE FROM sync_chunks WHERE tenant_id = $1 AND run_id = $2 AND entity = $3', [
    phase.tenantId,
    phase.runId,
    phase.entity,
  ]);
}

export async function pendingChunks(tx: Tx, phase: Phase): Promise<Chunk[]> {
  const { rows } = await tx.query<Chunk>(
    `SELECT first_id AS first, last_id AS last, first_row AS "firstRow", last_row AS "lastRow", creates, changes, deactivations, links
     FROM sync_chunks WHERE tenant_id = $1 AND run_id = $2 AND entity = $3 AND applied_at IS NULL ORDER BY first_id`,
    [phase.tenantId, phase.runId, phase.entity],
  );
  return rows;
}

/** Marks a chunk as applied and returns the digest of its plan rows; null when it was applied before. */
export async function finishChunk(tx: Tx, scope: SqlScope, chunk: Chunk, counts: ChunkCounts): Promise<string | null> {
  const digest = digestOf(
    `${scope.inPlan} AND c.state IS NULL AND c.local_id BETWEEN '${chunk.first}' AND '${chunk.last}'`,
  );
  const { rows } = await tx.query<{ digest: string }>(
    `UPDATE sync_chunks SET created = $2, updated = $3, reactivated = $4, deactivated = $5, linked = $6, applied_at = now(), xid = pg_current_xact_id(), digest = ${digest}
     WHERE tenant_id = ${scope.tenant} AND run_id = ${scope.run} AND entity = '${scope.entity.name}' AND first_id = $1
       AND applied_at IS NULL RETURNING digest`,
    [chunk.first, counts.created, counts.updated, counts.reactivated, counts.deactivated, counts.linked],
  );
  return rows[0]?.digest ?? null;
}

/** Whether any chunk of the run is applied, of whatever entity. */
export async function anyApplied(tx: Tx, run: { tenantId: string; runId: string }): Promise<boolean> {
  const { rowCount } = await tx.query(
    'SELECT FROM sync_chunks WHERE tenant_id = $1 AND run_id = $2 AND applied_at IS NOT NULL LIMIT 1',
    [run.tenantId, run.runId],
  );
  return rowCount === 1;
}

export async function countChunks(tx: Tx, phase: Phase): Promise<number> {
  const { rows } = await tx.query<{ chunks: number }>(
    'SELECT count(*)::int AS chunks FROM sync_chunks WHERE tenant_id = $1 AND run_id = $2 AND entity = $3',
    [phase.tenantId, phase.runId, phase.entity],
  );
  return rows[0]!.chunks;
}

export async function sumChunks(tx: Tx, phase: Phase): Promise<ChunkCounts> {
  const { rows } = await tx.query<ChunkCounts>(
    `SELECT coalesce(sum(created), 0)::bigint AS created, coalesce(sum(updated), 0)::bigint AS updated,
       coalesce(sum(reactivated), 0)::bigint AS reactivated, coalesce(sum(deactivated), 0)::bigint AS deactivated,
       coalesce(sum(linked), 0)::bigint AS linked
     FROM sync_chunks WHERE tenant_id = $1 AND run_id = $2 AND entity = $3`,
    [phase.tenantId, phase.runId, phase.entity],
  );
  return rows[0]!;
}
