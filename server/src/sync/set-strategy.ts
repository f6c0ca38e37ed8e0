/** Sets how an integration is read when nobody says otherwise. A new version of its configuration; what is read stays the same. */
import { Fault, strategies, type SyncStrategy } from '@rollcall/core';
import { writeAudit } from '../store/audit.js';
import type { Database } from '../store/database.js';
import { changeTerms } from '../store/integration-strategy.js';
import { findIntegration, type Integration } from '../store/integrations.js';

const hour = 3_600;
const leastSeconds = hour;
const mostSeconds = 30 * 24 * hour;

/** Throws Fault invalid_input or not_found. The same terms again change nothing. */
export async function setStrategy(
  db: Database,
  wanted: {
    tenantId: string;
    /** Name or id. */
    integration: string;
    strategy: SyncStrategy;
    /** Null for the usual time, undefined for what it was. */
    fullEverySeconds?: number | null | undefined;
    actor: string;
  },
): Promise<Integration> {
  const { tenantId, strategy, actor } = wanted;
  if (!strategies.includes(strategy))
    throw new Fault('invalid_input', `There is no such strategy; there are ${strategies.join(', ')}.`);
  return db.withTenant(tenantId, async (tx) => {
    const { id } = await findIntegration(tx, tenantId, wanted.integration);
    // Versions follow each other: two changes at once must not make the same one.
    await tx.query('SELECT FROM integrations WHERE tenant_id = $1 AND id = $2 FOR UPDATE', [tenantId, id]);
    const integration = await findIntegration(tx, tenantId, id);
    const { fullEverySeconds = integration.fullEverySeconds } = wanted;
    if (!isAllowed(fullEverySeconds))
      throw new Fault('invalid_input', 'The time between full reads must be whole seconds, from one hour to 30 days.');
    if (strategy === integration.strategy && fullEverySeconds === integration.fullEverySeconds) return integration;
    await changeTerms(tx, integration, { strategy, fullEverySeconds });
    const details = { strategy, fullEverySeconds, before: integration.strategy };
    await writeAudit(tx, { tenantId, integrationId: id, action: 'integration.strategy-set', actor, details });
    return findIntegration(tx, tenantId, id);
  });
}

const isAllowed = (seconds: number | null): boolean =>
  seconds === null || (Number.isInteger(seconds) && seconds >= leastSeconds && seconds <= mostSeconds);
