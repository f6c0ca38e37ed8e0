/**
 * Corrections: values that a person gave single fields of a record so that it passes. One is active for a field; it applies until the
 * source itself says something else there, or a person takes it back, and stays on record either way.
 */
import type { EntityName } from '@rollcall/core';
import type { Tx } from './database.js';

export interface Correction {
  readonly id: string;
  readonly entity: EntityName;
  readonly externalId: string;
  readonly field: string;
  readonly value: unknown;
  /** Of the source's value when it was first applied; null until then. */
  readonly sourceDigest: string | null;
  readonly state: 'active' | 'overtaken' | 'reverted';
  readonly actor: string;
  readonly reason: string;
  readonly madeAt: Date;
  readonly appliedRunId: string | null;
  readonly endedAt: Date | null;
}

const select = `SELECT id, entity, external_id AS "externalId", field, value, source_digest AS "sourceDigest", state, actor, reason,
  made_at AS "madeAt", applied_run_id AS "appliedRunId", ended_at AS "endedAt" FROM corrections`;

export async function activeCorrections(
  tx: Tx,
  of: { tenantId: string; integrationId: string; entity: EntityName },
): Promise<Correction[]> {
  const { rows } = await tx.query<Correction>(
    `${select} WHERE tenant_id = $1 AND integration_id = $2 AND entity = $3 AND state = 'active'`,
    [of.tenantId, of.integrationId, of.entity],
  );
  return rows;
}

/** All that were ever made for a letter, the latest first. */
export async function correctionsOf(tx: Tx, letter: { tenantId: string; id: string }): Promise<Correction[]> {
  const { rows } = await tx.query<Correction>(`${select} WHERE tenant_id = $1 AND letter_id = $2 ORDER BY id DESC`, [
    letter.tenantId,
    letter.id,
  ]);
  return rows;
}

export interface CorrectedRecord {
  readonly tenantId: string;
  readonly integrationId: string;
  readonly entity: EntityName;
  readonly externalId: string;
}

/** A field that was corrected before gets the new value; the former one stays on record. */
export async function addCorrections(
  tx: Tx,
  record: CorrectedRecord & { letterId: string },
  made: { fields: Readonly<Record<string, unknown>>; actor: string; reason: string },
): Promise<void> {
  const fields = Object.keys(made.fields);
  const key = [record.tenantId, record.integrationId, record.entity, record.externalId];
  await tx.query(
    `UPDATE corrections SET state = 'reverted', ended_at = now() WHERE tenant_id = $1 AND integration_id = $2 AND entity = $3
       AND external_id = $4 AND field = ANY ($5) AND state = 'active'`,
    [...key, fields],
  );
  await tx.query(
    `INSERT INTO corrections (tenant_id, integration_id, entity, external_id, letter_id, actor, reason, field, value)
     SELECT $1, $2, $3, $4, $5, $6, $7, f.key, f.value FROM jsonb_each($8) f`,
    [...key, record.letterId, made.actor, made.reason, JSON.stringify(made.fields)],
  );
  await compareAnew(tx, record);
}

/** Ends the active corrections of a record. How many there were. */
export async function revertCorrections(tx: Tx, record: CorrectedRecord): Promise<number> {
  const { rowCount } = await tx.query(
    `UPDATE corrections SET state = 'reverted', ended_at = now() WHERE tenant_id = $1 AND integration_id = $2 AND entity = $3
       AND external_id = $4 AND state = 'active'`,
    [record.tenantId, record.integrationId, record.entity, record.externalId],
  );
  if (rowCount) await compareAnew(tx, record);
  return rowCount ?? 0;
}

/** The record is not taken for unchanged next time, though its source sends the same bytes. */
async function compareAnew(tx: Tx, record: CorrectedRecord): Promise<void> {
  await tx.query(
    `UPDATE external_system_mappings SET base_checksum = NULL, raw_digest = NULL WHERE tenant_id = $1 AND integration_id = $2
       AND entity = $3 AND external_id = $4`,
    [record.tenantId, record.integrationId, record.entity, record.externalId],
  );
  // A read that filters by the source's time stamps would leave the record out.
  await tx.query('DELETE FROM sync_watermarks WHERE tenant_id = $1 AND integration_id = $2 AND entity = $3', [
    record.tenantId,
    record.integrationId,
    record.entity,
  ]);
}

export interface Met {
  readonly id: string;
  readonly sourceDigest: string;
  /** Whether it was applied; otherwise the source has overtaken it. */
  readonly applied: boolean;
}

/** What a run did with corrections that it met. */
export async function noteMet(tx: Tx, run: { tenantId: string; runId: string }, met: readonly Met[]): Promise<void> {
  await tx.query(
    `UPDATE corrections c SET source_digest = CASE WHEN m.applied THEN m.digest ELSE c.source_digest END,
       applied_run_id = CASE WHEN m.applied THEN $2 ELSE c.applied_run_id END,
       state = CASE WHEN m.applied THEN c.state ELSE 'overtaken' END, ended_at = CASE WHEN m.applied THEN NULL ELSE now() END
     FROM unnest($3::uuid[], $4::text[], $5::boolean[]) m(id, digest, applied)
     WHERE c.tenant_id = $1 AND c.id = m.id AND c.state = 'active'`,
    [run.tenantId, run.runId, met.map((m) => m.id), met.map((m) => m.sourceDigest), met.map((m) => m.applied)],
  );
}
