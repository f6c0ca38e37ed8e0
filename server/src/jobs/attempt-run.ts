/**
 * One attempt at a run, whoever rang for it: only when the run is due and nobody else holds its lease. It never throws for what
 * the run itself met; that stands in the run. What it returns says whether there is a point in coming back.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Fault, treatments } from '@rollcall/core';
import type { Log, Metrics } from '@rollcall/connectors';
import type { Database } from '../store/database.js';
import type { Lease } from '../store/leases.js';
import { isRunDue } from '../store/run-due.js';
import { findRun, type Run } from '../store/runs.js';
import { troubleOf } from '../store/trouble.js';
import { countEnd } from '../sync/count-run.js';
import { giveUp, noteCrash } from '../sync/fail-run.js';
import { stopForDatabase } from '../sync/stop-run.js';
import { wakeIntegrations } from '../sync/wake-integrations.js';
import { withLease } from '../sync/with-lease.js';
import { isDatabaseAway } from './database-away.js';

export interface AttemptParts {
  readonly db: Database;
  readonly log: Log;
  readonly metrics?: Metrics;
  /** Works on the run under the lease: the engine with everything it needs. */
  readonly work: (lease: Lease, signal: AbortSignal) => Promise<Run>;
  /** Rings for a run that follows. Without it, and where it fails, the sweeper does. */
  readonly ring?: (run: { tenantId: string; runId: string }) => Promise<unknown>;
  /** Of the engine that works; its own one unless another is handed in. */
  readonly engineVersion?: number;
}

/** `over`: nothing to do now. `taken`: somebody else works on it. `stopped`: this process ends. `away`: the database is. */
export type AttemptEnd = 'over' | 'taken' | 'stopped' | 'away' | 'crashed';

export async function attemptRun(
  parts: AttemptParts,
  run: { tenantId: string; runId: string },
  stop: AbortSignal,
): Promise<AttemptEnd> {
  const outcome = await attempt(parts, run, stop);
  parts.metrics?.count('rollcall_run_attempt_total', { outcome });
  return outcome;
}

async function attempt(
  parts: AttemptParts,
  run: { tenantId: string; runId: string },
  stop: AbortSignal,
): Promise<AttemptEnd> {
  const { db, log } = parts;
  try {
    if (!(await isDue(parts, run))) return 'over';
    // Each attempt is an owner of its own, so that two attempts of one process exclude each other as well.
    const owner = `${hostname()}:${process.pid}:${randomUUID()}`;
    const end = await withLease(db, { ...run, owner }, stop, (lease, signal) => underLease(parts, lease, signal));
    if (end === 'over') await askForNext(parts, run);
    return end ?? 'taken';
  } catch (error) {
    if (stop.aborted) return 'stopped';
    if (error instanceof Fault && error.code === 'lease_lost') return 'taken';
    log.warn('attempt.interrupted', { run: run.runId, errorName: nameOf(error), code: codeOf(error) });
    return isDatabaseAway(error) ? 'away' : 'crashed';
  }
}

/** Records that were marked too late for the run that is over are read by one of their own. */
async function askForNext({ db, log, ring }: AttemptParts, run: { tenantId: string; runId: string }): Promise<void> {
  try {
    const { integrationId } = await db.withTenant(run.tenantId, (tx) => findRun(tx, run.tenantId, run.runId));
    for (const next of await wakeIntegrations(db, { tenantId: run.tenantId, integrationId })) await ring?.(next);
  } catch (error) {
    log.debug('next-run.not-asked-for', { run: run.runId, errorName: nameOf(error) }); // the sweeper asks
  }
}

async function underLease(parts: AttemptParts, lease: Lease, signal: AbortSignal): Promise<AttemptEnd> {
  const { db, log } = parts;
  // Between the look and the lease another attempt may have brought the run to its end.
  if (!(await isDue(parts, lease))) return 'over';
  if (await giveUp(db, lease)) return counted(parts, lease, 'over');
  try {
    log.info('attempt.started', { run: lease.runId });
    const run = await parts.work(lease, signal);
    log.info('attempt.ended', { run: run.id, state: run.state, reason: run.reason, attempt: run.attempt });
    return 'over';
  } catch (error) {
    if (signal.aborted || error instanceof Fault) throw error;
    if (isDatabaseAway(error)) return noted(parts, lease, error);
    log.error('attempt.crashed', {
      run: lease.runId,
      errorName: nameOf(error),
      code: codeOf(error),
      reason: placeOf(error),
    });
    const became = await noteCrash(db, lease, nameOf(error));
    return became === 'failed' ? counted(parts, lease, 'crashed') : 'crashed';
  }
}

/** Says on the run that it waits for the database, where that can be written; else it is found as it stands. */
async function noted({ db, log }: AttemptParts, lease: Lease, error: unknown): Promise<AttemptEnd> {
  const trouble = troubleOf(error);
  if (treatments[trouble].state === null) throw error;
  const state = await stopForDatabase(db, lease, trouble).catch(() => null);
  if (state === null) throw error;
  log.warn('attempt.waits', { run: lease.runId, reason: trouble, state });
  return 'over';
}

/** A run that failed here has not come to an end in the engine, which counts all others. */
async function counted({ db, metrics }: AttemptParts, lease: Lease, end: AttemptEnd): Promise<AttemptEnd> {
  if (metrics) countEnd(metrics, await db.withTenant(lease.tenantId, (tx) => findRun(tx, lease.tenantId, lease.runId)));
  return end;
}

const isDue = ({ db, engineVersion }: AttemptParts, run: { tenantId: string; runId: string }): Promise<boolean> =>
  db.withTenant(run.tenantId, (tx) => isRunDue(tx, run, engineVersion));

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);

function codeOf(error: unknown): string | null {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : null;
}

/** Where it happened. An error's text may quote a record, its stack below the text does not. */
function placeOf(error: unknown): string | null {
  const frame =
    error instanceof Error
      ? error.stack?.split('\n').find((line) => /^\s+at .*(server|connectors|core)\//.test(line))
      : undefined;
  return frame?.replace(/^\s+at /, '').replace(/\(?file:.*\/(server|connectors|core)\//, '($1/') ?? null;
}
