/**
 * Changes the settings of an integration: checked first, stored as a new version, taken up by what begins from then on. Secrets are only
 * ever references, and a secret goes to no address that it was not given for. A dry run says what would change and changes nothing.
 */
import type { ProviderFactory } from '@rollcall/connectors';
import { Fault } from '@rollcall/core';
import { writeAudit } from '../store/audit.js';
import type { Database } from '../store/database.js';
import { mannerOfAsking } from '../store/integration-strategy.js';
import { changeSettings, findIntegration, type Integration } from '../store/integrations.js';

type Settings = Readonly<Record<string, unknown>>;

export interface Configured {
  readonly integration: Integration;
  /** Names of settings. */
  readonly changed: readonly string[];
  /** False where another roster may be read now: the next run is full, and removes nothing without a person's word. */
  readonly readsTheSame: boolean;
}

export interface WantedConfiguration {
  readonly tenantId: string;
  /** Name or id. */
  readonly integration: string;
  /** By name; null takes a setting away. */
  readonly changes: Settings;
  readonly actor: string;
  readonly dryRun?: boolean;
}

/** Throws Fault invalid_input, invalid_configuration or not_found; the settings stay as they were then. */
export async function configureIntegration(
  db: Database,
  factory: Pick<ProviderFactory, 'configuration' | 'secretFields'>,
  { tenantId, integration: key, changes, actor, dryRun = false }: WantedConfiguration,
): Promise<Configured> {
  return db.withTenant(tenantId, async (tx) => {
    const { id } = await findIntegration(tx, tenantId, key);
    // Versions follow each other: two changes at once must not make the same one.
    await tx.query('SELECT FROM integrations WHERE tenant_id = $1 AND id = $2 FOR UPDATE', [tenantId, id]);
    const integration = await findIntegration(tx, tenantId, id);
    const settings = Object.fromEntries(
      Object.entries({ ...integration.settings, ...changes }).filter(([, value]) => value !== null),
    );
    refuseOpenSecrets(factory.secretFields(integration.kind), settings);
    factory.configuration(integration.kind, settings);
    refuseMovedSecret(integration.settings, settings, changes);
    const changed = Object.keys({ ...integration.settings, ...settings })
      .filter((name) => text(integration.settings[name]) !== text(settings[name]))
      .toSorted();
    const readsTheSame = changed.every((name) => mannerOfAsking.includes(name));
    if (dryRun || changed.length === 0) return { integration, changed, readsTheSame };
    await changeSettings(tx, integration, settings);
    const details = { changed, version: integration.configurationVersion + 1 };
    await writeAudit(tx, { tenantId, integrationId: id, action: 'integration.configured', actor, details });
    return { integration: await findIntegration(tx, tenantId, id), changed, readsTheSame };
  });
}

/** Also in the settings of an environment. */
export function refuseOpenSecrets(secretFields: readonly string[], settings: Settings): void {
  for (const [name, value] of Object.entries(settings)) {
    if (secretFields.includes(name))
      throw new Fault('invalid_input', `${name} is a secret: give ${name}Ref with env:NAME or file:NAME instead.`);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      refuseOpenSecrets(secretFields, value as Settings);
  }
}

/** Whoever changes where a secret goes must know where it lies. */
function refuseMovedSecret(before: Settings, after: Settings, changes: Settings): void {
  const given = new Set(references(changes));
  const wasAt = places(before);
  for (const [reference, place] of places(after))
    if (wasAt.has(reference) && wasAt.get(reference) !== place && !given.has(reference))
      throw new Fault(
        'invalid_input',
        "The address that the secret goes to would change: name the secret's reference again in the same change.",
      );
}

const hostOf = (url: unknown): string => URL.parse(String(url))?.origin ?? String(url);

/** Of each reference where its secret goes, whichever environment it is for. */
function places(settings: Settings, above: Settings = {}): Map<string, string> {
  const { environments = {}, ...everywhere } = settings;
  const here = { ...above, ...everywhere };
  const { tokenUrl, baseUrl, platform } = here as Record<string, unknown>;
  const found = new Map(
    references(everywhere).map((one) => [one, `${hostOf(tokenUrl)} ${hostOf(baseUrl)} ${String(platform)}`]),
  );
  for (const own of Object.values(environments as Record<string, Settings>))
    for (const [reference, place] of places(own, here)) found.set(reference, place);
  return found;
}

const references = (settings: Settings): string[] =>
  Object.entries(settings).flatMap(([name, value]) => {
    if (name.endsWith('Ref')) return [value].flat().map(String);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? references(value as Settings) : [];
  });

/** The order of names says nothing. */
function text(value: unknown): string | undefined {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
