/** Pages: what has been read of a collection, each record committed with the rows it stands for. They are a run's progress. */
import type { EntityName } from '@rollcall/core';
import type { Tx } from './database.js';

export interface PageRecord {
  readonly offset: number;
  readonly rowCount: number;
  readonly fullRows: number;
  readonly slimRows: number;
  readonly sameRows: number;
  readonly rejectedRows: number;
  readonly keylessRows: number;
  readonly bodyDigest: string;
  /** Of the keys in their order: a page given twice has the same, whatever else its envelope says. */
  readonly keysDigest: string;
  readonly attempt: number;
}

interface Phase {
  readonly tenantId: string;
  readonly runId: string;
  readonly entity: EntityName;
}

export async function recordPage(tx: Tx, phase: Phase, page: PageRecord): Promise<void> {
  await tx.query(
    `INSERT INTO sync_pages (tenant_id, run_id, entity, page_offset, row_count, full_rows, slim_rows, rejected_rows,
       keyless_rows, body_digest, keys_digest, attempt, same_rows) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      phase.tenantId,
      phase.runId,
      phase.entity,
      page.offset,
      page.rowCount,
      page.fullRows,
      page.slimRows,
      page.rejectedRows,
      page.keylessRows,
      page.bodyDigest,
      page.keysDigest,
      page.attempt,
      page.sameRows,
    ],
  );
}

export async function listPages(tx: Tx, phase: Phase): Promise<PageRecord[]> {
  const { rows } = await tx.query<PageRecord>(
    `SELECT page_offset AS "offset", row_count AS "rowCount", full_rows AS "fullRows", slim_rows AS "slimRows", same_rows AS "sameRows",
       rejected_rows AS "rejectedRows", keyless_rows AS "keylessRows", body_digest AS "bodyDigest", keys_digest AS "keysDigest", attempt
     FROM sync_pages WHERE tenant_id = $1 AND run_id = $2 AND entity = $3 ORDER BY page_offset`,
    [phase.tenantId, phase.runId, phase.entity],
  );
  return rows;
}

export async function forgetPages(tx: Tx, phase: Phase): Promise<void> {
  await tx.query('DELETE FROM sync_pages WHERE tenant_id = $1 AND run_id = $2 AND entity = $3', [
    phase.tenantId,
    phase.runId,
    phase.entity,
  ]);
}
