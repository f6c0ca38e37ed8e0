/** How an integration's new records find ours: what a person set, with reason and name, or the defaults. */
import { defaultMatchSettings, matchSettingsSchema, type MatchSettings } from '@rollcall/core';
import type { Tx } from './database.js';

interface Of {
  readonly tenantId: string;
  readonly integrationId: string;
}

export interface StoredMatchSettings {
  readonly settings: MatchSettings;
  /** Null where nobody has set anything. */
  readonly set: { readonly by: string; readonly at: Date; readonly reason: string } | null;
}

export async function findMatchSettings(tx: Tx, of: Of): Promise<StoredMatchSettings> {
  const { rows } = await tx.query<{ settings: unknown; by: string; at: Date; reason: string }>(
    `SELECT settings, created_by AS by, created_at AS at, reason FROM match_settings
     WHERE tenant_id = $1 AND integration_id = $2 AND removed_at IS NULL`,
    [of.tenantId, of.integrationId],
  );
  if (!rows[0]) return { settings: defaultMatchSettings, set: null };
  const { settings, ...set } = rows[0];
  return { settings: matchSettingsSchema.parse(settings), set };
}

/** Takes the place of what held before; null goes back to the defaults. */
export async function replaceMatchSettings(
  tx: Tx,
  of: Of,
  wanted: { settings: MatchSettings | null; reason: string; by: string },
): Promise<void> {
  await tx.query('SELECT FROM integrations WHERE tenant_id = $1 AND id = $2 FOR UPDATE', [
    of.tenantId,
    of.integrationId,
  ]);
  await tx.query(
    'UPDATE match_settings SET removed_at = now() WHERE tenant_id = $1 AND integration_id = $2 AND removed_at IS NULL',
    [of.tenantId, of.integrationId],
  );
  if (wanted.settings === null) return;
  await tx.query(
    'INSERT INTO match_settings (tenant_id, integration_id, settings, reason, created_by) VALUES ($1, $2, $3, $4, $5)',
    [of.tenantId, of.integrationId, wanted.settings, wanted.reason, wanted.by],
  );
}
