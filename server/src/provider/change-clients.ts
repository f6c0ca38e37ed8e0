/**
 * Makes, rotates and revokes the provider's clients: the use cases behind the command line. A secret is told once, by the call
 * that made it. What may be shared with a client, its schools and the fields that are kept from it, is said when it is made, and by
 * change-client.ts.
 */
import { entityNames, Fault } from '@rollcall/core';
import { writeAudit } from '../store/audit.js';
import type { Database, Tx } from '../store/database.js';
import {
  insertClient,
  insertSecret,
  listClients,
  lockClient,
  revokeStoredClient,
  type StoredClient,
} from '../store/provider/clients.js';
import { shownEntities } from '../store/provider/shown-entities.js';
import { findSchools } from '../store/schools.js';
import { clientIdOf, hashSecret, newSecret } from './credentials.js';
import { scopes, type Scope } from './operations.js';

export interface ShownClient {
  readonly name: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Local ids; null for all of the tenant's. */
  readonly schools: readonly string[] | null;
  readonly withheld: readonly string[];
  readonly state: 'active' | 'revoked';
  readonly createdBy: string;
  readonly createdAt: Date;
}

export interface WantedClient {
  readonly tenantId: string;
  readonly actor: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** By name or local id; null for all of the tenant's. */
  readonly schools: readonly string[] | null;
  readonly withheld: readonly string[];
}

export interface AskedClient {
  readonly tenantId: string;
  readonly actor: string;
  /** The client's name or id. */
  readonly client: string;
}

const mostSchools = 2000;

/** Throws Fault invalid_input or not_found. */
export async function addClient(db: Database, wanted: WantedClient): Promise<ShownClient & { secret: string }> {
  const { tenantId, actor } = wanted;
  const name = provenName(wanted.name);
  const withheld = provenWithheld(wanted.withheld);
  const asked = provenScopes(wanted.scopes);
  const secret = newSecret();
  const hash = await hashSecret(secret);
  const client = await db.withTenant(tenantId, async (tx) => {
    const schoolIds = wanted.schools === null ? [] : await schoolsNamed(tx, tenantId, wanted.schools);
    const terms = {
      tenantId,
      name,
      scopes: asked,
      everySchool: wanted.schools === null,
      schoolIds,
      withheld,
      createdBy: actor,
    };
    const id = await insertClient(tx, terms);
    await insertSecret(tx, { tenantId, clientId: id, hash, overlapSeconds: 0 });
    const details = {
      client: id,
      name,
      scopes: asked,
      schools: wanted.schools === null ? 'all' : schoolIds.length,
      withheld,
    };
    await writeAudit(tx, { tenantId, action: 'client.added', actor, details });
    return lockClient(tx, tenantId, id);
  });
  return { ...shownClient(client), secret };
}

export async function shownClients(db: Database, tenantId: string): Promise<ShownClient[]> {
  return (await db.withTenant(tenantId, (tx) => listClients(tx, tenantId))).map(shownClient);
}

/** A new secret; earlier ones hold for `overlapSeconds` more. Throws Fault not_found or wrong_state. */
export async function rotateClient(
  db: Database,
  asked: AskedClient & { overlapSeconds: number },
): Promise<ShownClient & { secret: string }> {
  const { tenantId, actor, overlapSeconds } = asked;
  const secret = newSecret();
  const hash = await hashSecret(secret);
  const client = await db.withTenant(tenantId, async (tx) => {
    const found = await lockActive(tx, asked);
    await insertSecret(tx, { tenantId, clientId: found.id, hash, overlapSeconds });
    await writeAudit(tx, { tenantId, action: 'client.rotated', actor, details: { client: found.id, overlapSeconds } });
    return found;
  });
  return { ...shownClient(client), secret };
}

/** Its tokens end at once. Throws Fault not_found or wrong_state. */
export async function revokeClient(db: Database, asked: AskedClient): Promise<ShownClient> {
  const { tenantId, actor } = asked;
  return db.withTenant(tenantId, async (tx) => {
    const found = await lockActive(tx, asked);
    await revokeStoredClient(tx, found);
    await writeAudit(tx, { tenantId, action: 'client.revoked', actor, details: { client: found.id } });
    return shownClient(await lockClient(tx, tenantId, found.id));
  });
}

/** Throws Fault not_found or wrong_state. */
export async function lockActive(tx: Tx, { tenantId, client }: AskedClient): Promise<StoredClient> {
  const found = await lockClient(tx, tenantId, client);
  if (found.revokedAt !== null)
    throw new Fault('wrong_state', `The client ${found.name} was revoked; add another one.`);
  return found;
}

export function shownClient(client: StoredClient): ShownClient {
  const { tenantId, id, name, scopes: its, everySchool, schoolIds, withheld, createdBy, createdAt, revokedAt } = client;
  return {
    name,
    clientId: clientIdOf(tenantId, id),
    scopes: its,
    schools: everySchool ? null : schoolIds,
    withheld,
    state: revokedAt === null ? 'active' : 'revoked',
    createdBy,
    createdAt,
  };
}

export function provenName(given: string): string {
  const name = given.trim();
  if (!/^[^\p{Cc}]{1,100}$/u.test(name))
    throw new Fault('invalid_input', 'A client needs a name of at most 100 characters.');
  return name;
}

export function provenScopes(given: readonly Scope[]): readonly Scope[] {
  const asked = scopes.filter((scope) => given.includes(scope));
  if (asked.length === 0) throw new Fault('invalid_input', `A client needs one of the scopes ${scopes.join(', ')}.`);
  return asked;
}

/** What the standard requires cannot be kept back: an answer without it would be no OneRoster. */
export function provenWithheld(withheld: readonly string[]): string[] {
  const optional = entityNames.flatMap((entity) =>
    shownEntities[entity].fields.filter((field) => !field.required).map((field) => `${entity}.${field.name}`),
  );
  const wrong = withheld.find((name) => !optional.includes(name));
  if (wrong !== undefined)
    throw new Fault('invalid_input', `${wrong} cannot be withheld; these can: ${optional.join(', ')}.`);
  return [...new Set(withheld)].toSorted();
}

/** Local ids. Throws Fault invalid_input or not_found. */
export async function schoolsNamed(tx: Tx, tenantId: string, names: readonly string[]): Promise<string[]> {
  if (names.length === 0 || names.length > mostSchools)
    throw new Fault('invalid_input', `Name from 1 to ${mostSchools} schools, or share all.`);
  const ids = new Set<string>();
  for (const name of names) {
    const found = await findSchools(tx, tenantId, name);
    if (found.length === 0) throw new Fault('not_found', `There is no school named ${name}.`);
    if (found.length > 1)
      throw new Fault('invalid_input', `Several schools are named ${name}; name one by its id: ${found.join(', ')}.`);
    ids.add(found[0]!);
  }
  return [...ids];
}
