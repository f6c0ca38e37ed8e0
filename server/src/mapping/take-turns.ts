/** The turns of a change to links of some records: of every integration that has one of them, so that none of their runs is under way. */
import type { EntityName } from '@rollcall/core';
import type { Tx } from '../store/database.js';
import { takeMappingTurn } from '../store/mappings/mapping-turn.js';
import { integrationsOf } from '../store/mappings/move-record.js';

/** In one order, lest two changes wait for each other. `besides` is an integration that is to have one. Throws Fault busy. */
export async function takeTurns(
  tx: Tx,
  of: { readonly tenantId: string; readonly entity: EntityName },
  localIds: readonly string[],
  besides: readonly string[] = [],
): Promise<void> {
  const integrations = new Set([...(await integrationsOf(tx, of, localIds)), ...besides]);
  for (const integrationId of [...integrations].toSorted())
    await takeMappingTurn(tx, { tenantId: of.tenantId, integrationId }, localIds);
}
