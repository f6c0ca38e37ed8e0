/** What a worker does under a lease: the product's engine with the ways to the database and the source that a trial has laid. */
import {
  ProviderFactory,
  timebackDefinition,
  timebackPresets,
  type Clock,
  type Egress,
  type IRosterProvider,
  type Log,
  type Ports,
} from '@rollcall/connectors';
import type { AttemptParts } from '@rollcall/server/jobs/attempt-run.js';
import type { Run } from '@rollcall/server/store/runs.js';
import { DataSyncEngine } from '@rollcall/server/sync/data-sync-engine.js';
import type { Failpoint } from '@rollcall/server/sync/failpoints.js';
import { defaultPolicy, type RunPolicy } from '@rollcall/server/sync/run-context.js';
import type { Random } from '../runner/random.js';
import type { FaultyDatabase } from '../wrap/faulty-database.js';
import type { Site } from './site.js';

/** What a trial lays between the engine and the world. */
export interface Ways {
  readonly site: Site;
  readonly bystander: Site;
  readonly sourceUrl: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly policy: Partial<RunPolicy>;
  readonly clock: Clock;
  /** Where names of the source under test lead. */
  readonly egress: Egress;
  readonly log: Log;
  readonly random: Random;
  readonly failpoint: Failpoint;
  readonly wrapProvider: (provider: IRosterProvider) => IRosterProvider;
}

/** Small and hasty, so that a small district has several pages and chunks, and a source that is down is given up soon. */
const hasty = { maxAttempts: 3, maxWaitMs: 300, attemptTimeoutMs: 1_500, baseDelayMs: 5, maxDelayMs: 40, pageSize: 60 };
const smallChunks = { ...defaultPolicy, chunkRows: 50 };

/** `db` is kept for the whole attempt: a process that dies takes its own with it, not that of its successor. */
export function workOf(trial: Ways, db: FaultyDatabase): AttemptParts['work'] {
  return (lease, signal) => {
    const isUnderTest = lease.tenantId === trial.site.tenantId;
    const ports: Ports = { clock: trial.clock, log: trial.log, metrics, random: () => trial.random.next() };
    const engine = new DataSyncEngine({
      db,
      ...ports,
      failpoint: isUnderTest ? (name) => trial.failpoint(name) : () => undefined,
      policy: { ...smallChunks, ...trial.policy },
      connect: (run) => connect(trial, ports, run),
    });
    return engine.run(lease, signal);
  };
}

async function connect(trial: Ways, ports: Ports, run: Run) {
  const isUnderTest = run.tenantId === trial.site.tenantId;
  const baseUrl = isUnderTest ? trial.sourceUrl : trial.bystander.sandbox.baseUrl;
  const ways = isUnderTest ? { ...ports, egress: trial.egress } : ports;
  const provider = new ProviderFactory(ways).register(timebackDefinition).create('timeback', 'district', {
    ...timebackPresets.sandbox(baseUrl),
    clientId: 'sandbox-client',
    clientSecret: 'sandbox-secret',
    ...hasty,
    ...(isUnderTest ? trial.settings : {}),
  });
  await provider.init();
  await provider.start();
  return isUnderTest ? trial.wrapProvider(provider) : provider;
}

const metrics = { count: () => undefined, time: () => undefined };
