/** Checks the links of a tenant, or of one integration, against integrations and records, and mends what it finds if it is asked to. */
import { writeAudit } from '../store/audit.js';
import type { Database } from '../store/database.js';
import { listIntegrations } from '../store/integrations.js';
import { findFaults, mendFaults, type Finding, type FindingKind } from '../store/mappings/integrity.js';
import { takeMappingTurn } from '../store/mappings/mapping-turn.js';
import type { EntityName } from '@rollcall/core';
import type { By } from './by.js';

export interface MappingCheck {
  readonly faults: number;
  readonly counts: readonly { readonly kind: FindingKind; readonly entity: EntityName; readonly count: number }[];
  /** The first of them, a thousand at most. */
  readonly items: readonly Finding[];
  readonly mended: number;
}

const mostItems = 1_000;

/** Without `repair` nothing is changed. Throws Fault busy when a run stands in the way of a repair. */
export async function checkMappings(
  db: Database,
  of: { readonly tenantId: string; readonly integrationId: string | null },
  repair: By | null,
): Promise<MappingCheck> {
  const { tenantId, integrationId } = of;
  return db.withTenant(tenantId, async (tx) => {
    if (repair)
      for (const { id } of (await listIntegrations(tx, tenantId)).toSorted((a, b) => (a.id < b.id ? -1 : 1)))
        if (integrationId === null || integrationId === id)
          await takeMappingTurn(tx, { tenantId, integrationId: id }, 'all');
    const { counts, first } = await findFaults(tx, of, mostItems);
    const faults = counts.reduce((sum, { count }) => sum + count, 0);
    const mended = repair && faults > 0 ? await mendFaults(tx, tenantId) : 0;
    if (repair && mended > 0) {
      const details = { counts, mended, reason: repair.reason };
      const by = { actor: repair.actor, ...(integrationId ? { integrationId } : {}) };
      await writeAudit(tx, { tenantId, ...by, action: 'mappings.mended', details });
    }
    return { faults, counts, items: first, mended };
  });
}
