/** Runs: one row for each sync of an integration, with its state; a state moves only along core's table. */
import {
  Fault,
  finalRunStates,
  mayMove,
  type ErrorClass,
  type RunMode,
  type RunReport,
  type RunState,
} from '@rollcall/core';
import type { Tx } from './database.js';
import { reopenLetters } from './dead-letters.js';
import { engineVersion } from './engine-version.js';
import { recordEvent } from './run-events.js';
import { eventOfMove } from './run-moves.js';

export interface Run {
  readonly id: string;
  readonly tenantId: string;
  readonly integrationId: string;
  readonly integration: string;
  readonly mode: RunMode;
  /** Who or what asked for it: manual, schedule, api, webhook, configuration. */
  readonly trigger: string;
  readonly state: RunState;
  readonly reason: string | null;
  readonly nextStep: string | null;
  readonly attempt: number;
  /** The attempt that last came to an orderly stop; those after it were lost. */
  readonly settledAttempt: number;
  /** What the run last stopped for, as a class of core's table. */
  readonly stoppedClass: ErrorClass | null;
  readonly configurationVersion: number;
  /** The hold that a run of mode apply releases. */
  readonly holdId: string | null;
  /** The run that a run of mode undo takes back. */
  readonly undoesRunId: string | null;
  /** Local ids that a decision is limited to; null for all. */
  readonly selection: readonly string[] | null;
  /** Who asked for the run, and why, where a decision needs both. */
  readonly requestedBy: string | null;
  readonly requestReason: string | null;
  readonly requestedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly peakRssMb: number;
  readonly report: RunReport | null;
}

const columns = `r.id, r.tenant_id AS "tenantId", r.integration_id AS "integrationId", i.name AS integration, r.mode, r.trigger, r.state,
  r.reason, r.next_step AS "nextStep", r.attempt, r.settled_attempt AS "settledAttempt",
  r.stopped_class AS "stoppedClass", r.configuration_version AS "configurationVersion",
  r.hold_id AS "holdId", r.undoes_run_id AS "undoesRunId", r.selection, r.requested_by AS "requestedBy",
  r.request_reason AS "requestReason",
  r.requested_at AS "requestedAt", r.started_at AS "startedAt", r.finished_at AS "finishedAt",
  r.peak_rss_mb AS "peakRssMb", r.report`;

const joined = `runs r JOIN integrations i ON i.tenant_id = r.tenant_id AND i.id = r.integration_id`;

/** Creates a queued run. The integration's present configuration is pinned to it. */
export async function createRun(
  tx: Tx,
  run: {
    tenantId: string;
    integrationId: string;
    mode: RunMode;
    trigger: string;
    holdId?: string;
    undoesRunId?: string;
    selection?: readonly string[] | null;
    requestedBy?: string;
    requestReason?: string;
  },
): Promise<string> {
  const { rows } = await tx.query<{ id: string }>(
    `INSERT INTO runs (tenant_id, integration_id, mode, trigger, configuration_version, hold_id, undoes_run_id, selection,
       requested_by, request_reason, engine_version)
     SELECT tenant_id, id, $3, $4, configuration_version, $5, $6, $7, $8, $9, ${engineVersion} FROM integrations WHERE tenant_id = $1 AND id = $2
     RETURNING id`,
    [
      run.tenantId,
      run.integrationId,
      run.mode,
      run.trigger,
      run.holdId ?? null,
      run.undoesRunId ?? null,
      run.selection ?? null,
      run.requestedBy ?? null,
      run.requestReason ?? null,
    ],
  );
  if (!rows[0]) throw new Fault('not_found', 'There is no such integration.');
  const { mode, trigger } = run;
  const key = { tenantId: run.tenantId, runId: rows[0].id };
  await recordEvent(tx, key, { kind: 'run.requested', figures: { mode, trigger: trigger.slice(0, 40) } });
  return rows[0].id;
}

export async function findRun(tx: Tx, tenantId: string, runId: string): Promise<Run> {
  const { rows } = await tx.query<Run>(`SELECT ${columns} FROM ${joined} WHERE r.tenant_id = $1 AND r.id = $2`, [
    tenantId,
    runId,
  ]);
  if (!rows[0]) throw new Fault('not_found', 'There is no such run.');
  return rows[0];
}

export async function listRuns(
  tx: Tx,
  tenantId: string,
  options: { limit?: number; offset?: number; integrationId?: string } = {},
): Promise<Run[]> {
  const { rows } = await tx.query<Run>(
    `SELECT ${columns} FROM ${joined} WHERE r.tenant_id = $1 AND ($4::uuid IS NULL OR r.integration_id = $4)
     ORDER BY r.id DESC LIMIT $2 OFFSET $3`,
    [tenantId, options.limit ?? 50, options.offset ?? 0, options.integrationId ?? null],
  );
  return rows;
}

