/**
 * One trial: a tenant under a fault and one beside it, both on one worker and one queue. What a scenario may break is here, and at
 * the end everything is made whole, settled and checked, whatever the scenario did.
 */
import type { Clock, Egress, IRosterProvider, Log } from '@rollcall/connectors';
import { finalRunStates, type RunMode, type RunState } from '@rollcall/core';
import type { AttemptParts } from '@rollcall/server/jobs/attempt-run.js';
import type { Database } from '@rollcall/server/store/database.js';
import { leaseSeconds } from '@rollcall/server/store/leases.js';
import { findRun, type Run } from '@rollcall/server/store/runs.js';
import type { FailpointName } from '@rollcall/server/sync/failpoints.js';
import { requestRun } from '@rollcall/server/sync/request-run.js';
import type { RunPolicy } from '@rollcall/server/sync/run-context.js';
import { systemClock } from '@rollcall/server/telemetry/system-clock.js';
import type { Promised, Violation } from '../check/violation.js';
import { readSource, type SourceSnapshot } from '../check/source-snapshot.js';
import type { Random } from '../runner/random.js';
import type { FaultProxy } from '../proxy/fault-proxy.js';
import { FaultyDatabase } from '../wrap/faulty-database.js';
import type { QueueStrike } from '../wrap/faulty-queue.js';
import type { InnerWorker } from './inner-worker.js';
import type { Backend, Lane } from './lane.js';
import type { Site } from './site.js';
import { workOf } from './work-of.js';

/** How long a run may come no further. As long as its workers say something it goes on, however slow the machine. */
const patienceMs = 90_000;

export class Trial {
  readonly violations: Violation[] = [];
  readonly said: string[] = [];
  /** Settings of the provider of the tenant under test. */
  settings: Record<string, unknown> = {};
  policy: Partial<RunPolicy> = {};
  sourceUrl: string;
  clock: Clock = systemClock;
  egress: Egress = {};
  failpoint: (name: FailpointName) => void = () => undefined;
  wrapProvider: (provider: IRosterProvider) => IRosterProvider = (provider) => provider;
  db: FaultyDatabase;
  worker!: InnerWorker;
  attemptsAllowed = 12;
  /** Of the worker's engine; undefined is the present one. */
  engineVersion: number | undefined;
  /** Between the worker and its queue, in scenarios that ask for it. */
  queueProxy: FaultProxy | null = null;
  readonly #endings: (() => Promise<unknown>)[] = [];
  /** What befalls the jobs that are put down next. */
  queueStrikes: QueueStrike[] = [];
  /** Called in a loop while a run is waited for. */
  meanwhile: (run: Run) => Promise<void> = async () => undefined;

  constructor(
    readonly lane: Lane,
    readonly backend: Backend,
    readonly random: Random,
    readonly site: Site,
  ) {
    this.sourceUrl = site.sandbox.baseUrl;
    this.db = this.#newDatabase();
  }

  get bystander(): Site {
    return this.lane.base.bystander;
  }

  /** What the worker takes at the beginning of an attempt. */
  parts(): AttemptParts {
    const { db, log, engineVersion } = this;
    return { db, log, work: workOf(this, db), ...(engineVersion === undefined ? {} : { engineVersion }) };
  }

  readonly log: Log = {
    debug: (event, fields) => this.#say('debug', event, fields),
    info: (event, fields) => this.#say('info', event, fields),
    warn: (event, fields) => this.#say('warn', event, fields),
    error: (event, fields) => this.#say('error', event, fields),
  };

  nextQueueStrike(): QueueStrike | null {
    return this.queueStrikes.shift() ?? null;
  }

  violate(promise: Promised, what: string): void {
    this.violations.push({ promise, what });
  }

  expect(holds: boolean, what: string): void {
    if (!holds) this.violate('unexpected', what);
  }

  async look(): Promise<SourceSnapshot> {
    const source = await readSource(this.site.sandbox.baseUrl);
    this.site.remember(source);
    return source;
  }

  async request(mode: RunMode = 'full', site: Site = this.site): Promise<string> {
    const { tenantId, integration } = site;
    const wanted = { tenantId, integration: integration.id, mode, trigger: 'manual', actor: 'trial' };
    const { runId } = await requestRun(this.lane.base.app, wanted);
    await this.worker.bell.ring({ tenantId, runId });
    return runId;
  }

