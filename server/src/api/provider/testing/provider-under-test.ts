/** The provider as its clients meet it: the real API on loopback over an invented hub, and clients that sign in by themselves. */
import { addIntegration } from '../../../store/integrations.js';
import { inventHub } from '../../../store/testing/invented-hub.js';
import { testDatabase, type TestDatabase } from '../../../store/testing/test-database.js';
import { addClient, type WantedClient } from '../../../provider/change-clients.js';
import { providerPath, scopes, tokenPath } from '../../../provider/operations.js';
import type { ApiParts } from '../../create-api.js';
import { listening, partsFor } from '../../testing/api-under-test.js';

export interface ProviderUnderTest {
  readonly database: TestDatabase;
  readonly url: string;
  readonly logged: { event: string; fields: unknown }[];
  readonly integrationId: string;
  /** A client that has signed in. */
  client(wanted?: Partial<WantedClient>): Promise<SignedInClient>;
  askToken(form: Record<string, string>, headers?: Record<string, string>): Promise<Reply>;
  close(): Promise<void>;
}

export interface SignedInClient {
  readonly clientId: string;
  readonly secret: string;
  readonly token: string;
  /** Below the provider's base, with its query. */
  get(path: string, query?: Record<string, string | number>): Promise<Reply>;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export async function providerUnderTest(
  name: string,
  size: { schools: number; users: number },
  over: Partial<ApiParts> = {},
): Promise<ProviderUnderTest> {
  const database = await testDatabase(name);
  const { tenantId } = database;
  const { id: integrationId } = await database.worker.withTenant(tenantId, (tx) =>
    addIntegration(tx, { tenantId, name: 'district', kind: 'mock', settings: {} }),
  );
  await inventHub((text, params) => database.sql(text, params), { tenantId, integrationId, ...size });
  const { parts, logged } = partsFor(database.app, database.urls.app);
  const { url, app } = await listening({ ...parts, ...over });
  const askToken = async (form: Record<string, string>, headers: Record<string, string> = {}) =>
    replyOf(await fetch(url + tokenPath, { method: 'POST', body: new URLSearchParams(form), headers }));
  let made = 0;
  return {
    ...{ database, url, logged, integrationId, askToken },
    async client(wanted = {}) {
      made += 1;
      const usual = { tenantId, actor: 'test', name: `client ${made}`, scopes, schools: null, withheld: [] };
      const { clientId, secret } = await addClient(database.app, { ...usual, ...wanted });
      const { body } = await askToken({ grant_type: 'client_credentials', client_id: clientId, client_secret: secret });
      const token = body.access_token as string;
      return { clientId, secret, token, get: (path, query) => getAs(url, token, path, query) };
    },
    async close() {
      await app.close();
      await database.close();
    },
  };
}

export async function getAs(
  url: string,
  token: string,
  path: string,
  query: Record<string, string | number> = {},
): Promise<Reply> {
  const pairs = new URLSearchParams(
    Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]),
  );
  const address = `${url}${providerPath}${path}${pairs.size > 0 ? `?${pairs.toString()}` : ''}`;
  return replyOf(await fetch(address, { headers: { authorization: `Bearer ${token}` } }));
}

async function replyOf(response: Response): Promise<Reply> {
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : {} };
}
