/**
 * A place where one trial runs at a time: a database of its own, a Redis of its own, a source for the tenant that is put to the test
 * and one for the tenant beside it, which no fault may reach.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from '@rollcall/server/store/database.js';
import { addIntegration } from '@rollcall/server/store/integrations.js';
import { ensureTenant } from '@rollcall/server/store/tenants.js';
import type { DatabaseUrls } from '@rollcall/server/store/provision.js';
import type { QueueAddress } from '@rollcall/server/jobs/queue-backend.js';
import pg from 'pg';
import type { Ask } from '../check/hub-snapshot.js';
import { LaneRedis } from './lane-redis.js';
import type { Postgres } from './postgres.js';
import { Sandbox } from './sandbox.js';
import { Site } from './site.js';

export const backends = ['postgres', 'redis'] as const;
export type Backend = (typeof backends)[number];

export interface LaneOptions {
  readonly name: string;
  readonly postgres: Postgres;
  readonly backends: readonly Backend[];
  readonly students: number;
  readonly seed: number;
}

interface Base {
  readonly urls: DatabaseUrls;
  readonly adminUrl: string;
  readonly admin: pg.Pool;
  readonly worker: Database;
  readonly app: Database;
  readonly bystander: Site;
}

export class Lane {
  #base!: Base;
  /** The data folder of its worker processes. */
  readonly folder = mkdtempSync(join(tmpdir(), 'rollcall-lane-'));

  private constructor(
    readonly options: LaneOptions,
    readonly source: Sandbox,
    private readonly beside: Sandbox,
    private readonly givenRedis: LaneRedis | null,
  ) {}

  static async open(options: LaneOptions): Promise<Lane> {
    const [source, beside, redis] = await Promise.all([
      Sandbox.start(options.students, options.seed),
      Sandbox.start(options.students, options.seed + 1),
      options.backends.includes('redis') ? LaneRedis.start() : null,
    ]);
    const lane = new Lane(options, source, beside, redis);
    await lane.renew();
    return lane;
  }

  /** An empty database, so that a late trial meets what an early one met. */
  async renew(): Promise<void> {
    await this.#closeBase();
    const { urls, adminUrl } = await this.options.postgres.createDatabase(this.#database);
    const admin = new pg.Pool({ connectionString: adminUrl, max: 3 });
    admin.on('error', () => undefined);
    const worker = new Database(urls.worker, { connections: 8 });
    const app = new Database(urls.app, { connections: 3 });
    const bystander = await addSite(app, 'beside', this.beside);
    this.#base = { urls, adminUrl, admin, worker, app, bystander };
  }

  get #database(): string {
    return `faults_${this.options.name}`;
  }

  get base(): Base {
    return this.#base;
  }

  get redis(): LaneRedis {
    if (this.givenRedis === null) throw new Error('this lane has its queue in the database');
    return this.givenRedis;
  }

  /** A tenant that nobody has seen before, at the source of this lane as it was made. */
  async newSite(): Promise<Site> {
    await this.source.reset();
    return addSite(this.#base.app, `trial-${randomUUID()}`, this.source);
  }

  queueAt(backend: Backend, role: 'app' | 'worker' = 'worker'): QueueAddress {
    return { databaseUrl: this.#base.urls[role], redisUrl: backend === 'redis' ? this.redis.url : undefined };
  }

  get adminUrl(): string {
    return this.#base.adminUrl;
  }

  /** As a superuser. */
  readonly ask: Ask = async <Row>(text: string, params: unknown[] = []) =>
    (await this.#base.admin.query(text, params)).rows as Row[];

  async close(): Promise<void> {
    await this.#closeBase();
    await this.options.postgres.dropDatabase(this.#database).catch(() => undefined);
    await Promise.all([this.source.stop(), this.beside.stop(), this.givenRedis?.stop()]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #closeBase(): Promise<void> {
    const base = this.#base as Base | undefined;
    if (base) await Promise.all([base.admin.end(), base.worker.close(), base.app.close()]);
  }
}

async function addSite(app: Database, name: string, sandbox: Sandbox): Promise<Site> {
  const { id: tenantId } = await ensureTenant(app, name);
  const integration = await app.withTenant(tenantId, (tx) =>
    addIntegration(tx, { tenantId, name: 'district', kind: 'timeback', settings: {} }),
  );
  return new Site(tenantId, integration, sandbox);
}