  find(runId: string, site: Site = this.site): Promise<Run> {
    const { tenantId } = site;
    return this.lane.base.app.withTenant(tenantId, (tx) => findRun(tx, tenantId, runId));
  }

  /** One run to its end, or to where it waits for a person. */
  async sync(mode: RunMode = 'full', site: Site = this.site): Promise<Run> {
    return this.settle(await this.request(mode, site), site);
  }

  settle(runId: string, site: Site = this.site): Promise<Run> {
    return this.until(runId, ({ state }) => isOver(state), site);
  }

  /** The same for a run that must come to a good end. */
  async completes(run: Run | Promise<Run>): Promise<Run> {
    const { state, reason, id } = await run;
    this.expect(state.startsWith('completed'), `run ${id} is ${state}: ${reason}`);
    return run;
  }

  /** Pauses are over at once: what a person would wait for is not waited for here. */
  async until(runId: string, holds: (run: Run) => boolean, site: Site = this.site): Promise<Run> {
    let deadline = Date.now() + patienceMs;
    let heard = this.said.length;
    for (;;) {
      const run = await this.find(runId, site);
      if (holds(run)) return run;
      if (this.said.length > heard) deadline = Date.now() + patienceMs;
      heard = this.said.length;
      if (Date.now() > deadline) {
        const { inHand } = this.worker;
        this.violate(
          'stuck',
          `run ${runId} stays ${run.state} in attempt ${run.attempt}, ${inHand} in hand: ${run.reason}; last ${this.said.at(-1)}`,
        );
        return run;
      }
      await this.meanwhile(run);
      await this.hurry(run);
      await new Promise((done) => setTimeout(done, 20));
    }
  }

  /** Also the lease of an attempt that ended without a word has run out at once. */
  async hurry({ state }: Run): Promise<void> {
    if (state === 'paused')
      await this.lane.ask(`UPDATE runs SET resume_at = now() WHERE state = 'paused' AND resume_at > now()`);
    // One that was taken a moment ago may be that of an attempt that has not come to its work yet.
    if (this.worker.isIdle) await this.endLeases(2);
  }

  /** Those that were taken or renewed so many seconds ago, or longer. */
  async endLeases(olderThan = 0): Promise<void> {
    await this.lane.ask(
      `UPDATE run_leases SET held_until = now() - interval '1 second'
       WHERE held_until > now() AND held_until <= now() + make_interval(secs => $1)`,
      [leaseSeconds - olderThan],
    );
  }

  /** A process took the place of the one that died: its leases have run out, its connections are new. */
  async revive(): Promise<void> {
    await this.worker.idle(patienceMs);
    this.failpoint = () => undefined;
    this.db = this.#newDatabase();
    await this.endLeases();
  }

  /** Done when the scenario is over, whatever became of it. */
  atEnd(ending: () => Promise<unknown>): void {
    this.#endings.push(ending);
  }

  /** From now on the worker's way to the database leads elsewhere, for example through a proxy. */
  reach(database: Database): void {
    this.db = new FaultyDatabase(this.lane.base.urls.worker, database);
    this.atEnd(async () => {
      this.db = this.#newDatabase();
      await this.worker.idle(patienceMs);
      await database.close();
    });
  }

  /** No fault is left. */
  async heal(): Promise<void> {
    for (const ending of this.#endings.splice(0).toReversed()) await ending();
    this.db.heal();
    this.settings = {};
    this.queueStrikes = [];
    this.clock = systemClock;
    this.egress = {};
    this.wrapProvider = (provider) => provider;
    this.engineVersion = undefined;
    this.failpoint = () => undefined;
    this.sourceUrl = this.site.sandbox.baseUrl;
    this.meanwhile = async () => undefined;
    await this.site.sandbox.noFaults();
  }

  #newDatabase(): FaultyDatabase {
    return new FaultyDatabase(this.lane.base.urls.worker, this.lane.base.worker);
  }

  #say(level: string, event: string, fields: unknown): void {
    this.said.push(JSON.stringify({ level, event, fields }));
  }
}

const isOver = (state: RunState): boolean => finalRunStates.includes(state) || state === 'needs_attention';
