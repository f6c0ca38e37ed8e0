/** Orders that all processes forget answers of an integration's source: all, or those of one endpoint. They do within seconds. */
import { Fault } from '@rollcall/core';
import { writeAudit } from '../store/audit.js';
import type { Database } from '../store/database.js';
import { findIntegration } from '../store/integrations.js';
import { orderCacheCleared } from '../store/source-caches.js';

const form = /^[a-z][A-Za-z]{0,63}$/;

/** `endpoint` is the first word of its name, for example `orgs`; null for all. Throws Fault invalid_input or not_found. */
export async function clearCache(
  db: Database,
  wanted: { tenantId: string; integration: string; endpoint: string | null; actor: string },
): Promise<void> {
  const { tenantId, endpoint, actor } = wanted;
  if (endpoint !== null && !form.test(endpoint))
    throw new Fault('invalid_input', 'An endpoint is one word, for example orgs.');
  await db.withTenant(tenantId, async (tx) => {
    const { id: integrationId } = await findIntegration(tx, tenantId, wanted.integration);
    await orderCacheCleared(tx, { tenantId, integrationId }, endpoint ?? '', actor);
    await writeAudit(tx, { tenantId, integrationId, action: 'cache.cleared', actor, details: { endpoint } });
  });
}
