/**
 * The only place where the rooms are wired together: one set of plain objects for a process, made from its settings. Everything
 * else is handed what it needs from here.
 */
import {
  IntegrationRegistry,
  ResponseCaches,
  type Log,
  type Ports,
  type ProviderFactory,
  type RateLimiter,
} from '@rollcall/connectors';
import { openSharedLimits } from '../cluster/shared-limits.js';
import { prefixOf } from '../jobs/queue-backend.js';
import { CallTally } from '../health/call-tally.js';
import { ClientQueues, queueGauges } from '../health/client-queues.js';
import type { ExternalIdMappingService } from '../mapping/external-id-mapping-service.js';
import { Database } from '../store/database.js';
import type { Lease } from '../store/leases.js';
import type { Run } from '../store/runs.js';
import { DataSyncEngine } from '../sync/data-sync-engine.js';
import { failpointFrom } from '../sync/failpoints.js';
import { defaultPolicy } from '../sync/run-context.js';
import { CacheKeeper } from '../sync/look-after-caches.js';
import { Turns } from '../sync/turns.js';
import { createLog, type LogLevel } from '../telemetry/log.js';
import { MetricsRegistry } from '../telemetry/metrics.js';
import { poolGauges } from '../store/pool-gauges.js';
import { openMappings } from './open-mappings.js';
import { processGauges } from '../telemetry/process-gauges.js';
import { systemClock } from '../telemetry/system-clock.js';
import { AttemptProviders } from './attempt-providers.js';
import { providerFactory } from './provider-factory.js';
import { RegisteredIntegrations } from './registered-integrations.js';

export interface ComposeOptions {
  /** For the log. */
  readonly processName: string;
  /** Of a role that cannot bypass row-level security. */
  readonly databaseUrl: string;
  /** Without it the queue lives in the database. */
  readonly redisUrl?: string | undefined;
  readonly connections?: number;
  readonly dataDir: string;
  readonly logLevel: LogLevel;
  /** Without it, standard error. */
  readonly logFile?: string;
  readonly env?: NodeJS.ProcessEnv;
}

export interface Composition {
  readonly db: Database;
  readonly log: Log;
  readonly metrics: MetricsRegistry;
  readonly mappings: ExternalIdMappingService;
  readonly ports: Ports;
  readonly factory: ProviderFactory;
  readonly registry: IntegrationRegistry;
  /** The registry's providers, by their present settings. */
  readonly live: RegisteredIntegrations;
  readonly calls: CallTally;
  readonly caches: CacheKeeper;
  /** Of those who call us. */
  readonly callers: RateLimiter;
  /** Works on a run under its lease, with the configuration that the run is pinned to. */
  readonly work: (lease: Lease, signal: AbortSignal) => Promise<Run>;
  close(): Promise<void>;
}

export function compose(options: ComposeOptions): Composition {
  const { env = process.env, dataDir } = options;
  const log = createLog(options.processName, options.logLevel, options.logFile);
  const metrics = new MetricsRegistry();
  const db = databaseOf(options, log);
  const calls = new CallTally(systemClock);
  const queues = new ClientQueues();
  const caches = new ResponseCaches();
  metrics.ask(processGauges(), poolGauges(db), queueGauges(queues));
  const limits = openSharedLimits(options.redisUrl, prefixOf(options.databaseUrl), { clock: systemClock, log });
  const translating = openMappings({ db, log, metrics }, options.redisUrl, prefixOf(options.databaseUrl));
  const ports: Ports = {
    clock: systemClock,
    log,
    metrics,
    random: Math.random,
    limiter: limits.limiter,
    circuits: limits.circuits,
    caches,
    calls,
    queues,
    egress: { allowPrivateAddresses: env.ROLLCALL_ALLOW_PRIVATE_ADDRESSES === 'true' },
  };
  const factory = providerFactory(ports, { env, dataDir });
  const registry = new IntegrationRegistry(factory, ports);
  const live = new RegisteredIntegrations(db, registry, log);
  const failpoint = failpointFrom(env.ROLLCALL_FAILPOINT);
  const turns = new Turns(ports.clock);
  const work = async (lease: Lease, signal: AbortSignal) => {
    const attempt = new AttemptProviders({ db, factory, ...ports });
    const connect = (run: Run) => attempt.connect(run);
    const engine = new DataSyncEngine({ db, ...ports, failpoint, policy: defaultPolicy, turns, connect });
    return engine.run(lease, signal).finally(() => attempt.end());
  };
  // What was counted last is worth no wait.
  const flush = () =>
    calls.flush(db).catch((error: Error) => log.debug('health.not-written', { errorName: error.name }));
  const close = async () => {
    await registry.stopAll();
    await factory.disposeAll();
    await flush();
    limits.close();
    translating.close();
    await db.close();
  };
  const { mappings } = translating;
  const kept = new CacheKeeper(caches);
  const { callers } = limits;
  return { db, log, metrics, mappings, ports, factory, registry, live, calls, caches: kept, callers, work, close };
}

const databaseOf = ({ databaseUrl, connections = 8 }: ComposeOptions, log: Log): Database =>
  new Database(databaseUrl, {
    connections,
    onError: (error) => log.warn('database.connection-lost', { errorName: error.name }),
  });
