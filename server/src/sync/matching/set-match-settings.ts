/** Sets how an integration's new records find ours, or goes back to the defaults. What makes no sense is refused in one sentence. */
import { Fault, matchSettingsSchema, type MatchSettings } from '@rollcall/core';
import { writeAudit } from '../../store/audit.js';
import type { Database } from '../../store/database.js';
import { findIntegration } from '../../store/integrations.js';
import { findMatchSettings, replaceMatchSettings, type StoredMatchSettings } from '../../store/match-settings.js';

interface Of {
  readonly tenantId: string;
  /** Name or id. */
  readonly integration: string;
}

export async function showMatchSettings(db: Database, of: Of): Promise<StoredMatchSettings> {
  return db.withTenant(of.tenantId, async (tx) => {
    const { id: integrationId } = await findIntegration(tx, of.tenantId, of.integration);
    return findMatchSettings(tx, { tenantId: of.tenantId, integrationId });
  });
}

/** They hold from the next plan on; null goes back to the defaults. Throws Fault invalid_input or not_found. */
export async function setMatchSettings(
  db: Database,
  wanted: Of & { settings: unknown; reason: string; actor: string },
): Promise<StoredMatchSettings> {
  const { tenantId, actor: by } = wanted;
  const reason = wanted.reason.trim();
  if (reason === '') throw new Fault('invalid_input', 'Changing how records are matched needs a reason.');
  const settings = wanted.settings === null ? null : checked(wanted.settings);
  return db.withTenant(tenantId, async (tx) => {
    const { id: integrationId } = await findIntegration(tx, tenantId, wanted.integration);
    await replaceMatchSettings(tx, { tenantId, integrationId }, { settings, reason, by });
    const details = { settings, reason };
    await writeAudit(tx, { tenantId, integrationId, action: 'matching.set', actor: by, details });
    return findMatchSettings(tx, { tenantId, integrationId });
  });
}

function checked(wanted: unknown): MatchSettings {
  const read = matchSettingsSchema.safeParse(wanted);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = issue!.path.length > 0 ? `${issue!.path.join('.')}: ` : '';
  throw new Fault('invalid_input', `The settings for matching are not valid: ${where}${issue!.message}.`);
}
