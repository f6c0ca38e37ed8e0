/**
 * The PostgreSQL of the trials: one server with the product's settings, without waiting for the disk, and a template from which
 * each lane gets a database of its own within a blink. With ROLLCALL_TEST_ADMIN_URL the server that a test started is used.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres, type RunningPostgres } from '@rollcall/server/config/embedded-postgres.js';
import { migrateQueue } from '@rollcall/server/jobs/migrate-queue.js';
import { migrate } from '@rollcall/server/store/migrate.js';
import { provisionDatabase, type DatabaseUrls } from '@rollcall/server/store/provision.js';
import { withSingleConnection } from '@rollcall/server/store/single-connection.js';

/** Several suites may be at work on one server. */
const template = `faults_template_${process.pid}`;

export class Postgres {
  private constructor(
    private running: RunningPostgres | null,
    private readonly folder: string | null,
    private readonly adminUrl: string,
  ) {}

  /** `alone`: a server that may be killed, whoever else is on the machine. */
  static async start(alone = false): Promise<Postgres> {
    const lent = process.env.ROLLCALL_TEST_ADMIN_URL;
    const postgres = lent && !alone ? new Postgres(null, null, lent) : await Postgres.#started(alone);
    await postgres.#makeTemplate();
    return postgres;
  }

  static async #started(alone: boolean): Promise<Postgres> {
    const folder = mkdtempSync(join(tmpdir(), 'rollcall-faults-'));
    chmodSync(folder, 0o711); // root's PostgreSQL runs as another user, who has to pass
    const running = await startPostgres({ dataDir: folder, settings: alone ? durable : quick });
    return new Postgres(running, folder, running.adminUrl);
  }

  async createDatabase(name: string): Promise<{ urls: DatabaseUrls; adminUrl: string }> {
    await this.ask(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    // Two copies of one template at a time refuse each other.
    await this.ask(
      `SELECT pg_advisory_lock(hashtext('${template}'))`,
      `CREATE DATABASE ${name} TEMPLATE ${template} OWNER rollcall_owner`,
    );
    const adminUrl = new URL(this.adminUrl);
    adminUrl.pathname = `/${name}`;
    return { urls: await provisionDatabase(this.adminUrl, name), adminUrl: adminUrl.href };
  }

  async dropDatabase(name: string): Promise<void> {
    await this.ask(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }

  /** The postmaster dies at once; its children follow. */
  kill(signal: NodeJS.Signals): void {
    process.kill(this.running!.pid, signal);
  }

  /** On the same port, after whatever became of the last one. */
  async comeBack(): Promise<void> {
    const { running, folder } = this;
    await running!.stop();
    this.running = await startPostgres({ dataDir: folder!, port: running!.port, settings: durable });
  }

  /** Superuser's statements, one after another on one connection. */
  async ask(...statements: string[]): Promise<void> {
    await withSingleConnection(this.adminUrl, async (client) => {
      for (const statement of statements) await client.query(statement);
    });
  }

  async stop(): Promise<void> {
    await this.ask(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`).catch(() => undefined);
    await this.running?.stop();
    if (this.folder !== null) rmSync(this.folder, { recursive: true, force: true });
  }

  async #makeTemplate(): Promise<void> {
    await this.ask(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
    const { owner } = await provisionDatabase(this.adminUrl, template);
    await migrate(owner);
    await migrateQueue(owner);
  }
}

/** A server that is killed must keep what it said it had; only the disk is never waited for. */
const durable = {
  fsync: 'off',
  max_connections: '400',

  shared_buffers: '256MB',
  max_wal_size: '1GB',
};

const quick = { ...durable, synchronous_commit: 'off' };
