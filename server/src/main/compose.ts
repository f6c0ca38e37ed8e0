/**
 * The only place where the rooms are wired together: one set of plain objects for a process, made from its settings. Everything
 * else is handed what it needs from here.
 */
import {
  IntegrationRegistry,
  mockDefinition,
  oneRosterCsvDefinition,
  oneRosterDefinition,
  ProviderFactory,
  ResponseCaches,
  timebackDefinition,
  type Log,
  type Ports,
} from '@rollcall/connectors';
import { resolveSecrets, type SecretSources } from '../config/secret-references.js';
import { openSharedLimits } from '../cluster/shared-limits.js';
import { prefixOf } from '../jobs/queue-backend.js';
import type { ExternalIdMappingService } from '../mapping/external-id-mapping-service.js';
import { Database } from '../store/database.js';
import { findIntegration, pinnedSettings } from '../store/integrations.js';
import type { Lease } from '../store/leases.js';
import type { Run } from '../store/runs.js';
import { DataSyncEngine } from '../sync/data-sync-engine.js';
import { failpointFrom } from '../sync/failpoints.js';
import { defaultPolicy } from '../sync/run-context.js';
import { Turns } from '../sync/turns.js';
import { createLog, type LogLevel } from '../telemetry/log.js';
import { MetricsRegistry } from '../telemetry/metrics.js';
import { poolGauges } from '../store/pool-gauges.js';
import { openMappings } from './open-mappings.js';
import { processGauges } from '../telemetry/process-gauges.js';
import { systemClock } from '../telemetry/system-clock.js';

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
  /** Works on a run under its lease, with the configuration that the run is pinned to. */
  readonly work: (lease: Lease, signal: AbortSignal) => Promise<Run>;
  close(): Promise<void>;
}

export function compose(options: ComposeOptions): Composition {
  const { env = process.env, dataDir } = options;
  const log = createLog(options.processName, options.logLevel, options.logFile);
  const metrics = new MetricsRegistry();
  const db = new Database(options.databaseUrl, {
    connections: options.connections ?? 8,
    onError: (error) => log.warn('database.connection-lost', { errorName: error.name }),
  });
  metrics.ask(processGauges(), poolGauges(db));
  const limits = openSharedLimits(options.redisUrl, prefixOf(options.databaseUrl), { clock: systemClock, log });
  const translating = openMappings({ db, log, metrics }, options.redisUrl, prefixOf(options.databaseUrl));
  const ports: Ports = {
    clock: systemClock,
    log,
    metrics,
    random: Math.random,
    limiter: limits.limiter,
    circuits: limits.circuits,
    caches: new ResponseCaches(),
    egress: { allowPrivateAddresses: env.ROLLCALL_ALLOW_PRIVATE_ADDRESSES === 'true' },
  };
  const factory = new SecretResolvingFactory(ports, { env, dataDir })
    .register(timebackDefinition)
    .register(mockDefinition)
    .register(oneRosterDefinition)
    .register(oneRosterCsvDefinition);
  const registry = new IntegrationRegistry(factory, ports);
  const failpoint = failpointFrom(env.ROLLCALL_FAILPOINT);
  const turns = new Turns(ports.clock);
  const work = async (lease: Lease, signal: AbortSignal) => {
    const attempt = new AttemptProviders(db, factory);
    const engine = new DataSyncEngine({
      db,
      ...ports,
      failpoint,
      policy: defaultPolicy,
      turns,
      connect: (run) => attempt.connect(run),
    });
    return engine.run(lease, signal).finally(() => attempt.end());
  };
  const close = async () => {
    await registry.stopAll();
    await factory.disposeAll();
    limits.close();
    translating.close();
    await db.close();
  };
  return { db, log, metrics, mappings: translating.mappings, ports, factory, registry, work, close };
}

/** Makes providers from stored settings: their references become secrets only here. */
class SecretResolvingFactory extends ProviderFactory {
  constructor(
    ports: Ports,
    private readonly sources: SecretSources,
  ) {
    super(ports);
  }

  override configuration(kind: string, config: unknown): unknown {
    return super.configuration(kind, resolveSecrets(config, this.sources));
  }
}

/** The providers of one attempt: made for it, and gone with it. */
class AttemptProviders {
  readonly #made: ReturnType<ProviderFactory['create']>[] = [];

  constructor(
    private readonly db: Database,
    private readonly factory: ProviderFactory,
  ) {}

  async connect(run: Run) {
    const { kind, settings } = await this.db.withTenant(run.tenantId, async (tx) => ({
      kind: (await findIntegration(tx, run.tenantId, run.integrationId)).kind,
      settings: await pinnedSettings(tx, run),
    }));
    const provider = this.factory.create(kind, run.integration, settings, `${run.tenantId} ${run.integrationId}`);
    this.#made.push(provider);
    await provider.init();
    await provider.start();
    return provider;
  }

  async end(): Promise<void> {
    await Promise.all(this.#made.map((provider) => this.factory.dispose(provider)));
  }
}