/** The integration's run that is not over yet, if there is one. */
export async function activeRun(tx: Tx, tenantId: string, integrationId: string): Promise<string | null> {
  const { rows } = await tx.query<{ id: string }>(
    `SELECT id FROM runs WHERE tenant_id = $1 AND integration_id = $2 AND state <> ALL ($3) ORDER BY id LIMIT 1`,
    [tenantId, integrationId, finalRunStates],
  );
  return rows[0]?.id ?? null;
}

/** Moves a run. Throws a RangeError for a move that core's table does not have. The caller has proven the fence. */
export async function moveRun(
  tx: Tx,
  run: { tenantId: string; runId: string },
  to: RunState,
  why: { reason?: string | null; nextStep?: string | null; resumeInMs?: number } = {},
): Promise<void> {
  const { rows } = await tx.query<{ state: RunState }>(
    'SELECT state FROM runs WHERE tenant_id = $1 AND id = $2 FOR UPDATE',
    [run.tenantId, run.runId],
  );
  const from = rows[0]?.state;
  if (!from) throw new Fault('not_found', 'There is no such run.');
  // A pause that follows upon a pause has a time of its own.
  if (from === to && why.resumeInMs === undefined) return;
  if (from !== to && !mayMove(from, to)) throw new RangeError(`a run cannot move from ${from} to ${to}`);
  await tx.query(
    `UPDATE runs SET state = $3, reason = $4, next_step = $5, started_at = coalesce(started_at, now()),
       finished_at = CASE WHEN $6 THEN now() END, resume_at = now() + make_interval(secs => $7::float8 / 1000)
     WHERE tenant_id = $1 AND id = $2`,
    [
      run.tenantId,
      run.runId,
      to,
      why.reason ?? null,
      why.nextStep ?? null,
      finalRunStates.includes(to),
      why.resumeInMs ?? null,
    ],
  );
  if (finalRunStates.includes(to)) await reopenLetters(tx, run);
  await recordEvent(tx, run, eventOfMove(to, why));
}

/** Counts a new attempt and returns its number; from now on the run is for engines of this version and later. `silentMs` as in a lease. */
export async function beginAttempt(
  tx: Tx,
  run: { tenantId: string; runId: string; silentMs?: number | null },
): Promise<number> {
  const { rows } = await tx.query<{ attempt: number }>(
    `UPDATE runs SET attempt = attempt + 1, engine_version = greatest(engine_version, ${engineVersion})
     WHERE tenant_id = $1 AND id = $2 RETURNING attempt`,
    [run.tenantId, run.runId],
  );
  await recordEvent(tx, run, { kind: 'attempt.started', figures: { silentMs: run.silentMs ?? null } });
  return rows[0]!.attempt;
}

export interface Stops {
  /** In a row, this one included, without a page read in between. */
  readonly stops: number;
  /** Those of them that used up patience. */
  readonly patienceSpent: number;
}

/** Counts an orderly stop of the present attempt. An attempt that got on begins the count anew. */
export async function countStop(
  tx: Tx,
  run: { tenantId: string; runId: string },
  stop: { class: ErrorClass; patience: boolean },
): Promise<Stops> {
  const { rows } = await tx.query<Stops>(
    `WITH got_on AS (SELECT EXISTS (SELECT FROM sync_pages p JOIN runs r USING (tenant_id) WHERE p.tenant_id = $1
         AND p.run_id = $2 AND r.id = $2 AND p.attempt = r.attempt AND p.row_count > 0) AS yes)
     UPDATE runs r SET settled_attempt = attempt, stopped_class = $3,
       stops = CASE WHEN g.yes THEN 1 ELSE stops + 1 END,
       patience_spent = CASE WHEN g.yes THEN 0 ELSE patience_spent END + $4::int
     FROM got_on g WHERE r.tenant_id = $1 AND r.id = $2 RETURNING stops, patience_spent AS "patienceSpent"`,
    [run.tenantId, run.runId, stop.class, stop.patience ? 1 : 0],
  );
  return rows[0]!;
}

/** A run that waits for a new secret tries it now, because somebody asks. */
export async function tryNow(tx: Tx, run: { tenantId: string; runId: string }): Promise<void> {
  await tx.query(
    `UPDATE runs SET resume_at = now() WHERE tenant_id = $1 AND id = $2 AND state = 'paused' AND resume_at IS NOT NULL`,
    [run.tenantId, run.runId],
  );
}

export async function saveReport(tx: Tx, run: { tenantId: string; runId: string }, report: RunReport): Promise<void> {
  await tx.query('UPDATE runs SET report = $3 WHERE tenant_id = $1 AND id = $2', [run.tenantId, run.runId, report]);
}

export async function savePeakMemory(tx: Tx, run: { tenantId: string; runId: string }, mb: number): Promise<void> {
  await tx.query('UPDATE runs SET peak_rss_mb = greatest(peak_rss_mb, $3) WHERE tenant_id = $1 AND id = $2', [
    run.tenantId,
    run.runId,
    mb,
  ]);
}
