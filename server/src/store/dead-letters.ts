/**
 * Dead letters: what could not be done after its tries. One is open for a record, a run or a schedule at a time; it is closed when
 * what it is about passes, or by a person with a reason. It names ids, codes and fields, never a person's values.
 */
import { Fault, type EntityName, type ErrorClass } from '@rollcall/core';
import type { Tx } from './database.js';

export const letterKinds = ['record', 'run', 'decision', 'schedule'] as const;
export const letterStates = ['open', 'replayed', 'edited', 'discarded', 'passed'] as const;
export type LetterKind = (typeof letterKinds)[number];
export type LetterState = (typeof letterStates)[number];

export interface DeadLetter {
  readonly id: string;
  readonly integrationId: string;
  readonly integration: string;
  readonly kind: LetterKind;
  readonly entity: EntityName | null;
  readonly externalId: string | null;
  readonly scheduleId: string | null;
  readonly errorClass: ErrorClass;
  readonly code: string;
  readonly field: string | null;
  /** Equal for letters with the same class, code, field and place. */
  readonly fingerprint: string;
  readonly reason: string;
  readonly attempts: number;
  readonly configurationVersion: number;
  readonly state: LetterState;
  /** The run that met it last; the row is in its stage, if the row came so far. */
  readonly runId: string | null;
  readonly stageRow: number | null;
  readonly replayRunId: string | null;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly settledAt: Date | null;
  readonly settledBy: string | null;
  readonly settledReason: string | null;
}

const select = `SELECT d.id, d.integration_id AS "integrationId", i.name AS integration, d.kind, d.entity,
    d.external_id AS "externalId", d.schedule_id AS "scheduleId", d.error_class AS "errorClass", d.code, d.field, d.fingerprint,
    d.reason, d.attempts, d.configuration_version AS "configurationVersion", d.state, d.run_id AS "runId",
    d.stage_row AS "stageRow", d.replay_run_id AS "replayRunId", d.first_seen_at AS "firstSeenAt",
    d.last_seen_at AS "lastSeenAt", d.settled_at AS "settledAt", d.settled_by AS "settledBy", d.settled_reason AS "settledReason"
  FROM dead_letters d JOIN integrations i ON i.tenant_id = d.tenant_id AND i.id = d.integration_id`;

export interface LetterFilter {
  readonly integrationId?: string | undefined;
  readonly kind?: LetterKind | undefined;
  readonly state?: LetterState | undefined;
  readonly entity?: EntityName | undefined;
  readonly fingerprint?: string | undefined;
}

/** Newest first. */
export async function listLetters(
  tx: Tx,
  tenantId: string,
  filter: LetterFilter,
  page: { limit: number; offset: number },
): Promise<DeadLetter[]> {
  const { integrationId = null, kind = null, state = null, entity = null, fingerprint = null } = filter;
  const { rows } = await tx.query<DeadLetter>(
    `${select} WHERE d.tenant_id = $1 AND ($2::uuid IS NULL OR d.integration_id = $2) AND ($3::text IS NULL OR d.kind = $3)
       AND ($4::text IS NULL OR d.state = $4) AND ($5::text IS NULL OR d.entity = $5)
       AND ($6::text IS NULL OR d.fingerprint = $6) ORDER BY d.id DESC LIMIT $7 OFFSET $8`,
    [tenantId, integrationId, kind, state, entity, fingerprint, page.limit, page.offset],
  );
  return rows;
}

/** Of one integration where it is named. Throws Fault not_found. */
export async function findLetter(
  tx: Tx,
  of: { tenantId: string; id: string; integrationId?: string | undefined },
): Promise<DeadLetter> {
  const { rows } = await tx.query<DeadLetter>(
    `${select} WHERE d.tenant_id = $1 AND d.id = $2 AND ($3::uuid IS NULL OR d.integration_id = $3)`,
    [of.tenantId, of.id, of.integrationId ?? null],
  );
  if (!rows[0]) throw new Fault('not_found', 'There is no such dead letter.');
  return rows[0];
}

/** Letters by id, whatever their state, or the open ones of a fingerprint or of all, decisions left out. Locked until the end. */
export async function chooseLetters(
  tx: Tx,
  of: { tenantId: string; integrationId: string },
  which: { readonly ids: readonly string[] } | { readonly fingerprint: string } | { readonly all: true },
): Promise<DeadLetter[]> {
  const { rows } = await tx.query<DeadLetter>(
    `${select} WHERE d.tenant_id = $1 AND d.integration_id = $2 AND CASE WHEN $3::uuid[] IS NOT NULL THEN d.id = ANY ($3)
       ELSE d.state IN ('open', 'replayed', 'edited') AND d.kind <> 'decision' AND ($4::text IS NULL OR d.fingerprint = $4) END
     ORDER BY d.id FOR UPDATE OF d`,
    [
      of.tenantId,
      of.integrationId,
      'ids' in which ? which.ids : null,
      'fingerprint' in which ? which.fingerprint : null,
    ],
  );
  return rows;
}

export async function markReplayed(
  tx: Tx,
  run: { tenantId: string; runId: string },
  ids: readonly string[],
): Promise<void> {
  await tx.query(
    `UPDATE dead_letters SET replay_run_id = $2, state = CASE state WHEN 'edited' THEN 'edited' ELSE 'replayed' END
     WHERE tenant_id = $1 AND id = ANY ($3)`,
    [run.tenantId, run.runId, ids],
  );
}

export async function markEdited(tx: Tx, letter: { tenantId: string; id: string }): Promise<void> {
  await tx.query(`UPDATE dead_letters SET state = 'edited' WHERE tenant_id = $1 AND id = $2`, [
    letter.tenantId,
    letter.id,
  ]);
}

/** False when it is not open. */
export async function markDiscarded(
  tx: Tx,
  letter: { tenantId: string; id: string },
  by: { actor: string; reason: string },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `UPDATE dead_letters SET state = 'discarded', settled_at = now(), settled_by = $3, settled_reason = $4
     WHERE tenant_id = $1 AND id = $2 AND state = 'open'`,
    [letter.tenantId, letter.id, by.actor, by.reason],
  );
  return rowCount === 1;
}

/** Letters whose replay came to an end without answering them are open again. */
export async function reopenLetters(tx: Tx, run: { tenantId: string; runId: string }): Promise<void> {
  await tx.query(
    `UPDATE dead_letters SET state = 'open', replay_run_id = NULL
     WHERE tenant_id = $1 AND replay_run_id = $2 AND state IN ('replayed', 'edited')`,
    [run.tenantId, run.runId],
  );
}
