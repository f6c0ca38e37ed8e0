/** Whether there is anything that a new record could be: four looks into indexes, so that a first load pays nothing for matching. */
import type { Tx } from '../../database.js';
import type { SqlScope } from '../scope.js';

export interface Places {
  /** The integration has links of this entity. */
  readonly known: boolean;
  readonly tombstones: boolean;
  /** Another integration has links of this entity. */
  readonly others: boolean;
  /** The feed ends records that we know. */
  readonly ended: boolean;
}

export async function whereToLook(tx: Tx, scope: SqlScope): Promise<Places> {
  const { tenant, integration, entity } = scope;
  const { rows } = await tx.query<Omit<Places, 'ended'>>(
    `SELECT EXISTS (SELECT FROM external_system_mappings l WHERE ${scope.inLinks}) AS known,
       EXISTS (SELECT FROM tombstones t WHERE t.tenant_id = ${tenant} AND t.integration_id = ${integration}
         AND t.entity = '${entity.name}') AS tombstones,
       EXISTS (SELECT FROM integrations i WHERE i.tenant_id = ${tenant} AND i.id <> ${integration}
         AND EXISTS (SELECT FROM external_system_mappings o WHERE o.tenant_id = i.tenant_id AND o.integration_id = i.id
           AND o.entity = '${entity.name}')) AS others`,
  );
  const found = rows[0]!;
  if (!found.known) return { ...found, ended: false };
  const { rows: ends } = await tx.query<{ any: boolean }>(
    `SELECT EXISTS (SELECT FROM ${scope.full} s JOIN external_system_mappings l ON ${scope.inLinks}
       AND l.external_id = s.external_id AND l.state IN ('active', 'missing') WHERE s.ended) AS any`,
  );
  return { ...found, ended: ends[0]!.any };
}
