/**
 * Turns references to secrets into the secrets: a setting `clientSecretRef` with `env:NAME` or `file:NAME` becomes
 * `clientSecret`, and a list of two the present secret and the next (`clientSecretNext`). What is stored and shown is the reference; the secret is in memory only while a provider is made.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '@rollcall/core';

export interface SecretSources {
  readonly env: NodeJS.ProcessEnv;
  /** `file:NAME` is a file in its folder `secrets`. */
  readonly dataDir: string;
}

const form = /^(env|file):([A-Za-z0-9][\w.-]*)$/;

/** Throws Fault invalid_configuration, which names the setting and the reference, never a secret. */
export function resolveSecrets(settings: unknown, sources: SecretSources): unknown {
  if (settings === null || typeof settings !== 'object' || Array.isArray(settings)) return settings;
  const resolved = Object.entries(settings).flatMap(([name, value]) => {
    if (!name.endsWith('Ref')) return [[name, value]];
    const secret = name.slice(0, -'Ref'.length);
    if (!Array.isArray(value)) return [[secret, secretOf(name, value, sources)]];
    const [present, next] = overlapping(name, value, sources);
    return [[secret, present], ...(next === undefined ? [] : [[`${secret}Next`, next]])];
  });
  return Object.fromEntries(resolved);
}

/** The present and the next one, for as long as both are valid. One of them may be gone already, or not there yet. */
function overlapping(setting: string, references: readonly unknown[], sources: SecretSources): string[] {
  if (references.length < 1 || references.length > 2) throw wrong(setting, 'must list one reference or two');
  const found: string[] = [];
  const missing: Fault[] = [];
  for (const reference of references)
    try {
      found.push(secretOf(setting, reference, sources));
    } catch (error) {
      if (!(error instanceof Fault) || !isReference(reference)) throw error;
      missing.push(error);
    }
  if (found.length === 0) throw missing[0]!;
  return found;
}

const isReference = (text: unknown): boolean => typeof text === 'string' && form.test(text);

export const secretFile = (dataDir: string, name: string): string => join(dataDir, 'secrets', name);

function secretOf(setting: string, reference: unknown, { env, dataDir }: SecretSources): string {
  const [, source, name] = form.exec(String(reference)) ?? [];
  if (!source || !name) throw wrong(setting, 'must be env:NAME or file:NAME');
  const secret = source === 'env' ? env[name] : readSecretFile(setting, secretFile(dataDir, name));
  if (!secret) throw wrong(setting, `names ${source}:${name}, which is ${source === 'env' ? 'not set' : 'empty'}`);
  return secret;
}

function readSecretFile(setting: string, file: string): string {
  let text: string;
  try {
    // Others on the machine must not be able to read what the vault will hold one day.
    if ((statSync(file).mode & 0o077) !== 0) throw wrong(setting, `names ${file}, which others may read: chmod 600 it`);
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw wrong(setting, `names ${file}, which cannot be read`);
  }
  return text.replace(/\r?\n$/, '');
}

const wrong = (setting: string, what: string) => new Fault('invalid_configuration', `The setting ${setting} ${what}.`);
