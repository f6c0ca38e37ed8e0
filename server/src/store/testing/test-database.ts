/**
 * A database of its own for one test file, migrated and with tenants, on the server that scripts/test.mjs started. What it
 * hands out are the roles that the product itself runs as: no test may pass by the rights of a superuser.
 */
import pg from 'pg';
import { Database } from '../database.js';
import { migrate } from '../migrate.js';
import { provisionDatabase, type DatabaseUrls } from '../provision.js';
import { singleConnection, withSingleConnection } from '../single-connection.js';
import { ensureTenant } from '../tenants.js';

export interface TestDatabase {
  readonly urls: DatabaseUrls;
  /** Of a superuser, in this database: for looking at catalogues and for breaking things on purpose. */
  readonly adminUrl: string;
  readonly worker: Database;
  readonly app: Database;
  /** In the order of `tenants`. */
  readonly tenantIds: readonly string[];
  /** The first of them. */
  readonly tenantId: string;
  /** Looks at or breaks the database as a superuser would. */
  sql<T extends pg.QueryResultRow>(text: string, params?: unknown[]): Promise<T[]>;
  close(): Promise<void>;
}

/** `name` names the database; each test file takes one of its own, and finds it empty. Close it in `afterAll`. */
export async function testDatabase(name: string, tenants: readonly string[] = ['default']): Promise<TestDatabase> {
  const urls = await emptyDatabase(name);
  await migrate(urls.owner);
  const worker = new Database(urls.worker, { connections: 4 });
  const app = new Database(urls.app, { connections: 4 });
  const admin = singleConnection(adminUrlOf(name));
  await admin.connect();
  const tenantIds: string[] = [];
  for (const tenant of tenants) tenantIds.push((await ensureTenant(app, tenant)).id);
  return {
    urls,
    adminUrl: adminUrlOf(name),
    worker,
    app,
    tenantIds,
    tenantId: tenantIds[0]!,
    sql: async <T extends pg.QueryResultRow>(text: string, params: unknown[] = []) =>
      (await admin.query<T>(text, params)).rows,
    close: async () => {
      await admin.end();
      await Promise.all([worker.close(), app.close()]);
    },
  };
}

/** The same without migrations and tenants. */
export async function emptyDatabase(name: string): Promise<DatabaseUrls> {
  await withSingleConnection(serverUrl(), (admin) =>
    admin.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`),
  );
  return provisionDatabase(serverUrl(), name);
}

export function adminUrlOf(name: string): string {
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  return url.href;
}

function serverUrl(): string {
  const url = process.env.ROLLCALL_TEST_ADMIN_URL;
  if (!url) throw new Error('These tests need a database: run them with "npm test -- <name>".');
  return url;
}
