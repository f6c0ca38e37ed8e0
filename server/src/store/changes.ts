/**
 * The plan of a run row by row, as people read it: what is, was or was not done to which record, and why. A person's values are
 * given only to those who ask for them.
 */
import { entityNames, Fault, type EntityName, type PlannedOperation } from '@rollcall/core';
import type { Tx } from './database.js';

/** `planned` is still to be applied; `applied` is. The others say what kept the row from it. */
export const changeStates = [
  ...(['planned', 'applied', 'held', 'blocked', 'stale', 'conflict'] as const),
  ...(['released', 'declined', 'undone'] as const),
] as const;
export type ChangeState = (typeof changeStates)[number];

export interface RunChange {
  readonly entity: EntityName;
  readonly localId: string;
  readonly externalId: string;
  readonly operation: PlannedOperation;
  readonly state: ChangeState;
  /** Whether the row comes from the record's absence. */
  readonly absent: boolean;
  readonly holdId: string | null;
  readonly reason: string | null;
  /** The id under which a record that was joined was known before; null but for a link. */
  readonly formerly: string | null;
  /** The names of the fields that differ. A new record has none here. */
  readonly fields: readonly string[];
  /** The differing fields as they were and as they are to be; null unless asked for, and where the plan keeps none. */
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

export interface ChangeFilter {
  readonly entity?: EntityName;
  readonly state?: ChangeState;
  readonly operation?: PlannedOperation;
}

export interface ChangePage {
  readonly changes: readonly RunChange[];
  /** Hand it back as `after` for the next page; null on the last one. */
  readonly next: string | null;
}

interface RunKey {
  readonly tenantId: string;
  readonly runId: string;
}

/** True for a row c of a plan that stands in a chunk that was applied. */
const inAppliedChunk = `EXISTS (SELECT FROM sync_chunks k WHERE k.tenant_id = c.tenant_id AND k.run_id = c.run_id
  AND k.entity = c.entity AND c.local_id BETWEEN k.first_id AND k.last_id AND k.applied_at IS NOT NULL)`;

/** In the order of the plan's key, so that a page is found as fast at the end of a million rows as at their beginning. */
export async function listChanges(
  tx: Tx,
  run: RunKey,
  filter: ChangeFilter,
  page: { limit: number; after?: string; values?: boolean },
): Promise<ChangePage> {
  const after = page.after === undefined ? null : readCursor(page.after);
  const { rows } = await tx.query<RunChange>(
    `SELECT c.entity, c.local_id AS "localId", c.external_id AS "externalId", c.operation, c.state, c.absent,
       c.hold_id AS "holdId", c.reason, c.former_id AS formerly, CASE WHEN $8 THEN c.before END AS before, CASE WHEN $8 THEN c.after END AS after,
       ARRAY(SELECT k FROM jsonb_object_keys(coalesce(c.after, c.before, '{}')) k ORDER BY k) AS fields
     FROM (SELECT c.tenant_id, c.run_id, c.entity, c.local_id, c.external_id, c.operation, c.absent, c.hold_id, c.reason, c.former_id, c.before,
         c.after, coalesce(c.state, CASE WHEN ${inAppliedChunk} THEN 'applied' ELSE 'planned' END) AS state FROM sync_changes c) c
     WHERE c.tenant_id = $1 AND c.run_id = $2 AND ($3::text IS NULL OR c.entity = $3) AND ($4::text IS NULL OR c.state = $4)
       AND ($5::text IS NULL OR c.operation = $5) AND ($6::text IS NULL OR (c.entity, c.local_id) > ($6, $7::uuid))
     ORDER BY c.entity, c.local_id LIMIT $9`,
    [
      ...[run.tenantId, run.runId, filter.entity ?? null, filter.state ?? null, filter.operation ?? null],
      ...[after?.entity ?? null, after?.localId ?? null, page.values ?? false, page.limit + 1],
    ],
  );
  const changes = rows.slice(0, page.limit);
  const last = changes.at(-1);
  return { changes, next: rows.length > page.limit ? `${last!.entity}:${last!.localId}` : null };
}

/** How many rows a run applied, of those selected or of all. */
export async function countApplied(tx: Tx, run: RunKey, selection: readonly string[] | null): Promise<number> {
  const { rows } = await tx.query<{ count: number }>(
    selection === null
      ? `SELECT coalesce(sum(created + updated + reactivated + deactivated + linked), 0)::bigint AS count FROM sync_chunks
         WHERE tenant_id = $1 AND run_id = $2`
      : `SELECT count(*) FROM sync_changes c WHERE c.tenant_id = $1 AND c.run_id = $2 AND c.state IS NULL
           AND c.local_id = ANY ($3) AND ${inAppliedChunk}`,
    [run.tenantId, run.runId, ...(selection === null ? [] : [selection])],
  );
  return rows[0]!.count;
}

function readCursor(text: string): { entity: string; localId: string } {
  const [entity = '', localId = ''] = text.split(':');
  const known = entityNames.some((name) => name === entity);
  if (!known || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(localId))
    throw new Fault('invalid_input', 'The page before did not end there: hand back what it named as the next.');
  return { entity, localId };
}
