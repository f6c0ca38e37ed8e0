/**
 * The settings of the environment that an integration is switched to: what is known of the platform, then what holds everywhere, then
 * what is set for this environment alone. Settings without environments are left as they are.
 */
import { Fault } from '@rollcall/core';

export type Settings = Readonly<Record<string, unknown>>;
export const environments = ['sandbox', 'staging', 'production'] as const;
export type Environment = (typeof environments)[number];

type Preset = (platform: string | null, environment: string, settings: Settings) => Settings | null;

/** Throws Fault invalid_configuration with what is missing. */
export function chosenEnvironment(config: unknown, preset: Preset = () => null): unknown {
  if (!isSettings(config) || !('environment' in config || 'environments' in config || 'platform' in config))
    return config;
  const { environment, environments: own = {}, platform = null, ...everywhere } = config;
  if (!environments.includes(environment as Environment))
    throw invalid(`environment must be one of ${environments.join(', ')}`);
  if (!isSettings(own)) throw invalid('environments must be an object with settings for each environment');
  const unknown = Object.keys(own).find((name) => !environments.includes(name as Environment));
  if (unknown !== undefined) throw invalid(`environments has an unknown one; there are ${environments.join(', ')}`);
  const here = own[environment as Environment] ?? {};
  if (!isSettings(here)) throw invalid(`environments.${String(environment)} must be an object with settings`);
  const settings = { ...everywhere, ...here };
  const known = preset(platform === null ? null : String(platform), String(environment), settings);
  if (known === null && (platform !== null || Object.keys(here).length === 0))
    throw invalid(`nothing is known or set for the environment ${String(environment)}`);
  return { ...known, ...settings };
}

const isSettings = (value: unknown): value is Settings =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const invalid = (what: string) => new Fault('invalid_configuration', `The environment cannot be chosen: ${what}.`);
