/** Watermarks of integrations, one per entity. They move only with a run that ended well. */
import type { EntityName, Watermark } from '@rollcall/core';
import type { Tx } from './database.js';
import type { SqlScope } from './sql/scope.js';
import { cameAsBefore } from './sql/seen.js';

interface Key {
  readonly tenantId: string;
  readonly integrationId: string;
}

export async function findWatermark(tx: Tx, key: Key, entity: EntityName): Promise<Watermark | null> {
  const { rows } = await tx.query<
    Record<'watermark' | 'providerTime' | 'readInFullAt', Date> &
      Omit<Watermark, 'watermark' | 'providerTime' | 'readInFullAt'>
  >(
    `SELECT watermark, provider_time AS "providerTime", read_in_full_at AS "readInFullAt",
       projection_version AS "projectionVersion", configuration_version AS "configurationVersion"
     FROM sync_watermarks WHERE tenant_id = $1 AND integration_id = $2 AND entity = $3`,
    [key.tenantId, key.integrationId, entity],
  );
  const row = rows[0];
  if (!row) return null;
  const iso = (time: Date) => time.toISOString();
  return {
    ...row,
    watermark: iso(row.watermark),
    providerTime: iso(row.providerTime),
    readInFullAt: iso(row.readInFullAt),
  };
}

export async function saveWatermark(
  tx: Tx,
  key: Key & { runId: string },
  entity: EntityName,
  mark: Watermark,
): Promise<void> {
  await tx.query(
    `INSERT INTO sync_watermarks (tenant_id, integration_id, entity, watermark, provider_time, read_in_full_at,
       projection_version, configuration_version, run_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (tenant_id, integration_id, entity) DO UPDATE SET watermark = excluded.watermark,
       provider_time = excluded.provider_time, read_in_full_at = excluded.read_in_full_at,
       projection_version = excluded.projection_version, configuration_version = excluded.configuration_version,
       run_id = excluded.run_id`,
    [
      key.tenantId,
      key.integrationId,
      entity,
      mark.watermark,
      mark.providerTime,
      mark.readInFullAt,
      mark.projectionVersion,
      mark.configurationVersion,
      key.runId,
    ],
  );
}

export async function forgetWatermark(tx: Tx, key: Key, entity: EntityName): Promise<void> {
  await tx.query('DELETE FROM sync_watermarks WHERE tenant_id = $1 AND integration_id = $2 AND entity = $3', [
    key.tenantId,
    key.integrationId,
    entity,
  ]);
}

/** The newest time stamp of the entity's records, staged or known from before, as ISO 8601; null where none has one. */
export async function newestSeen(tx: Tx, scope: SqlScope): Promise<string | null> {
  const { rows } = await tx.query<{ newest: Date | null }>(
    `SELECT greatest((SELECT max(modified) FROM ${scope.full}), (SELECT max(modified) FROM ${scope.slim}),
       (SELECT max(provider_modified_at) FROM external_system_mappings l WHERE ${scope.inLinks})) AS newest`,
  );
  return rows[0]!.newest?.toISOString() ?? null;
}

/** The oldest time stamp among the staged rows, as ISO 8601; null where none has one. */
export async function oldestStaged(tx: Tx, scope: SqlScope): Promise<string | null> {
  const { rows } = await tx.query<{ oldest: Date | null }>(
    `SELECT least((SELECT min(modified) FROM ${scope.full}), (SELECT min(modified) FROM ${scope.slim}),
       (SELECT min(provider_modified_at) FROM external_system_mappings l WHERE ${scope.inLinks} AND ${cameAsBefore(scope)})) AS oldest`,
  );
  return rows[0]!.oldest?.toISOString() ?? null;
}
