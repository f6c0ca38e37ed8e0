/**
 * The recipe of a run: fetch, plan, apply, verify, entity by entity in dependency order. Everything that a run has done stands in
 * the database, so an attempt that dies is followed by one that goes on.
 */
import { Fault, type RunState } from '@rollcall/core';
import type { Clock, IRosterProvider, Log, Metrics } from '@rollcall/connectors';
import type { Database } from '../store/database.js';
import { proveFence, type Lease } from '../store/leases.js';
import { findHold } from '../store/holds.js';
import { claimEntities } from '../store/run-entities.js';
import { beginAttempt, findRun, moveRun, type Run } from '../store/runs.js';
import { countEnd } from './count-run.js';
import { endRun } from './end-run.js';
import type { Failpoint } from './failpoints.js';
import { scopeOf, write, type RunContext, type RunPolicy } from './run-context.js';
import { inParallel } from './in-parallel.js';
import { stopRun } from './stop-run.js';
import { synchronizers, type Synchronizer } from './synchronizers.js';

export interface EngineParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly failpoint: Failpoint;
  readonly policy: RunPolicy;
  /** Makes the provider of a run, with the configuration that the run is pinned to. */
  readonly connect: (run: Run) => Promise<IRosterProvider>;
}

export class DataSyncEngine {
  constructor(private readonly parts: EngineParts) {}

  /**
   * Works on a run under a lease until it is over or has to stop. Expected stops (the source is down, a person is needed) become
   * states of the run; anything else is thrown and leaves the run for the next attempt.
   */
  async run(lease: Lease, signal: AbortSignal): Promise<Run> {
    const { db } = this.parts;
    const run = await db.withTenant(lease.tenantId, async (tx) => {
      await proveFence(tx, lease);
      await beginAttempt(tx, lease);
      return findRun(tx, lease.tenantId, lease.runId);
    });
    try {
      const sourceRunId = await this.#sourceOf(run);
      const provider = sourceRunId === null ? await this.parts.connect(run) : null;
      try {
        await this.#work({ ...this.parts, lease, run, provider, signal, sourceRunId });
      } finally {
        await provider?.stop();
      }
    } catch (error) {
      if (!(error instanceof Fault) || error.code === 'lease_lost') throw error;
      this.parts.metrics.count('rollcall_run_stopped_total', { error_class: error.code });
      await stopRun(db, lease, run, error);
    }
    const after = await db.withTenant(lease.tenantId, (tx) => findRun(tx, lease.tenantId, lease.runId));
    countEnd(this.parts.metrics, after);
    return after;
  }

  async #work(context: RunContext): Promise<void> {
    await write(context, (tx) => claimEntities(tx, scopeOf(context)));
    context.failpoint('run.claimed');
    if (context.sourceRunId === null) await this.#readAndPlan(context);
    else await this.#enter(context, 'planned'); // the plan is stored already
    if (context.run.mode !== 'plan') {
      await this.#step(context, 'applying', (s) => s.decide(context).then(() => s.apply(context)));
      context.failpoint('verify.begun');
      await this.#step(context, 'verifying', (s) => s.verify(context));
    }
    await endRun(context);
    context.failpoint('run.finished');
  }

  async #readAndPlan(context: RunContext): Promise<void> {
    // While one collection is judged the next is read; the provider's own ceiling bounds the requests.
    await this.#step(context, 'fetching', (s) => s.fetch(context), 2);
    await this.#enter(context, 'staged');
    await this.#step(context, 'staged', (s) => s.plan(context));
    await this.#enter(context, 'planned');
  }

  /** The run whose stored plan a decision is about. */
  async #sourceOf(run: Run): Promise<string | null> {
    const { mode, tenantId, holdId } = run;
    if (mode === 'undo') return run.undoesRunId;
    if (mode !== 'apply') return null;
    return this.parts.db.withTenant(tenantId, async (tx) => (await findHold(tx, tenantId, holdId!)).lastRunId);
  }

  async #step(
    context: RunContext,
    state: RunState,
    work: (synchronizer: Synchronizer) => Promise<void>,
    width = 1,
  ): Promise<void> {
    await this.#enter(context, state);
    const started = context.clock.now();
    await inParallel(inOrder(context), width, async (synchronizer) => {
      context.signal.throwIfAborted();
      await work(synchronizer);
    });
    context.metrics.time('rollcall_run_step_seconds', context.clock.now() - started, { step: state });
    context.log.info('run.step-done', { run: context.run.id, step: state, ms: context.clock.now() - started });
  }

  /** Moves the run on; an attempt that goes on where another stopped passes the states that are behind it. */
  async #enter(context: RunContext, state: RunState): Promise<void> {
    await write(context, async (tx) => {
      const { state: now } = await findRun(tx, context.run.tenantId, context.run.id);
      if (passed(now, state)) return;
      await moveRun(tx, context.lease, state);
    });
  }
}

/** Undoing goes the other way: what refers goes before what it refers to. */
const inOrder = (context: RunContext): readonly Synchronizer[] =>
  context.run.mode === 'undo' ? synchronizers.toReversed() : synchronizers;

const order: readonly RunState[] = ['queued', 'fetching', 'staged', 'planned', 'applying', 'verifying'];

const passed = (now: RunState, wanted: RunState): boolean => order.indexOf(now) >= order.indexOf(wanted);
