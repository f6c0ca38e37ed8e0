/** Merges of two of our records as rows: what moved from the loser to the winner, kept so exactly that it can be moved back. */
import { Fault, type EntityName } from '@rollcall/core';
import type { Tx } from '../database.js';
import type { LinkState } from './link.js';

export interface MovedLink {
  readonly integrationId: string;
  readonly externalId: string;
  readonly state: LinkState;
  readonly stateAfter: LinkState;
  readonly versionAfter: number;
  /** What its source said of the loser otherwise than the hub; null or left out where it said the same. */
  readonly baseDiff?: Readonly<Record<string, unknown>> | null;
}

export interface MovedReferences {
  readonly table: string;
  readonly column: string;
  /** Values of the column, which is a list for some. */
  readonly rows: readonly { readonly id: string; readonly before: unknown; readonly after: unknown }[];
}

export interface Merge {
  readonly id: string;
  readonly entity: EntityName;
  readonly winnerId: string;
  readonly loserId: string;
  readonly loserWasActive: boolean;
  readonly links: readonly MovedLink[];
  readonly refs: readonly MovedReferences[];
  readonly actor: string;
  readonly reason: string;
  readonly mergedAt: Date;
  readonly undoneAt: Date | null;
}

const columns = `id, entity, winner_id AS "winnerId", loser_id AS "loserId", loser_was_active AS "loserWasActive", links, refs, actor, reason,
  merged_at AS "mergedAt", undone_at AS "undoneAt"`;

export async function insertMerge(
  tx: Tx,
  tenantId: string,
  merge: Omit<Merge, 'id' | 'mergedAt' | 'undoneAt'>,
): Promise<string> {
  const { entity, winnerId, loserId, loserWasActive, links, refs, actor, reason } = merge;
  const { rows } = await tx.query<{ id: string }>(
    `INSERT INTO record_merges (tenant_id, entity, winner_id, loser_id, loser_was_active, links, refs, actor, reason)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
    [
      ...[tenantId, entity, winnerId, loserId, loserWasActive],
      ...[JSON.stringify(links), JSON.stringify(refs), actor, reason],
    ],
  );
  return rows[0]!.id;
}

/** Locked until the transaction ends. Throws Fault not_found. */
export async function lockMerge(tx: Tx, tenantId: string, id: string): Promise<Merge> {
  const { rows } = await tx.query<Merge>(
    `SELECT ${columns} FROM record_merges WHERE tenant_id = $1 AND id = $2 FOR UPDATE`,
    [tenantId, id],
  );
  if (!rows[0]) throw new Fault('not_found', 'There is no such merge.');
  return rows[0];
}

/** Merges in force that one of the records has a part in. */
export async function mergesOf(tx: Tx, tenantId: string, entity: EntityName, ids: readonly string[]): Promise<Merge[]> {
  const { rows } = await tx.query<Merge>(
    `SELECT ${columns} FROM record_merges WHERE tenant_id = $1 AND entity = $2 AND undone_at IS NULL
       AND (winner_id = ANY ($3::uuid[]) OR loser_id = ANY ($3::uuid[])) ORDER BY id`,
    [tenantId, entity, ids],
  );
  return rows;
}

export async function markUndone(
  tx: Tx,
  tenantId: string,
  id: string,
  by: { actor: string; reason: string },
): Promise<void> {
  await tx.query(
    `UPDATE record_merges SET undone_at = now(), undone_by = $3, undone_reason = $4,
       links = coalesce((SELECT jsonb_agg(l - 'baseDiff') FROM jsonb_array_elements(links) l), '[]') WHERE tenant_id = $1 AND id = $2`,
    [tenantId, id, by.actor, by.reason],
  );
}
