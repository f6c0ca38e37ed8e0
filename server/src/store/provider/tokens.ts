/** The tokens of the provider's clients: only their digests are kept, and a revoked client's are gone. */
import type { Tx } from '../database.js';
import { rankedSources } from '../sql/handed-on-roles.js';
import type { StoredClient } from './clients.js';

export interface TokenTerms {
  readonly tenantId: string;
  readonly clientId: string;
  readonly digest: Buffer;
  readonly scopes: readonly string[];
  readonly lastsSeconds: number;
}

/** A client that asks for token after token loses the oldest, and those that are over go. */
export async function insertToken(tx: Tx, token: TokenTerms, mostTokens: number): Promise<void> {
  const { tenantId, clientId, digest, scopes, lastsSeconds } = token;
  await tx.query(
    `DELETE FROM provider_tokens WHERE tenant_id = $1 AND client_id = $2 AND (expires_at <= now() OR digest IN
       (SELECT digest FROM provider_tokens WHERE tenant_id = $1 AND client_id = $2 ORDER BY expires_at DESC OFFSET $3))`,
    [tenantId, clientId, mostTokens - 1],
  );
  await tx.query(
    `INSERT INTO provider_tokens (tenant_id, digest, client_id, scopes, expires_at)
     VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5))`,
    [tenantId, digest, clientId, scopes, lastsSeconds],
  );
}

export type TokenHolder = Pick<StoredClient, 'tenantId' | 'id' | 'name' | 'everySchool' | 'schoolIds' | 'withheld'> & {
  /** Of the token, which may be fewer than the client's, as far as the client still has them. */
  readonly scopes: readonly string[];
  /** The tenant's integrations, the highest-ranked first. */
  readonly sources: readonly string[];
};

export async function findTokenHolder(tx: Tx, tenantId: string, digest: Buffer): Promise<TokenHolder | null> {
  const { rows } = await tx.query<TokenHolder>(
    `SELECT c.tenant_id AS "tenantId", c.id, c.name, c.every_school AS "everySchool", c.school_ids AS "schoolIds", c.withheld,
       ARRAY(SELECT s FROM unnest(k.scopes) s WHERE s = ANY (c.scopes)) AS scopes, ARRAY(${rankedSources('k.tenant_id')}) AS sources
     FROM provider_tokens k JOIN provider_clients c ON c.tenant_id = k.tenant_id AND c.id = k.client_id
     WHERE k.tenant_id = $1 AND k.digest = $2 AND k.expires_at > now() AND c.revoked_at IS NULL`,
    [tenantId, digest],
  );
  return rows[0] ?? null;
}
