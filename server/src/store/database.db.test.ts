/** The laws of the one way to the database: whole or not at all, for one tenant, and nothing is carried to the next caller. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { Database } from './database.js';
import { listIntegrations, addIntegration } from './integrations.js';
import { testDatabase, type TestDatabase } from './testing/test-database.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase('database_laws', ['north', 'south']);
});
afterAll(() => database.close());

const add = (name: string, tenantId = database.tenantIds[0]!) =>
  database.app.withTenant(tenantId, (tx) => addIntegration(tx, { tenantId, name, kind: 'mock', settings: {} }));
const names = async (tenantId: string, db = database.app) =>
  (await db.withTenant(tenantId, (tx) => listIntegrations(tx, tenantId))).map((i) => i.name);

describe('a tenant transaction', () => {
  test('is undone as a whole when its work fails', async () => {
    const tenantId = database.tenantIds[0]!;
    const failing = database.app.withTenant(tenantId, async (tx) => {
      await addIntegration(tx, { tenantId, name: 'half', kind: 'mock', settings: {} });
      throw new Error('in the middle');
    });
    await expect(failing).rejects.toThrow('in the middle');
    expect(await names(tenantId)).not.toContain('half');
  });

  test('is kept as a whole when its work succeeds, and is seen by its own tenant only', async () => {
    await add('whole');
    expect(await names(database.tenantIds[0]!)).toContain('whole');
    expect(await names(database.tenantIds[1]!)).not.toContain('whole');
  });

  test.each(['', "' OR true --", 'not-a-uuid', '00000000-0000-0000-0000-00000000000g'])(
    'is refused for %p, before anything reaches the database',
    async (tenantId) => {
      let worked = false;
      const refused = database.app.withTenant(tenantId, async () => {
        worked = true;
      });
      await expect(refused).rejects.toThrow(RangeError);
      expect(worked).toBe(false);
    },
  );

  test('leaves no tenant on a connection that the pool hands out again', async () => {
    const one = new Database(database.urls.app, { connections: 1 });
    try {
      const [before, after] = [await backend(one, true), await backend(one, false)];
      expect(after.pid).toBe(before.pid);
      expect(before.tenant).toBe(database.tenantIds[0]);
      expect(after.tenant ?? '').toBe('');
      const rows = await one.withoutTenant((tx) => tx.query('SELECT FROM integrations'));
      expect(rows.rowCount).toBe(0);
    } finally {
      await one.close();
    }
  });

  test('lets other callers go on when its connection breaks, and never hands that connection out again', async () => {
    const one = new Database(database.urls.app, { connections: 1 });
    try {
      const { pid } = await backend(one, true);
      const killed = one.withTenant(database.tenantIds[0]!, async (tx) => {
        await terminate(pid);
        await tx.query('SELECT 1');
      });
      await expect(killed).rejects.toThrow();
      const next = await backend(one, true);
      expect(next.pid).not.toBe(pid);
    } finally {
      await one.close();
    }
  });
});

async function backend(db: Database, inTenant: boolean): Promise<{ pid: number; tenant: string | null }> {
  const ask = async (tx: pg.PoolClient) => {
    const { rows } = await tx.query<{ pid: number; tenant: string | null }>(
      `SELECT pg_backend_pid() AS pid, current_setting('app.tenant_id', true) AS tenant`,
    );
    return rows[0]!;
  };
  return inTenant ? db.withTenant(database.tenantIds[0]!, ask) : db.withoutTenant(ask);
}

async function terminate(pid: number): Promise<void> {
  const admin = new pg.Client({ connectionString: database.adminUrl });
  await admin.connect();
  await admin.query('SELECT pg_terminate_backend($1, 5000)', [pid]);
  await admin.end();
}
