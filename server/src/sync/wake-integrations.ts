/**
 * Asks for the runs that nobody asks for: of integrations with marked records, and of real-time ones that have to be read in full
 * again. What has to happen next is returned: the caller rings for the runs.
 */
import { Fault } from '@rollcall/core';
import type { Database } from '../store/database.js';
import { waitingMarks } from '../store/dirty-records.js';
import { idleIntegrations, type IdleIntegration } from '../store/idle-integrations.js';
import { findIntegration } from '../store/integrations.js';
import { isIdle } from './make-way.js';
import { modeForMarks } from './request-records.js';
import { requestRunWithin } from './request-run.js';
import { defaultPolicy } from './run-context.js';

type RunKey = { tenantId: string; runId: string };

/** `only` limits it to one integration. */
export async function wakeIntegrations(
  db: Database,
  only: { tenantId: string; integrationId: string } | null = null,
): Promise<RunKey[]> {
  const asked: RunKey[] = [];
  for (const idle of await idleIntegrations(db, defaultPolicy.fullEveryMs / 1000, only)) {
    const runId = await wake(db, idle);
    if (runId !== null) asked.push({ tenantId: idle.tenantId, runId });
  }
  return asked;
}

/** Null when it is not idle any more. */
async function wake(db: Database, { tenantId, integrationId, marked }: IdleIntegration): Promise<string | null> {
  try {
    return await db.withTenant(tenantId, async (tx) => {
      const integration = await findIntegration(tx, tenantId, integrationId);
      if (!(await isIdle(tx, tenantId, integrationId))) return null;
      const marks = marked ? await waitingMarks(tx, { tenantId, integrationId }) : null;
      if (marked && marks === null) return null;
      const wanted = { tenantId, integration: integrationId, actor: 'system', trigger: marks?.trigger ?? 'schedule' };
      const mode = marks === null ? 'incremental' : await modeForMarks(tx, integration);
      return (await requestRunWithin(tx, { ...wanted, mode })).runId;
    });
  } catch (error) {
    if (error instanceof Fault && error.code === 'integration_paused') return null;
    throw error;
  }
}
