/**
 * How dead letters come and go by themselves: a record that run after run rejects, a run or a due time that has failed; and a later
 * run that answers them. Fingerprints are made here, of codes and places only.
 */
import { treatments, type ErrorClass } from '@rollcall/core';
import type { Tx } from './database.js';
import type { Run } from './runs.js';
import type { SqlScope } from './sql/scope.js';

/** A stable hash of what the parts name; the parts are SQL. */
const fingerprintOf = (...parts: readonly string[]): string =>
  `left(encode(sha256(convert_to(concat_ws('|', ${parts.map((part) => `coalesce(${part}, '')`).join(', ')}), 'UTF8')), 'hex'), 16)`;

/** Of a record that was kept out, whatever for. */
export const rejectClass: ErrorClass = treatments.database_refused_value.class;

/** Runs in a row that reject a record before it becomes a letter. */
export const rejectionsAllowed = 3;

/**
 * Brings the letters of an entity's records in line with its list of rejected ones, in the transaction that brought that in line.
 * A record that a person has discarded opens no letter while it is rejected for the same reason.
 */
export async function refreshLetters(tx: Tx, scope: SqlScope, errorClass: ErrorClass): Promise<void> {
  const of = `d.tenant_id = ${scope.tenant} AND d.integration_id = ${scope.integration} AND d.entity = '${scope.entity.name}'
    AND d.kind = 'record'`;
  const rejected = `x.tenant_id = ${scope.tenant} AND x.integration_id = ${scope.integration}
    AND x.entity = '${scope.entity.name}' AND x.state = 'open' AND x.external_id IS NOT NULL`;
  await tx.query(
    `UPDATE dead_letters d SET state = 'passed', settled_at = now(), settled_by = 'run', replay_run_id = NULL
     WHERE ${of} AND d.state IN ('open', 'replayed', 'edited')
       AND NOT EXISTS (SELECT FROM rejected_records x WHERE ${rejected} AND x.external_id = d.external_id)`,
  );
  const fingerprint = fingerprintOf('$2::text', 'x.code', 'x.field', 'x.entity');
  await tx.query(
    `INSERT INTO dead_letters AS d (tenant_id, integration_id, kind, entity, external_id, error_class, code, field, fingerprint,
       reason, attempts, configuration_version, run_id, stage_row, first_seen_at)
     SELECT x.tenant_id, x.integration_id, 'record', x.entity, x.external_id, $2, x.code, x.field, ${fingerprint},
       x.message, x.times, r.configuration_version, r.id, s.n, x.first_seen_at
     FROM rejected_records x JOIN runs r ON r.tenant_id = x.tenant_id AND r.id = x.last_run_id
     LEFT JOIN ${scope.rejects} s ON s.external_id = x.external_id
     WHERE ${rejected} AND x.times >= $1 AND x.last_run_id = ${scope.run}
       AND NOT EXISTS (SELECT FROM dead_letters d WHERE ${of} AND d.external_id = x.external_id
         AND d.state = 'discarded' AND d.fingerprint = ${fingerprint})
     ON CONFLICT (tenant_id, integration_id, entity, external_id) WHERE kind = 'record' AND state IN ('open', 'replayed', 'edited')
     DO UPDATE SET state = 'open', code = excluded.code, field = excluded.field, fingerprint = excluded.fingerprint,
       reason = excluded.reason, attempts = excluded.attempts, configuration_version = excluded.configuration_version,
       run_id = excluded.run_id, stage_row = excluded.stage_row, replay_run_id = NULL, last_seen_at = now()`,
    [rejectionsAllowed, errorClass],
  );
}

interface Failure {
  readonly class: ErrorClass;
  readonly code: string;
  readonly reason: string;
}

/** A run that has failed. A plan that failed is no letter: nothing was to be done. */
export async function runLetter(tx: Tx, run: Run, why: Failure): Promise<void> {
  if (run.mode === 'plan') return;
  const kind = run.mode === 'apply' || run.mode === 'undo' ? 'decision' : 'run';
  await tx.query(
    `INSERT INTO dead_letters (tenant_id, integration_id, kind, error_class, code, fingerprint, reason, attempts,
       configuration_version, run_id)
     VALUES ($1, $2, $3, $4, $5, ${fingerprintOf('$4::text', '$5::text', `''`, '$10::text')}, $6, $7, $8, $9)
     ON CONFLICT (tenant_id, run_id) WHERE kind IN ('run', 'decision') DO NOTHING`,
    [
      ...[run.tenantId, run.integrationId, kind, why.class, why.code, why.reason],
      ...[run.attempt, run.configurationVersion, run.id, run.mode],
    ],
  );
}

/** A due time that led to nothing. */
export async function scheduleLetter(tx: Tx, schedule: { tenantId: string; id: string }, why: Failure): Promise<void> {
  await tx.query(
    `INSERT INTO dead_letters AS d (tenant_id, integration_id, kind, schedule_id, error_class, code, fingerprint, reason,
       configuration_version)
     SELECT s.tenant_id, s.integration_id, 'schedule', s.id, $3, $4, ${fingerprintOf('$3::text', '$4::text', `''`, `'schedule'`)}, $5,
       i.configuration_version
     FROM integration_schedules s JOIN integrations i ON i.tenant_id = s.tenant_id AND i.id = s.integration_id
     WHERE s.tenant_id = $1 AND s.id = $2
     ON CONFLICT (tenant_id, schedule_id) WHERE kind = 'schedule' AND state IN ('open', 'replayed')
     DO UPDATE SET state = 'open', attempts = d.attempts + 1, last_seen_at = now(), reason = excluded.reason,
       error_class = excluded.error_class, code = excluded.code, fingerprint = excluded.fingerprint`,
    [schedule.tenantId, schedule.id, why.class, why.code, why.reason],
  );
}

/** A run that reads the source and ends well answers what failed before it: runs and due times, not decisions of people. */
export async function passRunLetters(tx: Tx, run: { tenantId: string; integrationId: string }): Promise<void> {
  await tx.query(
    `UPDATE dead_letters SET state = 'passed', settled_at = now(), settled_by = 'run', replay_run_id = NULL
     WHERE tenant_id = $1 AND integration_id = $2 AND kind IN ('run', 'schedule') AND state IN ('open', 'replayed')`,
    [run.tenantId, run.integrationId],
  );
}
