/** A hub of invented people on the bench's own PostgreSQL, and the product's API process that serves it to one client. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNode } from '../child-process.js';
import { productModule, productPath } from '../product/product-module.js';
import type { ThrowawayServer } from '../throwaway-server.js';

type Invented = typeof import('../../../server/src/store/testing/invented-hub.js');
type Clients = typeof import('../../../server/src/provider/change-clients.js');
type Operations = typeof import('../../../server/src/provider/operations.js');
type Store = typeof import('../../../server/src/store/database.js');

export interface ServedHub {
  /** A read below the provider's base; its time, its bytes and its total. */
  get(path: string): Promise<{ ms: number; bytes: number; total: number }>;
  stop(): Promise<void>;
}

export const schoolOf = async (n: number): Promise<string> =>
  (await productModule<Invented>('store/testing/invented-hub.js')).inventedId('org', n);

export async function serveHub(
  server: ThrowawayServer,
  size: { schools: number; users: number },
  log: (line: string) => void,
): Promise<ServedHub> {
  const { inventHub } = await productModule<Invented>('store/testing/invented-hub.js');
  await server.createDatabases(['product']);
  const [{ tenantId, integrationId }] = (await server.query<{ tenantId: string; integrationId: string }>(
    'product',
    'SELECT tenant_id AS "tenantId", id AS "integrationId" FROM integrations',
  )) as [{ tenantId: string; integrationId: string }];
  // Rows that a sync has written long ago: their trail is not what is measured.
  const run = (text: string, params: unknown[] = []) =>
    server.query(
      'product',
      `SET session_replication_role = replica; ${text.replaceAll(/\$(\d)/g, (_, n: string) => `'${String(params[Number(n) - 1])}'::uuid`)}`,
    );
  const from = performance.now();
  await inventHub(run, { tenantId, integrationId, ...size });
  await server.query('product', 'VACUUM (ANALYZE)');
  log(`hub of ${size.users} users made in ${((performance.now() - from) / 1000).toFixed(0)} s`);
  await server.checkpoint();
  return served(await server.urls('product'), tenantId);
}

async function served(urls: { app: string }, tenantId: string): Promise<ServedHub> {
  const { addClient } = await productModule<Clients>('provider/change-clients.js');
  const { providerPath, tokenPath } = await productModule<Operations>('provider/operations.js');
  const { Database } = await productModule<Store>('store/database.js');
  const db = new Database(urls.app, { connections: 1 });
  const wanted = { tenantId, actor: 'bench', name: 'bench', schools: null, withheld: [] };
  const { clientId, secret } = await addClient(db, { ...wanted, scopes: ['roster.readonly'] });
  await db.close();
  const dataDir = mkdtempSync(join(tmpdir(), 'rollcall-provider-'));
  const env = {
    ROLLCALL_APP_DATABASE_URL: urls.app,
    ROLLCALL_API_PORT: '0',
    ROLLCALL_DATA_DIR: dataDir,
    ROLLCALL_LOG_LEVEL: 'error',
  };
  const child = startNode(productPath('main/api.js'), [], env);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout!.once('data', (line: Buffer) => resolve((JSON.parse(line.toString()) as { port: number }).port));
    child.once('close', () => reject(new Error('the API did not start')));
  });
  const origin = `http://127.0.0.1:${port}`;
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: secret };
  const token = await fetch(origin + tokenPath, { method: 'POST', body: new URLSearchParams(form) });
  const { access_token: bearer } = (await token.json()) as { access_token: string };
  return {
    async get(path) {
      const begin = performance.now();
      const answer = await fetch(`${origin}${providerPath}${path}`, { headers: { authorization: `Bearer ${bearer}` } });
      const bytes = (await answer.arrayBuffer()).byteLength;
      if (!answer.ok) throw new Error(`the provider answered ${answer.status} to ${path}`);
      return { ms: performance.now() - begin, bytes, total: Number(answer.headers.get('x-total-count')) };
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
