/** Drops the stages of cancelled runs, which nobody else looks at any more; one that an open hold refers to stays. */
import type { Database } from '../store/database.js';
import { listHolds } from '../store/holds.js';
import { closeStage } from '../store/stage.js';
import { cancelledStages } from '../store/stage-leftovers.js';

/** For workers: they own the stages. Returns how many runs' stages went. */
export async function tidyStages(db: Database): Promise<number> {
  let dropped = 0;
  for (const { tenantId, runId, integrationId } of await cancelledStages(db))
    await db.withTenant(tenantId, async (tx) => {
      const open = await listHolds(tx, tenantId, { integrationId, state: 'open' });
      if (open.some((hold) => hold.lastRunId === runId)) return;
      await closeStage(tx, runId);
      dropped += 1;
    });
  return dropped;
}
