/**
 * Rows that came byte for byte as before: their digest leads to the link, and the link to key and checksum. Most of a re-sync is
 * such rows, so they are judged by their digests alone; only where twins are among them are they spelt out as slim rows.
 */
import type { Tx } from '../database.js';
import { preferHashJoins, type SqlScope } from './scope.js';

const base = `l.base_checksum IS NOT NULL AND l.state <> 'unlinked'`;

export type Recognised =
  /** Each leads to a link of its own, and no other staged row has its key. */
  | { readonly sound: true; readonly rows: number }
  /** There are twins: spell them out and let the newest win. */
  | { readonly sound: false; readonly twins: true }
  /** Some lead to no link any more: another change came between, and the collection has to be read again. */
  | { readonly sound: false; readonly twins: false };

/** `parsed` counts the rows that were not recognised. */
export async function examineRecognised(tx: Tx, scope: SqlScope, parsed: number): Promise<Recognised> {
  await preferHashJoins(tx);
  const { rows } = await tx.query<{ rows: number; digests: number; links: number }>(
    `SELECT count(*) AS rows, count(DISTINCT raw) AS digests, (SELECT count(*) FROM external_system_mappings l
       WHERE ${scope.inLinks} AND ${base} AND l.raw_digest IN (SELECT raw FROM ${scope.same})) AS links FROM ${scope.same}`,
  );
  const found = rows[0]!;
  if (found.links !== found.digests) return { sound: false, twins: false };
  await preferHashJoins(tx, parsed);
  const { rows: twin } = await tx.query<{ any: boolean }>(
    `SELECT EXISTS (SELECT FROM (SELECT external_id FROM ${scope.full} UNION ALL SELECT external_id FROM ${scope.slim}
         UNION ALL SELECT external_id FROM ${scope.rejects}) k
       JOIN external_system_mappings l ON ${scope.inLinks} AND l.external_id = k.external_id
       JOIN ${scope.same} s ON s.raw = l.raw_digest) AS any`,
  );
  if (found.rows !== found.digests || twin[0]!.any) return { sound: false, twins: true };
  return { sound: true, rows: found.rows };
}

/** Spells recognised rows out as slim rows. */
export async function spellOut(tx: Tx, scope: SqlScope): Promise<void> {
  await tx.query(
    `INSERT INTO ${scope.slim} (n, page, external_id, checksum, modified, raw)
     SELECT s.n, s.page, l.external_id, l.base_checksum, l.provider_modified_at, s.raw
     FROM ${scope.same} s JOIN external_system_mappings l ON ${scope.inLinks} AND l.raw_digest = s.raw AND ${base}`,
  );
  await tx.query(`DELETE FROM ${scope.same}`);
}

/** Records that are unchanged but came in other bytes are recognised by these next time. */
export async function rememberBytes(tx: Tx, scope: SqlScope): Promise<void> {
  await tx.query(
    `UPDATE external_system_mappings l SET raw_digest = s.raw FROM ${scope.slim} s
     WHERE ${scope.inLinks} AND l.external_id = s.external_id AND s.raw IS NOT NULL AND l.raw_digest IS DISTINCT FROM s.raw
       AND l.base_checksum = s.checksum`,
  );
}
