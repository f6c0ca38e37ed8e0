/**
 * A PostgreSQL server for the time of a bench, with the product's own settings and a data folder that is deleted afterwards, and
 * a database for each subject in it.
 */
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { collections } from './feed/collections.js';
import { batchedUpsertTables } from './peers/batched-upsert.js';
import { createPlainTables } from './plain-tables.js';
import { productModule } from './product/product-module.js';
import { prepareProduct } from './product/product.js';
import { subjectNames, type SubjectName } from './subject.js';

export interface ThrowawayServer {
  /** A fresh database for each subject; the address that the subject works with. */
  createDatabases(subjects?: readonly SubjectName[]): Promise<Readonly<Record<SubjectName, string>>>;
  dropDatabases(): Promise<void>;
  /** The addresses of a subject's database for the product's roles. */
  urls(subject: SubjectName): Promise<DatabaseUrls>;
  /** What is left to be written to disk by earlier work is not paid for by later work. */
  checkpoint(): Promise<void>;
  query<T>(subject: SubjectName, sql: string): Promise<T[]>;
  settings(): Promise<Record<string, string>>;
  stop(): Promise<void>;
}

type DatabaseUrls = import('../../server/src/store/provision.js').DatabaseUrls;
type Provision = typeof import('../../server/src/store/provision.js');
type Migrate = typeof import('../../server/src/store/migrate.js');
type Embedded = typeof import('../../server/src/config/embedded-postgres.js');

/** `log` is told what happens. */
export async function startServer(log: (line: string) => void): Promise<ThrowawayServer> {
  const { startPostgres } = await productModule<Embedded>('config/embedded-postgres.js');
  // /tmp may live in memory, where a sync to disk costs nothing.
  const folder = mkdtempSync(join(existsSync('/var/tmp') ? '/var/tmp' : tmpdir(), 'rollcall-bench-'));
  chmodSync(folder, 0o711); // root's PostgreSQL runs as another user, who has to pass
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const server = await startPostgres({ dataDir: folder, log }).catch((error: unknown) => {
    remove();
    throw error;
  });
  const once = async <T>(database: string, sql: string): Promise<T[]> => {
    const client = new pg.Client({ connectionString: urlOf(server.adminUrl, database) });
    await client.connect();
    try {
      return (await client.query(sql)).rows as T[];
    } finally {
      await client.end();
    }
  };
  return {
    async createDatabases(subjects = subjectNames) {
      const urls: Partial<Record<SubjectName, string>> = {};
      for (const subject of subjects) urls[subject] = await createDatabase(server.adminUrl, subject);
      return urls as Record<SubjectName, string>;
    },
    async dropDatabases() {
      for (const subject of subjectNames)
        await once('postgres', `DROP DATABASE IF EXISTS ${nameOf(subject)} WITH (FORCE)`);
    },
    async urls(subject) {
      const { provisionDatabase } = await productModule<Provision>('store/provision.js');
      return provisionDatabase(server.adminUrl, nameOf(subject));
    },
    checkpoint: async () => void (await once('postgres', 'CHECKPOINT')),
    query: (subject, sql) => once(nameOf(subject), sql),
    settings: () => settingsOf((sql) => once('postgres', sql)),
    async stop() {
      await server.stop();
      remove();
    },
  };
}

const nameOf = (subject: SubjectName): string => `bench_${subject.toLowerCase()}`;

function urlOf(adminUrl: string, database: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  return url.href;
}

async function createDatabase(adminUrl: string, subject: SubjectName): Promise<string> {
  const { provisionDatabase } = await productModule<Provision>('store/provision.js');
  const { migrate } = await productModule<Migrate>('store/migrate.js');
  const { owner, worker } = await provisionDatabase(adminUrl, nameOf(subject));
  await migrate(owner);
  if (subject === 'product') {
    await prepareProduct(worker);
    return worker;
  }
  const url = urlOf(adminUrl, nameOf(subject));
  await createPlainTables(url);
  if (subject === 'batchedUpsert') await alter(url, batchedUpsertTables(collections.map(({ table }) => table)));
  return url;
}

async function alter(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

const shown = [
  'server_version',
  'shared_buffers',
  'work_mem',
  'maintenance_work_mem',
  'max_wal_size',
  'checkpoint_timeout',
  'fsync',
];
const alsoShown = [
  'synchronous_commit',
  'full_page_writes',
  'wal_compression',
  'autovacuum',
  'jit',
  'max_parallel_workers_per_gather',
];

async function settingsOf(query: (sql: string) => Promise<unknown[]>): Promise<Record<string, string>> {
  const names = [...shown, ...alsoShown].map((name) => `'${name}'`).join(', ');
  const rows = await query(
    `SELECT name, current_setting(name) AS value FROM pg_settings WHERE name IN (${names}) ORDER BY name`,
  );
  return Object.fromEntries((rows as { name: string; value: string }[]).map(({ name, value }) => [name, value]));
}
