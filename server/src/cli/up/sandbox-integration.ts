/**
 * The integration of an `up`: one for each pair of students and seed, joined to the sandbox that serves this pair. Its settings
 * are saved anew only when the sandbox's address changed, so that a second start changes nothing.
 */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Fault, matchSettingsSchema } from '@rollcall/core';
import { timebackPresets } from '@rollcall/connectors';
import { secretFile } from '../../config/secret-references.js';
import { fileProblem } from '../../config/setup-problem.js';
import type { Database, Tx } from '../../store/database.js';
import { addIntegration, changeSettings, findIntegration, type Integration } from '../../store/integrations.js';
import { replaceMatchSettings } from '../../store/match-settings.js';

/** What the sandbox accepts unless it is told otherwise; it serves invented people only. */
const sandboxClient = { id: 'sandbox-client', secret: 'sandbox-secret' } as const;
const secretName = 'sandbox-client-secret';

export interface SandboxPair {
  readonly students: number;
  readonly seed: number;
}

export const integrationName = ({ students, seed }: SandboxPair): string => `sandbox-${students}-${seed}`;

/** The port that this pair's sandbox had the last time, or null. */
export async function rememberedPort(db: Database, tenantId: string, pair: SandboxPair): Promise<number | null> {
  const integration = await find(db, tenantId, integrationName(pair));
  const url = URL.parse(String(integration?.settings.baseUrl));
  return url?.port ? Number(url.port) : null;
}

export async function joinSandbox(
  db: Database,
  at: { tenantId: string; dataDir: string; pair: SandboxPair; sandboxUrl: string },
): Promise<Integration> {
  const { tenantId, dataDir, pair, sandboxUrl } = at;
  keepSecret(secretFile(dataDir, secretName));
  const settings = {
    ...timebackPresets.sandbox(sandboxUrl),
    clientId: sandboxClient.id,
    clientSecretRef: `file:${secretName}`,
  };
  const name = integrationName(pair);
  const known = await find(db, tenantId, name);
  return db.withTenant(tenantId, async (tx) => {
    if (!known) return addDistrict(tx, { tenantId, name, kind: 'timeback', settings });
    if (known.settings.baseUrl === sandboxUrl) return known;
    await changeSettings(tx, known, { ...known.settings, baseUrl: settings.baseUrl, tokenUrl: settings.tokenUrl });
    return findIntegration(tx, tenantId, name);
  });
}

/** Invented districts share names and addresses by chance; a pair stands alone, and only its own people come under new ids. */
const matching = {
  rules: {
    orgs: [],
    users: [{ name: 'identifier + name', fields: ['identifier', 'givenName', 'familyName'], score: 90 }],
  },
};

async function addDistrict(tx: Tx, district: Parameters<typeof addIntegration>[1]): Promise<Integration> {
  const added = await addIntegration(tx, district);
  const of = { tenantId: district.tenantId, integrationId: added.id };
  const settings = matchSettingsSchema.parse(matching);
  await replaceMatchSettings(tx, of, { settings, reason: 'an invented district stands alone', by: 'up' });
  return added;
}

async function find(db: Database, tenantId: string, name: string): Promise<Integration | null> {
  try {
    return await db.withTenant(tenantId, (tx) => findIntegration(tx, tenantId, name));
  } catch (error) {
    if (error instanceof Fault && error.code === 'not_found') return null;
    throw error;
  }
}

function keepSecret(file: string): void {
  if (existsSync(file)) return;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, `${sandboxClient.secret}\n`, { mode: 0o600 });
    chmodSync(file, 0o600);
  } catch (error) {
    throw fileProblem(error, 'write', file);
  }
}
