/** A second Rollcall that syncs from the first through its provider ends with the same roster, and again after changes and leavers. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { oneRosterDefinition, ProviderFactory, type Ports } from '@rollcall/connectors';
import { entities, type Entity, type Field } from '@rollcall/core';
import { addClient } from '../../provider/change-clients.js';
import { providerPath, tokenPath } from '../../provider/operations.js';
import { addIntegration } from '../../store/integrations.js';
import { testDatabase, type TestDatabase } from '../../store/testing/test-database.js';
import { DataSyncEngine } from '../../sync/data-sync-engine.js';
import { requestRun } from '../../sync/request-run.js';
import { defaultPolicy } from '../../sync/run-context.js';
import { District } from '../../sync/testing/district.js';
import { withLease } from '../../sync/with-lease.js';
import { listening, partsFor } from '../testing/api-under-test.js';

let first: District;
let second: TestDatabase;
let app: NestFastifyApplication;
let settings: Record<string, unknown>;

beforeAll(async () => {
  first = await District.open('provider_first_hub', 150, 11);
  second = await testDatabase('provider_second_hub');
  const { app: db, tenantId, urls } = first.database;
  const served = await listening(partsFor(db, urls.app).parts);
  app = served.app;
  const wanted = { tenantId, actor: 'test', name: 'second', schools: null, withheld: [] };
  const { clientId, secret } = await addClient(db, { ...wanted, scopes: ['roster-core.readonly'] });
  const at = { baseUrl: served.url + providerPath, tokenUrl: served.url + tokenPath };
  settings = { ...at, clientId, clientSecret: secret, pageSize: 200 };
  await second.worker.withTenant(second.tenantId, (tx) =>
    addIntegration(tx, { tenantId: second.tenantId, name: 'first', kind: 'oneroster', settings: {} }),
  );
});
afterAll(async () => {
  await app.close();
  await first.close();
  await second.close();
});

const nothing = () => undefined;
const ports: Ports = {
  clock: { now: Date.now, sleep: (ms) => new Promise((done) => setTimeout(done, ms)) },
  log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  metrics: { count: nothing, time: nothing },
  random: Math.random,
};

async function syncSecond(): Promise<string | undefined> {
  const { worker, tenantId } = second;
  const asked = { tenantId, integration: 'first', mode: 'full', trigger: 'manual', actor: 'test' } as const;
  const { runId } = await requestRun(worker, asked);
  const factory = new ProviderFactory(ports).register(oneRosterDefinition);
  const connect = async () => {
    const provider = factory.create('oneroster', 'first', settings);
    await provider.init();
    await provider.start();
    return provider;
  };
  const engine = new DataSyncEngine({ db: worker, ...ports, failpoint: nothing, policy: defaultPolicy, connect });
  const held = { tenantId, runId, owner: 'test' };
  const run = await withLease(worker, held, new AbortController().signal, (lease, signal) => engine.run(lease, signal));
  return run?.state;
}

/** Not of OneRoster: a session has no organisation there. */
const told = (entity: Entity) =>
  entity.fields.filter((field) => !(entity.name === 'academicSessions' && field.name === 'org'));

const value = ({ kind, column }: Field, name: (id: string) => string): string => {
  if (kind === 'reference') return name(`t.${column}`);
  if (kind === 'references') return `(SELECT array_agg(${name('x')} ORDER BY ${name('x')}) FROM unnest(t.${column}) x)`;
  if (kind === 'set') return `(SELECT array_agg(x ORDER BY x) FROM unnest(t.${column}) x)`;
  if (kind !== 'roles') return `t.${column}`;
  const words = 'r.role_type, r.role, r.begin_date, r.end_date';
  return `(SELECT jsonb_agg(jsonb_build_array(${words}, ${name('r.org_id')}) ORDER BY r.role_type, r.role, ${name('r.org_id')}) FROM user_roles r WHERE r.user_id = t.id)`;
};

/** Every active record by the first hub's ids. */
async function contents(of: Pick<TestDatabase, 'sql'>, name: (id: string) => string): Promise<Map<string, unknown[]>> {
  const found = new Map<string, unknown[]>();
  for (const entity of entities) {
    const fields = told(entity).map((field) => `'${field.name}', ${value(field, name)}`);
    const halves = [fields.slice(0, 20), fields.slice(20)].map((some) => `jsonb_build_object(${some.join(', ')})`);
    const rows = await of.sql<{ row: unknown }>(
      `SELECT jsonb_build_object('id', ${name('t.id')}) || ${halves.join(' || ')} AS row FROM ${entity.table} t WHERE t.active ORDER BY ${name('t.id')}`,
    );
    found.set(
      entity.name,
      rows.map(({ row }) => row),
    );
  }
  return found;
}

const ownId = (id: string): string => `${id}::text`;
const firstsId = (id: string): string =>
  `(SELECT m.external_id FROM external_system_mappings m WHERE m.local_id = ${id} LIMIT 1)`;

async function expectEqual(): Promise<void> {
  const [here, there] = [await contents(first, ownId), await contents(second, firstsId)];
  for (const { name } of entities) {
    expect([name, there.get(name)!.length]).toEqual([name, here.get(name)!.length]);
    expect(there.get(name)).toEqual(here.get(name));
  }
}

test('the second hub equals the first, and follows what changes, moves and ends there', async () => {
  await first.sync();
  expect(await syncSecond()).toBe('completed');
  await expectEqual();
  await first.control('edit', { share: 0.05 });
  await first.control('leavers', { count: 2 });
  await first.sync();
  expect(await syncSecond()).toBe('completed');
  await expectEqual();
});
