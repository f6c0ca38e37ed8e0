/** What the steps of one run share. Nothing here outlives the attempt; what must, stands in the database. */
import type { EntityName, Limits } from '@rollcall/core';
import { defaultGrace, defaultLimits } from '@rollcall/core';
import type { Clock, IRosterProvider, Log, Metrics } from '@rollcall/connectors';
import type { Database, Tx } from '../store/database.js';
import { proveFence, type Lease } from '../store/leases.js';
import type { Run } from '../store/runs.js';
import type { RunScope } from '../store/sql/scope.js';
import type { Failpoint } from './failpoints.js';
import type { Turn } from './turns.js';

export interface RunContext {
  readonly db: Database;
  readonly lease: Lease;
  readonly run: Run;
  /** Null for a run that carries out a decision: it does not speak to the source. */
  readonly provider: IRosterProvider | null;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly failpoint: Failpoint;
  readonly policy: RunPolicy;
  /** The run whose plan a decision is about; null for a run that reads the source. */
  readonly sourceRunId: string | null;
  /** Its place among the runs that this process works on. */
  readonly turn: Turn;
}

export interface RunPolicy {
  /** Plan rows applied in one transaction. A thousand costs 1.6 times as much as 20,000. */
  readonly chunkRows: number;
  /** Chunks applied side by side. */
  readonly writers: number;
  readonly limits: Readonly<Record<EntityName, Limits>>;
  /** An incremental run reads in full what was last read in full this long ago. */
  readonly fullEveryMs: number;
  readonly grace: Readonly<Record<EntityName, { completeRuns: number; hours: number }>>;
  /** Records of one entity that one run reads by their ids; the others wait for the next. */
  readonly recordsPerRun: number;
}

export const defaultPolicy: RunPolicy = {
  chunkRows: 20_000,
  writers: 2,
  limits: defaultLimits,
  fullEveryMs: 24 * 3_600_000,
  grace: defaultGrace,
  recordsPerRun: 1_000,
};

export const scopeOf = (context: RunContext): RunScope => ({
  tenantId: context.run.tenantId,
  integrationId: context.run.integrationId,
  runId: context.run.id,
  ...(context.run.mode === 'apply' && context.sourceRunId ? { stageRunId: context.sourceRunId } : {}),
});

/** A transaction that may write for the run: it proves its fence first and names the run as the origin of what it changes. */
export async function write<T>(context: RunContext, work: (tx: Tx) => Promise<T>): Promise<T> {
  const { db, lease, run, signal } = context;
  signal.throwIfAborted();
  context.turn.works();
  return db.withTenant(
    run.tenantId,
    async (tx) => {
      await proveFence(tx, lease);
      return work(tx);
    },
    { origin: `integration:${run.integrationId}`, runId: run.id },
  );
}

export async function read<T>(context: RunContext, work: (tx: Tx) => Promise<T>): Promise<T> {
  context.signal.throwIfAborted();
  context.turn.works();
  return context.db.withTenant(context.run.tenantId, work);
}

/** The source of a run that reads one. */
export function providerOf(context: RunContext): IRosterProvider {
  if (context.provider === null) throw new RangeError('this run does not read a source');
  return context.provider;
}
