/** What the commands are handed by `main`: the wiring of a process, and the terminal. They know nothing else of the outside. */
import type { Clock, HealthCheck, Log, Ports, ProviderFactory } from '@rollcall/connectors';
import type { LogLevel } from '../telemetry/log.js';
import type { ExternalIdMappingService } from '../mapping/external-id-mapping-service.js';
import type { Database } from '../store/database.js';
import type { Integration } from '../store/integrations.js';
import type { Lease } from '../store/leases.js';
import type { Run } from '../store/runs.js';

export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WritableStream & { isTTY?: boolean };
  /** Aborts when the person or the system wants the command to end; however often it is asked, once. */
  readonly stop: AbortSignal;
  readonly clock: Clock;
  readonly compose: (
    options: ProcessOptions & { processName: string; connections?: number; logFile?: string },
  ) => Rollcall;
  readonly runWorker: (options: ProcessOptions & { metricsPort?: number }) => Promise<RunningProcess>;
  readonly runApi: (options: ProcessOptions & { port: number }) => Promise<RunningProcess>;
  /** The programs that `up` starts: absolute paths of scripts. */
  readonly programs: { readonly worker: string; readonly api: string; readonly sandbox: string };
}

export interface ProcessOptions {
  readonly databaseUrl: string;
  readonly redisUrl?: string | undefined;
  readonly dataDir: string;
  readonly logLevel: LogLevel;
  readonly env: NodeJS.ProcessEnv;
}

export interface RunningProcess {
  readonly ready: Readonly<Record<string, unknown>>;
  stop(): Promise<void>;
}

export interface Rollcall {
  readonly db: Database;
  readonly log: Log;
  readonly mappings: ExternalIdMappingService;
  readonly factory: ProviderFactory;
  readonly ports: Ports;
  /** Providers by their present settings. */
  readonly live: { probe(integration: Integration): Promise<HealthCheck> };
  readonly work: (lease: Lease, signal: AbortSignal) => Promise<Run>;
  close(): Promise<void>;
}
