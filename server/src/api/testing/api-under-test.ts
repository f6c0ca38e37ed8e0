/** The API as it runs, listening on loopback with a database of its own: what tests of its statuses talk to. */
import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  IntegrationRegistry,
  LocalRateLimiter,
  ProviderFactory,
  mockDefinition,
  type Log,
  type Ports,
} from '@rollcall/connectors';
import { checkIntegration } from '../../health/check-integration.js';
import { LocalLookupStore } from '../../cluster/lookup-store.js';
import { LinkReader } from '../../mapping/cache/link-reader.js';
import { ExternalIdMappingService } from '../../mapping/external-id-mapping-service.js';
import { SignInBound } from '../../provider/sign-in-bound.js';
import { Database } from '../../store/database.js';
import type { Integration } from '../../store/integrations.js';
import { seedTenant, type SeededTenant } from '../../store/testing/seed-tenant.js';
import { testDatabase, type TestDatabase } from '../../store/testing/test-database.js';
import { createApi, type ApiParts } from '../create-api.js';

export interface ApiUnderTest {
  readonly database: TestDatabase;
  /** One for each tenant's name, in that order. */
  readonly tenants: readonly SeededTenant[];
  readonly parts: ApiParts;
  readonly url: string;
  /** The runs that the bell was rung for. */
  readonly rung: { tenantId: string; runId: string }[];
  readonly logged: { event: string; fields: unknown }[];
  /** A path below /api/v1; `answer` is the parsed JSON. */
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  put(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

export async function apiUnderTest(name: string, tenantNames: readonly string[] = ['default']): Promise<ApiUnderTest> {
  const database = await testDatabase(name, tenantNames);
  const tenants: SeededTenant[] = [];
  for (const [at, id] of database.tenantIds.entries())
    tenants.push(await seedTenant(database.app, id, tenantNames[at]!));
  const { parts, rung, logged } = partsFor(database.app, database.urls.app);
  const { url, app } = await listening(parts);
  const close = async () => {
    await app.close();
    await database.close();
  };
  return { database, tenants, parts, url, rung, logged, close, ...callers(url) };
}

/** Listens on a free port of loopback. */
export async function listening(
  parts: ApiParts,
  controllers?: readonly Type[],
): Promise<{ url: string; app: NestFastifyApplication }> {
  const app = await createApi(parts, controllers);
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), app };
}

export function callers(url: string): Pick<ApiUnderTest, 'get' | 'post' | 'put'> {
  const call = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(`${url}/api/v1${path}`, init);
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} };
  };
  const json = { 'content-type': 'application/json' };
  const send =
    (method: string): ApiUnderTest['post'] =>
    (path, body, headers = {}) =>
      call(path, { method, headers: { ...json, ...headers }, body: JSON.stringify(body) });
  return {
    get: (path, headers = {}) => call(path, { headers }),
    post: send('POST'),
    put: send('PUT'),
  };
}

/** For headers that fetch would not send. */
export function rawGet(
  url: string,
  headers: Record<string, string>,
): Promise<{ status: number; type: string; text: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { headers, setHost: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode!, type: String(response.headers['content-type']), text }),
      );
    });
    request.on('error', reject).end();
  });
}

function keptLog(): { log: Log; logged: ApiUnderTest['logged'] } {
  const logged: ApiUnderTest['logged'] = [];
  const keep = (event: string, fields: unknown = {}) => void logged.push({ event, fields });
  return { logged, log: { debug: keep, info: keep, warn: keep, error: keep } };
}

export const nowhere = 'postgres://rollcall_app:none@127.0.0.1:1/none';

/** Real parts; the bell and the log keep what they are given. */
export function partsFor(
  db: Database = new Database(nowhere),
  appDatabaseUrl = nowhere,
): Pick<ApiUnderTest, 'parts' | 'rung' | 'logged'> {
  const rung: ApiUnderTest['rung'] = [];
  const { log, logged } = keptLog();
  const clock = { now: () => Date.now(), sleep: (ms: number) => new Promise<void>((done) => setTimeout(done, ms)) };
  const ports: Ports = { clock, log, metrics: { count: () => undefined, time: () => undefined }, random: Math.random };
  const factory = new ProviderFactory(ports).register(mockDefinition);
  const ringBell: ApiParts['ringBell'] = async (run) => {
    rung.push(run);
  };
  const store = new LocalLookupStore({ limit: 1_000, forMs: 60_000, now: () => performance.now() });
  const mappings = new ExternalIdMappingService(db, new LinkReader({ db, store, metrics: ports.metrics }));
  const metrics = { render: () => '# TYPE runs_total counter\nruns_total 1\n' };
  const registry = new IntegrationRegistry(factory, ports);
  const queueState: ApiParts['queueState'] = async () => ({ backend: 'postgresql', warning: null });
  const probe = async ({ kind, name, settings }: Integration) => {
    const provider = factory.create(kind, name, settings);
    await provider.start();
    return provider.health().finally(() => factory.dispose(provider));
  };
  const checkNow: ApiParts['checkNow'] = (of) =>
    checkIntegration({ db, ...ports, probe }, { ...of, trigger: 'person' });
  const signInBound = new SignInBound(new LocalRateLimiter(clock));
  const dataDir = join(tmpdir(), `rollcall-api-${randomUUID()}`);
  return {
    parts: {
      ...{ db, appDatabaseUrl, dataDir, ringBell, queueState, checkNow, log, factory, registry, metrics, mappings },
      signInBound,
    },
    rung,
    logged,
  };
}
