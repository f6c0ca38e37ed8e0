/** How an integration is read when nobody says otherwise. It is part of the configuration, and versioned with it. */
import type { SyncStrategy } from '@rollcall/core';
import type { Tx } from './database.js';
import type { Integration } from './integrations.js';

export interface ReadingTerms {
  readonly strategy: SyncStrategy;
  /** Everything is read again after so long; null for the usual time. */
  readonly fullEverySeconds: number | null;
}

/** A new version of the configuration with the same settings; runs under way keep theirs. */
export async function changeTerms(tx: Tx, integration: Integration, terms: ReadingTerms): Promise<void> {
  const { tenantId, id, configurationVersion } = integration;
  await tx.query(
    `INSERT INTO integration_configurations (tenant_id, integration_id, version, settings, strategy, full_every_seconds)
     SELECT tenant_id, integration_id, version + 1, settings, $4, $5 FROM integration_configurations
     WHERE tenant_id = $1 AND integration_id = $2 AND version = $3`,
    [tenantId, id, configurationVersion, terms.strategy, terms.fullEverySeconds],
  );
  await tx.query('UPDATE integrations SET configuration_version = $3 WHERE tenant_id = $1 AND id = $2', [
    ...[tenantId, id, configurationVersion + 1],
  ]);
}

interface Version {
  readonly tenantId: string;
  readonly integrationId: string;
  readonly configurationVersion: number;
}

/** The terms of the version that a run is pinned to. */
export async function pinnedTerms(tx: Tx, run: Version): Promise<ReadingTerms> {
  const { rows } = await tx.query<ReadingTerms>(
    `SELECT strategy, full_every_seconds AS "fullEverySeconds" FROM integration_configurations
     WHERE tenant_id = $1 AND integration_id = $2 AND version = $3`,
    [run.tenantId, run.integrationId, run.configurationVersion],
  );
  return rows[0]!;
}

/** Settings that say how fast and how often to ask, and with which proof of who we are, but not what is read. */
export const mannerOfAsking: readonly string[] = [
  ...[
    'rateLimit',
    'maxInFlight',
    'attemptTimeoutMs',
    'deadlineMs',
    'maxAttempts',
    'baseDelayMs',
    'maxDelayMs',
    'maxWaitMs',
  ],
  ...['maxBodyBytes', 'gzip', 'clientSecretRef'],
];

/**
 * Whether two versions read the same of the source: how often, and in what manner, is no difference. A version that is not there is
 * like no other.
 */
export async function readsAlike(tx: Tx, run: Version, otherVersion: number): Promise<boolean> {
  if (otherVersion === run.configurationVersion) return true;
  const { rows } = await tx.query<{ alike: boolean }>(
    `SELECT count(*) = 2 AND count(DISTINCT settings - $5::text[]) = 1 AS alike FROM integration_configurations
     WHERE tenant_id = $1 AND integration_id = $2 AND version IN ($3, $4)`,
    [run.tenantId, run.integrationId, run.configurationVersion, otherVersion, mannerOfAsking],
  );
  return rows[0]!.alike;
}

/**
 * Whether what is read has changed since a collection was last read completely (any collection, unless one is named). Never for
 * one that was never read.
 */
export async function readingChanged(tx: Tx, run: Version, entity: string | null = null): Promise<boolean> {
  const { rows } = await tx.query<{ version: number }>(
    `SELECT DISTINCT ON (e.entity) r.configuration_version AS version FROM run_entities e
     JOIN runs r ON r.tenant_id = e.tenant_id AND r.id = e.run_id
     WHERE e.tenant_id = $1 AND e.integration_id = $2 AND e.complete AND e.state = 'verified' AND ($3::text IS NULL OR e.entity = $3)
     ORDER BY e.entity, r.id DESC`,
    [run.tenantId, run.integrationId, entity],
  );
  for (const version of new Set(rows.map((row) => row.version))) if (!(await readsAlike(tx, run, version))) return true;
  return false;
}
