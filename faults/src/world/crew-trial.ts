/**
 * A trial with real worker processes in real time: they are killed, frozen and starved; how long it takes until another one goes on
 * with what they held is measured.
 */
import { timebackPresets } from '@rollcall/connectors';
import { finalRunStates, type RunMode } from '@rollcall/core';
import { RunBell } from '@rollcall/server/jobs/run-bell.js';
import { changeSettings, findIntegration } from '@rollcall/server/store/integrations.js';
import { findRun, type Run } from '@rollcall/server/store/runs.js';
import { requestRun } from '@rollcall/server/sync/request-run.js';
import type { Promised, Violation } from '../check/violation.js';
import type { Random } from '../runner/random.js';
import type { Crew } from './crew.js';
import type { Lane } from './lane.js';
import type { Site } from './site.js';
import { secretVariable, type WorkerProcess } from './worker-process.js';

const patienceMs = 90_000;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

export interface Held {
  readonly tenantId: string;
  readonly runId: string;
  readonly fence: number;
}

export class CrewTrial {
  readonly violations: Violation[] = [];
  readonly resumeSeconds: number[] = [];
  readonly bell: RunBell;
  attemptsAllowed = 6;

  constructor(
    readonly lane: Lane,
    readonly crew: Crew,
    readonly random: Random,
    readonly site: Site,
  ) {
    this.bell = new RunBell(lane.queueAt(crew.backend, 'app'), quiet);
  }

  get bystander(): Site {
    return this.lane.base.bystander;
  }

  violate(promise: Promised, what: string): void {
    this.violations.push({ promise, what });
  }

  expect(holds: boolean, what: string): void {
    if (!holds) this.violate('unexpected', what);
  }

  /** Stored as an installation stores them; a page holds 20 rows, so that there are several. */
  async configure(site: Site, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const settings = {
      ...timebackPresets.sandbox(site.sandbox.baseUrl),
      clientId: 'sandbox-client',
      clientSecretRef: `env:${secretVariable}`,
      pageSize: 20,
      ...more,
    };
    const { tenantId, integration } = site;
    await this.lane.base.app.withTenant(tenantId, async (tx) =>
      changeSettings(tx, await findIntegration(tx, tenantId, integration.id), settings),
    );
  }

  async request(site: Site = this.site, mode: RunMode = 'full'): Promise<string> {
    const { tenantId, integration } = site;
    const wanted = { tenantId, integration: integration.id, mode, trigger: 'manual', actor: 'trial' };
    const { runId } = await requestRun(this.lane.base.app, wanted);
    await this.bell.ring({ tenantId, runId });
    return runId;
  }

  async completes(runId: string, site: Site = this.site): Promise<Run> {
    const run = await this.until(runId, ({ state }) => finalRunStates.includes(state), site);
    this.expect(run.state.startsWith('completed'), `run ${runId} is ${run.state}: ${run.reason}`);
    return run;
  }

  async until(runId: string, holds: (run: Run) => boolean, site: Site = this.site): Promise<Run> {
    const { tenantId } = site;
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const run = await this.lane.base.app.withTenant(tenantId, (tx) => findRun(tx, tenantId, runId));
      if (holds(run)) return run;
      if (Date.now() > deadline) {
        this.violate('stuck', `run ${runId} stays ${run.state} in attempt ${run.attempt}: ${run.reason}`);
        return run;
      }
      await pause(15);
    }
  }

  /** Whoever works on the run; null when nobody does. */
  async holder(runId: string): Promise<WorkerProcess | null> {
    const rows = await this.lane.ask<{ owner: string }>(
      `SELECT owner FROM run_leases WHERE run_id = $1 AND held_until > now()`,
      [runId],
    );
    return this.crew.byPid(Number(rows[0]?.owner.split(':').at(-2))) ?? null;
  }

  async holderOf(runId: string, withinMs = 60_000): Promise<WorkerProcess> {
    for (const deadline = Date.now() + withinMs; Date.now() < deadline; await pause(5)) {
      const found = await this.holder(runId);
      if (found) return found;
    }
    throw new Error(`nobody took up run ${runId}`);
  }

  /** What a process holds at this moment, of both tenants. */
  async heldBy(worker: WorkerProcess): Promise<Held[]> {
    return this.lane.ask<Held>(
      `SELECT l.tenant_id AS "tenantId", l.run_id AS "runId", l.fence::int FROM run_leases l JOIN runs r ON r.id = l.run_id
       WHERE l.held_until > now() AND split_part(l.owner, ':', 2) = $1 AND r.finished_at IS NULL`,
      [String(worker.pid)],
    );
  }

  /** Seconds from now until each of them has another holder, or has ended after all. */
  async resumed(held: readonly Held[], since = performance.now()): Promise<void> {
    await Promise.all(held.map((one) => this.#resumed(one, since)));
  }

  async #resumed({ runId, fence }: Held, since: number): Promise<void> {
    for (;;) {
      const [now] = await this.lane.ask<{ fence: number; over: boolean }>(
        `SELECT l.fence::int, r.finished_at IS NOT NULL AS over FROM run_leases l JOIN runs r ON r.id = l.run_id WHERE l.run_id = $1`,
        [runId],
      );
      const seconds = (performance.now() - since) / 1000;
      if (now && now.fence > fence) return void this.resumeSeconds.push(seconds);
      // Its last commit had reached the database before it died: there was nothing to go on with.
      if (now?.over) return;
      if (seconds > 60) return this.violate('stuck', `nobody went on with run ${runId} within a minute`);
      await pause(20);
    }
  }

  close(): Promise<void> {
    return this.bell.close();
  }
}

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
