/** Twins within one feed: the newest stays, the others leave the stage and are counted; twins that differ are counted apart. */
import type { Tx } from '../database.js';
import type { SqlScope } from './scope.js';

export interface Duplicates {
  readonly removed: number;
  readonly differing: number;
  /** Distinct readable keys. */
  readonly keys: number;
}

/** A valid row wins over a rejected one of the same key, then the newest, then one that differs from what we have, then the first. */
export async function removeDuplicates(tx: Tx, scope: SqlScope): Promise<Duplicates> {
  const all = `SELECT external_id, n, 'full' AS part, modified, checksum::text AS sum FROM ${scope.full}
    UNION ALL SELECT external_id, n, 'slim', modified, checksum::text FROM ${scope.slim}
    UNION ALL SELECT external_id, n, 'rejects', NULL, 'rejected' FROM ${scope.rejects} WHERE external_id IS NOT NULL`;
  const keysOnly = `SELECT external_id FROM ${scope.full} UNION ALL SELECT external_id FROM ${scope.slim}
    UNION ALL SELECT external_id FROM ${scope.rejects} WHERE external_id IS NOT NULL`;
  const { rows } = await tx.query<{ rows: number; keys: number }>(
    `SELECT coalesce(sum(times), 0)::bigint AS rows, count(*) AS keys FROM (SELECT count(*) AS times FROM (${keysOnly}) a GROUP BY external_id) g`,
  );
  const { rows: total, keys } = rows[0]!;
  if (total === keys) return { removed: 0, differing: 0, keys };
  const { rows: losers } = await tx.query<{ n: number; part: string; differs: boolean }>(
    `SELECT n, part, differs FROM (
       SELECT a.*, row_number() OVER w AS place, sum <> first_value(sum) OVER w AS differs FROM (${all}) a
       WHERE external_id IN (SELECT external_id FROM (${keysOnly}) k GROUP BY 1 HAVING count(*) > 1)
       WINDOW w AS (PARTITION BY external_id ORDER BY part = 'rejects', modified DESC NULLS LAST, part = 'slim', n)) ranked
     WHERE place > 1`,
  );
  for (const part of ['full', 'slim', 'rejects'] as const)
    await tx.query(`DELETE FROM ${scope[part]} WHERE n = ANY ($1) AND external_id IS NOT NULL`, [
      losers.filter((row) => row.part === part).map((row) => row.n),
    ]);
  return { removed: losers.length, differing: losers.filter((row) => row.differs).length, keys };
}

/** How many staged rows there are of each kind now; recognised rows count as slim ones. */
export async function countStaged(tx: Tx, scope: SqlScope): Promise<{ full: number; slim: number; rejects: number }> {
  const { rows } = await tx.query<{ full: number; slim: number; rejects: number }>(
    `SELECT (SELECT count(*) FROM ${scope.full}) AS full, (SELECT count(*) FROM ${scope.slim}) + (SELECT count(*) FROM ${scope.same}) AS slim,
       (SELECT count(*) FROM ${scope.rejects}) AS rejects`,
  );
  return rows[0]!;
}

/** Slim rows that no longer equal the base they were compared with: another change came between. They must be read again whole. */
export async function staleSlimRows(tx: Tx, scope: SqlScope): Promise<string[]> {
  const { rows } = await tx.query<{ external_id: string }>(
    `SELECT s.external_id FROM ${scope.slim} s WHERE NOT EXISTS (SELECT FROM external_system_mappings l
       WHERE ${scope.inLinks} AND l.external_id = s.external_id AND l.base_checksum = s.checksum AND l.state <> 'unlinked')`,
  );
  return rows.map((row) => row.external_id);
}

/** Takes slim rows out, so that the whole record can take their place. */
export async function removeSlim(
  tx: Tx,
  scope: SqlScope,
  externalId: string,
): Promise<{ n: number; page: number } | null> {
  const { rows } = await tx.query<{ n: number; page: number }>(
    `DELETE FROM ${scope.slim} WHERE external_id = $1 RETURNING n, page`,
    [externalId],
  );
  return rows[0] ?? null;
}
