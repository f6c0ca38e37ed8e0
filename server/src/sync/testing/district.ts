/**
 * A district for tests of whole runs: the sandbox as a process, a database of its own, one integration, and the real engine
 * between them. Only the clock of the grace period and the failpoints can be handed in.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ProviderFactory, timebackDefinition, timebackPresets, type Metrics, type Ports } from '@rollcall/connectors';
import type { RunReport } from '@rollcall/core';
import type { Database } from '../../store/database.js';
import { addIntegration, type Integration } from '../../store/integrations.js';
import type { RunMode } from '@rollcall/core';
import { testDatabase, type TestDatabase } from '../../store/testing/test-database.js';
import { DataSyncEngine } from '../data-sync-engine.js';
import type { Failpoint } from '../failpoints.js';
import { buildReport } from '../report.js';
import { requestRun } from '../request-run.js';
import { defaultPolicy, type RunPolicy } from '../run-context.js';
import { withLease } from '../with-lease.js';

const program = fileURLToPath(new URL('../../../../timeback-sandbox/dist/main.js', import.meta.url));

export interface SyncOptions {
  readonly mode?: RunMode;
  readonly policy?: Partial<RunPolicy>;
  readonly failpoint?: Failpoint;
  readonly pageSize?: number;
  readonly owner?: string;
  /** The engine's way to the database. */
  readonly db?: Database;
  readonly metrics?: Metrics;
  /** Settings of the provider beside the preset. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

export class District {
  private constructor(
    readonly database: TestDatabase,
    readonly integration: Integration,
    readonly baseUrl: string,
    private readonly sandbox: ChildProcess,
  ) {}

  static async open(name: string, students = 120, seed = 1): Promise<District> {
    const flags = ['--port', '0', '--students', String(students), '--seed', String(seed)];
    const sandbox = spawn(process.execPath, [program, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(createInterface({ input: sandbox.stdout! }), 'line')) as [string];
    const { baseUrl } = JSON.parse(line) as { baseUrl: string };
    const database = await testDatabase(name);
    const { tenantId } = database;
    const integration = await database.worker.withTenant(tenantId, (tx) =>
      addIntegration(tx, { tenantId, name: 'district', kind: 'timeback', settings: {} }),
    );
    return new District(database, integration, baseUrl, sandbox);
  }

  async close(): Promise<void> {
    const ended = once(this.sandbox, 'exit');
    this.sandbox.kill('SIGTERM');
    await ended;
    await this.database.close();
  }

  /** One run from request to end, or to where it stops; its report. */
  async sync(options: SyncOptions = {}): Promise<RunReport> {
    const { worker, tenantId } = this.database;
    const { runId } = await requestRun(worker, {
      tenantId,
      integration: 'district',
      mode: options.mode ?? 'full',
      trigger: 'manual',
      actor: 'test',
    });
    return this.work(runId, options);
  }

  /** One attempt at a run that exists. */
  async work(runId: string, options: SyncOptions = {}): Promise<RunReport> {
    const { worker, tenantId } = this.database;
    const stop = new AbortController().signal;
    const key = { tenantId, runId, owner: options.owner ?? 'test' };
    const run = await withLease(worker, key, stop, (lease, signal) => this.engine(options).run(lease, signal));
    if (run === null) throw new Error('the run is held by another worker');
    return worker.withTenant(tenantId, (tx) => buildReport(tx, run));
  }

  engine(options: SyncOptions = {}): DataSyncEngine {
    const ports = { ...quietPorts, metrics: options.metrics ?? quietPorts.metrics };
    return new DataSyncEngine({
      db: options.db ?? this.database.worker,
      ...ports,
      failpoint: options.failpoint ?? (() => undefined),
      policy: { ...defaultPolicy, ...options.policy },
      connect: async () => {
        const provider = new ProviderFactory(ports).register(timebackDefinition).create('timeback', 'district', {
          ...timebackPresets.sandbox(this.baseUrl),
          clientId: 'sandbox-client',
          clientSecret: 'sandbox-secret',
          pageSize: options.pageSize ?? 500,
          ...options.settings,
        });
        await provider.init();
        await provider.start();
        return provider;
      },
    });
  }

  /** Asks the sandbox's control API; `GET` without a body. */
  async control<T = Record<string, unknown>>(verb: string, body?: object, method = body ? 'POST' : 'GET'): Promise<T> {
    const answer = await fetch(`${this.baseUrl}/control/${verb}`, {
      method,
      ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
    });
    const value = (await answer.json()) as T;
    if (!answer.ok) throw new Error(`the sandbox refused ${verb}: ${JSON.stringify(value)}`);
    return value;
  }

  /** Looks at or breaks the database as a superuser would. */
  sql<T extends Record<string, unknown>>(text: string, params: unknown[] = []): Promise<T[]> {
    return this.database.sql<T>(text, params);
  }

  /** Back to an empty hub with the same integration, as if nothing had ever been read. */
  async wipe(): Promise<void> {
    const stage = await this.sql<{ name: string }>(
      `SELECT format('stage.%I', tablename) AS name FROM pg_tables WHERE schemaname = 'stage'`,
    );
    for (const { name } of stage) await this.sql(`DROP TABLE ${name}`);
    await this
      .sql(`TRUNCATE orgs, academic_sessions, courses, users, user_roles, classes, enrollments, external_system_mappings, runs,
      run_leases, run_entities, sync_pages, sync_changes, sync_chunks, holds, rejected_records, change_log, integration_audit_logs, outbox,
      declined_changes, hold_decisions, schedule_firings, dead_letters, corrections, limit_rules, term_calendar, limit_judgements,
      removal_counts, tombstones, tombstone_keys, run_events, match_settings`);
  }

  /** Every roster row, role and link, without local ids and times: equal for two hubs that hold the same. */
  async contents(): Promise<string> {
    const digest = (table: string, row: string) =>
      `SELECT '${table}' AS part, count(*) AS rows, md5(string_agg(md5((${row})::text), '' ORDER BY (${row})::text)) AS sum FROM ${table} t`;
    const plain = `to_jsonb(t) - '{id,tenant_id,integration_id,created_at,updated_at,last_sync_at,parent_id,org_id,school_id,school_year_id,course_id,user_id,class_id,agent_ids,term_ids}'::text[]`;
    const rows = await this.sql(
      [
        ...['orgs', 'academic_sessions', 'courses', 'users', 'classes', 'enrollments'].map((table) =>
          digest(table, plain),
        ),
        digest('user_roles', `ROW(t.position, t.role_type, t.role, ${external('t.user_id')}, ${external('t.org_id')})`),
        digest('external_system_mappings', `ROW(t.entity, t.external_id, t.base_checksum, t.state, t.missed_runs)`),
        digest('change_log', `ROW(t.entity, t.operation, ${external('t.local_id')})`),
        `SELECT 'references', count(*), md5(string_agg(md5(r), '' ORDER BY r)) FROM (${references}) x(r)`,
      ].join(' UNION ALL '),
    );
    return JSON.stringify(rows);
  }
}

const external = (id: string): string =>
  `(SELECT m.external_id FROM external_system_mappings m WHERE m.local_id = ${id} LIMIT 1)`;

const references = `SELECT concat_ws('>', ${external('e.id')}, ${external('e.user_id')}, ${external('e.class_id')}, ${external('e.school_id')}) FROM enrollments e
  UNION ALL SELECT concat_ws('>', ${external('u.id')}, ${external('u.school_id')}, (SELECT string_agg(${external('a.id')}, ',' ORDER BY ${external('a.id')}) FROM unnest(u.agent_ids) a(id))) FROM users u
  UNION ALL SELECT concat_ws('>', ${external('c.id')}, ${external('c.school_id')}, ${external('c.course_id')}) FROM classes c
  UNION ALL SELECT concat_ws('>', ${external('o.id')}, ${external('o.parent_id')}) FROM orgs o`;

const quietPorts: Ports = {
  clock: { now: () => Date.now(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
  log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
  metrics: { count: () => undefined, time: () => undefined },
  random: Math.random,
};
