/** The provider's clients: who may read, which schools and fields, and what proves their secrets. */
import { Fault } from '@rollcall/core';
import type { Tx } from '../database.js';

export interface StoredClient {
  readonly tenantId: string;
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly everySchool: boolean;
  readonly schoolIds: readonly string[];
  /** As `entity.field`. */
  readonly withheld: readonly string[];
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

const select = `SELECT tenant_id AS "tenantId", id, name, scopes, every_school AS "everySchool", school_ids AS "schoolIds", withheld,
    created_by AS "createdBy", created_at AS "createdAt", revoked_at AS "revokedAt" FROM provider_clients`;

export type ClientTerms = Omit<StoredClient, 'id' | 'createdAt' | 'revokedAt'>;

/** Throws Fault invalid_input where the name is taken, also by a client that was revoked. */
export async function insertClient(tx: Tx, client: ClientTerms): Promise<string> {
  const { tenantId, name, scopes, everySchool, schoolIds, withheld, createdBy } = client;
  const { rows } = await tx.query<{ id: string }>(
    `INSERT INTO provider_clients (tenant_id, name, scopes, every_school, school_ids, withheld, created_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant_id, name) DO NOTHING RETURNING id`,
    [tenantId, name, scopes, everySchool, schoolIds, withheld, createdBy],
  );
  if (!rows[0]) throw nameTaken(name);
  return rows[0].id;
}

/** Name, scopes, schools and withheld fields. Throws Fault invalid_input where another client has the name. */
export async function updateClient(tx: Tx, client: StoredClient): Promise<void> {
  const { tenantId, id, name, scopes, everySchool, schoolIds, withheld } = client;
  await tx
    .query(
      `UPDATE provider_clients SET name = $3, scopes = $4, every_school = $5, school_ids = $6, withheld = $7
       WHERE tenant_id = $1 AND id = $2`,
      [tenantId, id, name, scopes, everySchool, schoolIds, withheld],
    )
    .catch((error: { code?: string }) => {
      throw error.code === '23505' ? nameTaken(name) : error;
    });
}

const nameTaken = (name: string): Fault =>
  new Fault('invalid_input', `There is already a client named ${name}; choose another name.`);

export async function listClients(tx: Tx, tenantId: string): Promise<StoredClient[]> {
  const { rows } = await tx.query<StoredClient>(`${select} WHERE tenant_id = $1 ORDER BY name`, [tenantId]);
  return rows;
}

/** By name or id, and kept from others until the end of the transaction. Throws Fault not_found. */
export async function lockClient(tx: Tx, tenantId: string, nameOrId: string): Promise<StoredClient> {
  const { rows } = await tx.query<StoredClient>(
    `${select} WHERE tenant_id = $1 AND (name = $2 OR id::text = $2) FOR UPDATE`,
    [tenantId, nameOrId],
  );
  if (!rows[0]) throw new Fault('not_found', `There is no client named ${nameOrId}.`);
  return rows[0];
}

/** What it could sign in with and its lists go at once. */
export async function revokeStoredClient(tx: Tx, { tenantId, id }: { tenantId: string; id: string }): Promise<void> {
  const key = [tenantId, id];
  await tx.query('UPDATE provider_clients SET revoked_at = now() WHERE tenant_id = $1 AND id = $2', key);
  for (const table of ['provider_secrets', 'provider_tokens', 'provider_lists'])
    await tx.query(`DELETE FROM ${table} WHERE tenant_id = $1 AND client_id = $2`, key);
}

/** Earlier secrets hold for as long as `overlapSeconds` says, or as long as they were to hold, whichever ends first. */
export async function insertSecret(
  tx: Tx,
  secret: { tenantId: string; clientId: string; hash: string; overlapSeconds: number },
): Promise<void> {
  const { tenantId, clientId, hash, overlapSeconds } = secret;
  await tx.query('DELETE FROM provider_secrets WHERE tenant_id = $1 AND client_id = $2 AND expires_at <= now()', [
    tenantId,
    clientId,
  ]);
  await tx.query(
    `UPDATE provider_secrets SET expires_at = least(expires_at, now() + make_interval(secs => $3))
     WHERE tenant_id = $1 AND client_id = $2`,
    [tenantId, clientId, overlapSeconds],
  );
  await tx.query('INSERT INTO provider_secrets (tenant_id, client_id, hash) VALUES ($1, $2, $3)', [
    tenantId,
    clientId,
    hash,
  ]);
}

/** The client that signs in, with what its secrets are proven by; null where there is none, or no longer. */
export async function findSigningClient(
  tx: Tx,
  tenantId: string,
  id: string,
): Promise<(StoredClient & { hashes: readonly string[] }) | null> {
  const { rows } = await tx.query<StoredClient & { hashes: string[] }>(
    `SELECT c.*, ARRAY(SELECT s.hash FROM provider_secrets s WHERE s.tenant_id = $1 AND s.client_id = $2
       AND (s.expires_at IS NULL OR s.expires_at > now()) ORDER BY s.id DESC) AS hashes
     FROM (${select} WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL) c`,
    [tenantId, id],
  );
  return rows[0] ?? null;
}
