/**
 * The recipe of a run: fetch, plan, apply, verify, entity by entity in dependency order. Everything that a run has done stands in
 * the database, so an attempt that dies is followed by one that goes on.
 */
import { Fault, treatments, type RunState } from '@rollcall/core';
import type { Clock, IRosterProvider, Log, Metrics } from '@rollcall/connectors';
import type { Database } from '../store/database.js';
import { proveFence, type Lease } from '../store/leases.js';
import { findHold } from '../store/holds.js';
import { hasCompany } from '../store/integration-turns.js';
import { claimEntities } from '../store/run-entities.js';
import { beginAttempt, findRun, moveRun, type Run } from '../store/runs.js';
import { countEnd } from './count-run.js';
import { endRun } from './end-run.js';
import type { Failpoint } from './failpoints.js';
import { read, scopeOf, write, type RunContext, type RunPolicy } from './run-context.js';
import { inParallel, inParallelThenInOrder } from './in-parallel.js';
import { takeIntegrationTurn } from './integration-turn.js';
import { stopRun } from './stop-run.js';
import { synchronizers, type Synchronizer } from './synchronizers.js';
import { Turns } from './turns.js';

export interface EngineParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly failpoint: Failpoint;
  readonly policy: RunPolicy;
  /** Shared by all engines of a process; without them this engine's runs take turns among themselves. */
  readonly turns?: Turns;
  /** Makes the provider of a run, with the configuration that the run is pinned to. */
  readonly connect: (run: Run) => Promise<IRosterProvider>;
}

export class DataSyncEngine {
  readonly #turns: Turns;

  constructor(private readonly parts: EngineParts) {
    this.#turns = parts.turns ?? new Turns(parts.clock);
  }

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
      const turn = this.#turns.begin(run.tenantId);
      try {
        await this.#work({ ...this.parts, lease, run, provider, signal, sourceRunId, turn });
      } finally {
        turn.end();
        await provider?.stop();
      }
    } catch (error) {
      if (!(error instanceof Fault) || treatments[error.code].action === 'retry') throw error;
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
    else await this.#takeUpPlan(context);
    if (context.run.mode !== 'plan') {
      if (context.run.mode === 'undo') await this.#takeBack(context);
      else await this.#step(context, 'applying', (s) => s.decide(context).then(() => s.apply(context)));
      context.failpoint('verify.begun');
      await this.#step(context, 'verifying', (s) => s.verify(context));
    }
    await endRun(context);
    context.failpoint('run.finished');
  }

  /**
   * While one collection is judged the next is read, and what is read is planned in dependency order beside it: the provider's
   * ceiling bounds the requests, and the database would otherwise wait for the source.
   */
  async #readAndPlan(context: RunContext): Promise<void> {
    if (context.run.mode === 'records') return this.#readByIds(context);
    await this.#enter(context, 'fetching');
    const dry = context.run.mode === 'plan';
    if (!dry && (await read(context, (tx) => hasCompany(tx, context.run.tenantId)))) return this.#readThenPlan(context);
    if (!dry) await takeIntegrationTurn(context);
    let since = context.clock.now();
    await inParallelThenInOrder(synchronizers, 2, {
      first: (synchronizer) => going(context, () => synchronizer.fetch(context)),
      between: async () => {
        since = this.#stepDone(context, 'fetching', since);
        await this.#enter(context, 'staged');
      },
      then: (synchronizer) => going(context, () => synchronizer.plan(context)),
    });
    this.#stepDone(context, 'staged', since);
    await this.#enter(context, 'planned');
  }

  /** Where several integrations feed the tenant they read side by side, and plan one after the other. */
  async #readThenPlan(context: RunContext): Promise<void> {
    const since = context.clock.now();
    await inParallel(synchronizers, 2, (synchronizer) => going(context, () => synchronizer.fetch(context)));
    this.#stepDone(context, 'fetching', since);
    await takeIntegrationTurn(context);
    await this.#step(context, 'staged', (s) => s.plan(context));
    await this.#enter(context, 'planned');
  }

  /** The plan is stored already. */
  async #takeUpPlan(context: RunContext): Promise<void> {
    await this.#enter(context, 'planned');
    await takeIntegrationTurn(context);
  }

  /** What refers is read before what it refers to, so that a record that it names and that we do not know is read as well. */
  async #readByIds(context: RunContext): Promise<void> {
    await this.#step(context, 'fetching', (s) => s.fetch(context), synchronizers.toReversed());
    await takeIntegrationTurn(context);
    await this.#step(context, 'staged', (s) => s.plan(context));
    await this.#enter(context, 'planned');
  }

  /** What refers is taken back before what it refers to, and others are planned meanwhile: neither reads what the other writes. */
  async #takeBack(context: RunContext): Promise<void> {
    await this.#enter(context, 'applying');
    const since = context.clock.now();
    await inParallelThenInOrder(synchronizers.toReversed(), 2, {
      first: (synchronizer) => going(context, () => synchronizer.decide(context)),
      between: () => Promise.resolve(),
      then: (synchronizer) => going(context, () => synchronizer.apply(context)),
    });
    this.#stepDone(context, 'applying', since);
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
    order = synchronizers,
  ): Promise<void> {
    await this.#enter(context, state);
    const since = context.clock.now();
    for (const synchronizer of order) await going(context, () => work(synchronizer));
    this.#stepDone(context, state, since);
  }

  /** The present time, from which the next step is measured. */
  #stepDone({ metrics, log, clock, run }: RunContext, step: RunState, since: number): number {
    const now = clock.now();
    metrics.time('rollcall_run_step_seconds', now - since, { step });
    log.info('run.step-done', { run: run.id, step, ms: now - since });
    return now;
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

async function going(context: RunContext, work: () => Promise<void>): Promise<void> {
  context.signal.throwIfAborted();
  await work();
}

const order: readonly RunState[] = ['queued', 'fetching', 'staged', 'planned', 'applying', 'verifying'];

const passed = (now: RunState, wanted: RunState): boolean => order.indexOf(now) >= order.indexOf(wanted);
