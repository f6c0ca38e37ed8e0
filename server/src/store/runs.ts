/** Runs: one row for each sync of an integration, with its state; a state moves only along core's table. */
import { Fault, finalRunStates, mayMove, type RunMode, type RunReport, type RunState } from '@rollcall/core';
import type { Tx } from './database.js';
import { engineVersion } from './engine-version.js';

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
  r.reason, r.next_step AS "nextStep", r.attempt, r.configuration_version AS "configurationVersion",
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
  if (from === to) return;
  if (!mayMove(from, to)) throw new RangeError(`a run cannot move from ${from} to ${to}`);
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
}

/** Counts a new attempt and returns its number. From now on the run is for engines of this version and later. */
export async function beginAttempt(tx: Tx, run: { tenantId: string; runId: string }): Promise<number> {
  const { rows } = await tx.query<{ attempt: number }>(
    `UPDATE runs SET attempt = attempt + 1, engine_version = greatest(engine_version, ${engineVersion})
     WHERE tenant_id = $1 AND id = $2 RETURNING attempt`,
    [run.tenantId, run.runId],
  );
  return rows[0]!.attempt;
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
