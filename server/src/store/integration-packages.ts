/** The package that an integration took last, known by its digest, and the run that read it. */
import type { Database, Tx } from './database.js';

interface Key {
  readonly tenantId: string;
  readonly integrationId: string;
}

export interface TakenPackage {
  /** SHA-256 in hexadecimal. */
  readonly digest: string;
  readonly bytes: number;
  readonly runId: string;
  readonly runState: string;
}

export async function lastPackage(tx: Tx, { tenantId, integrationId }: Key): Promise<TakenPackage | null> {
  const { rows } = await tx.query<TakenPackage>(
    `SELECT p.digest, p.bytes, p.run_id AS "runId", r.state AS "runState" FROM integration_packages p
     JOIN runs r ON r.tenant_id = p.tenant_id AND r.id = p.run_id WHERE p.tenant_id = $1 AND p.integration_id = $2`,
    [tenantId, integrationId],
  );
  return rows[0] ?? null;
}

export async function keepPackage(
  tx: Tx,
  { tenantId, integrationId }: Key,
  taken: { digest: string; bytes: number; runId: string },
): Promise<void> {
  await tx.query(
    `INSERT INTO integration_packages AS p (tenant_id, integration_id, digest, bytes, run_id) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (tenant_id, integration_id) DO UPDATE SET digest = excluded.digest, bytes = excluded.bytes,
       run_id = excluded.run_id, taken_at = now()`,
    [tenantId, integrationId, taken.digest, taken.bytes, taken.runId],
  );
}

/** Of all tenants: integrations that read packages and are not paused. */
export async function packageIntegrations(db: Database): Promise<Key[]> {
  return db.asSweeper(async (tx) => {
    const { rows } = await tx.query<Key>(
      `SELECT tenant_id AS "tenantId", id AS "integrationId" FROM integrations
       WHERE kind = 'oneroster-csv' AND paused_at IS NULL ORDER BY id LIMIT 10000`,
    );
    return rows;
  });
}
