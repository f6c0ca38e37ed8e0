/** The runs of a tenant that are neither over nor waiting for a person. */
import type { Ask } from './hub-snapshot.js';

export async function openRuns(ask: Ask, tenantId: string): Promise<readonly string[]> {
  const rows = await ask<{ id: string }>(
    `SELECT id FROM runs WHERE tenant_id = $1 AND finished_at IS NULL AND state <> 'needs_attention' ORDER BY id`,
    [tenantId],
  );
  return rows.map(({ id }) => id);
}
