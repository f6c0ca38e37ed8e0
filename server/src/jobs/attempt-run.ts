/**
 * One attempt at a run, whoever rang for it: only when the run is due and nobody else holds its lease. It never throws for what
 * the run itself met; that stands in the run. What it returns says whether there is a point in coming back.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Fault } from '@rollcall/core';
import type { Log } from '@rollcall/connectors';
import type { Database } from '../store/database.js';
import type { Lease } from '../store/leases.js';
import { isRunDue } from '../store/run-due.js';
import type { Run } from '../store/runs.js';
import { giveUp, noteCrash } from '../sync/fail-run.js';
import { withLease } from '../sync/with-lease.js';
import { isDatabaseAway } from './database-away.js';

export interface AttemptParts {
  readonly db: Database;
  readonly log: Log;
  /** Works on the run under the lease: the engine with everything it needs. */
  readonly work: (lease: Lease, signal: AbortSignal) => Promise<Run>;
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
  const { db, log } = parts;
  try {
    if (!(await isDue(parts, run))) return 'over';
    // Each attempt is an owner of its own, so that two attempts of one process exclude each other as well.
    const owner = `${hostname()}:${process.pid}:${randomUUID()}`;
    const end = await withLease(db, { ...run, owner }, stop, (lease, signal) => underLease(parts, lease, signal));
    return end ?? 'taken';
  } catch (error) {
    if (stop.aborted) return 'stopped';
    if (error instanceof Fault && error.code === 'lease_lost') return 'taken';
    log.warn('attempt.interrupted', { run: run.runId, errorName: nameOf(error), code: codeOf(error) });
    return isDatabaseAway(error) ? 'away' : 'crashed';
  }
}

async function underLease(parts: AttemptParts, lease: Lease, signal: AbortSignal): Promise<AttemptEnd> {
  const { db, log } = parts;
  // Between the look and the lease another attempt may have brought the run to its end.
  if (!(await isDue(parts, lease)) || (await giveUp(db, lease))) return 'over';
  try {
    log.info('attempt.started', { run: lease.runId });
    const run = await parts.work(lease, signal);
    log.info('attempt.ended', { run: run.id, state: run.state, reason: run.reason, attempt: run.attempt });
    return 'over';
  } catch (error) {
    if (signal.aborted || error instanceof Fault || isDatabaseAway(error)) throw error;
    log.error('attempt.crashed', {
      run: lease.runId,
      errorName: nameOf(error),
      code: codeOf(error),
      reason: placeOf(error),
    });
    await noteCrash(db, lease, nameOf(error));
    return 'crashed';
  }
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
