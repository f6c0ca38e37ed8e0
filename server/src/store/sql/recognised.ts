/**
 * Rows that came byte for byte as before: their digest leads to the link, and the link to key and checksum. From then on they are
 * slim rows like those that were parsed and found unchanged.
 */
import type { Tx } from '../database.js';
import type { SqlScope } from './scope.js';

/** How many of the recognised rows no longer lead to a link. None, unless another change came between; then read again. */
export async function expandRecognised(tx: Tx, scope: SqlScope, expected: number): Promise<number> {
  if (expected === 0) return 0;
  const { rowCount } = await tx.query(
    `INSERT INTO ${scope.slim} (n, page, external_id, checksum, modified, raw)
     SELECT s.n, s.page, l.external_id, l.base_checksum, l.provider_modified_at, s.raw
     FROM ${scope.same} s JOIN external_system_mappings l ON ${scope.inLinks} AND l.raw_digest = s.raw
       AND l.base_checksum IS NOT NULL AND l.state <> 'unlinked'`,
  );
  return expected - (rowCount ?? 0);
}

/** Records that are unchanged but came in other bytes are recognised by these next time. */
export async function rememberBytes(tx: Tx, scope: SqlScope): Promise<void> {
  await tx.query(
    `UPDATE external_system_mappings l SET raw_digest = s.raw FROM ${scope.slim} s
     WHERE ${scope.inLinks} AND l.external_id = s.external_id AND s.raw IS NOT NULL AND l.raw_digest IS DISTINCT FROM s.raw
       AND l.base_checksum = s.checksum`,
  );
}
