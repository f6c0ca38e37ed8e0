/** Begins a page's transaction with its page record and its audit row; the rows follow, then the caller commits. */
import type { PoolClient } from 'pg';
import type { Page } from '../feed/feed.js';

export async function recordPage(
  client: PoolClient,
  page: Page,
  run: string,
  full: number,
  slim: number,
): Promise<void> {
  const { collection, offset, rows, digest } = page;
  await client.query(`BEGIN;
    INSERT INTO sync_pages (run_id, entity, page_offset, row_count, full_rows, slim_rows, rejected_rows, keyless_rows, body_digest, attempt)
    VALUES ('${run}', '${collection.name}', ${offset}, ${rows.length}, ${full}, ${slim}, 0, 0, '${digest}', 1);
    INSERT INTO integration_audit_logs (run_id, entity, action, actor, details)
    VALUES ('${run}', '${collection.name}', 'page.written', 'bench', '{"full":${full},"slim":${slim}}')`);
}
