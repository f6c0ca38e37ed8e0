/** Settings that are changed while the product runs: checked, versioned, taken up by what goes on, and no secret goes astray. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { timebackPresets } from '@rollcall/connectors';
import { readsAlike } from '../store/integration-strategy.js';
import { addIntegration, findIntegration } from '../store/integrations.js';
import { createRun, findRun } from '../store/runs.js';
import { testDatabase, type TestDatabase } from '../store/testing/test-database.js';
import { configureIntegration } from '../sync/configure-integration.js';
import { spawnSandbox, type SpawnedSandbox } from '../sync/testing/spawn-sandbox.js';
import { AttemptProviders } from './attempt-providers.js';
import { compose, type Composition } from './compose.js';

let database: TestDatabase;
let sandbox: SpawnedSandbox;
let product: Composition;
let id: string;

beforeAll(async () => {
  database = await testDatabase('configure_integrations');
  sandbox = await spawnSandbox(['--students', '40', '--seed', '5']);
  product = compose({
    ...{ processName: 'worker', databaseUrl: database.urls.worker, connections: 4, logLevel: 'silent' },
    dataDir: mkdtempSync(join(tmpdir(), 'rollcall-configure-')),
    env: { FIRST: 'sandbox-secret', SECOND: 'another' },
  });
  const { tenantId } = database;
  const settings = {
    ...timebackPresets.sandbox(sandbox.baseUrl),
    ...{ clientId: 'sandbox-client', clientSecretRef: 'env:FIRST' },
  };
  const add = { tenantId, name: 'district', kind: 'timeback', settings };
  id = (await database.app.withTenant(tenantId, (tx) => addIntegration(tx, add))).id;
});
afterAll(async () => {
  await product.close();
  await sandbox.stop();
  await database.close();
});

const present = () => database.app.withTenant(database.tenantId, (tx) => findIntegration(tx, database.tenantId, id));
const configure = (changes: Record<string, unknown>, dryRun = false) =>
  configureIntegration(database.app, product.factory, {
    ...{ tenantId: database.tenantId, integration: 'district', actor: 'Ada Quill' },
    ...{ changes, dryRun },
  });
const alike = async (a: number, b: number) => {
  const run = { tenantId: database.tenantId, integrationId: id, configurationVersion: a };
  return database.app.withTenant(database.tenantId, (tx) => readsAlike(tx, run, b));
};

describe('changing settings', () => {
  it('in a dry run says what would change, and changes nothing', async () => {
    const before = await present();
    expect(await configure({ pageSize: 500, gzip: false }, true)).toMatchObject({
      changed: ['pageSize'],
      readsTheSame: false,
    });
    expect(await present()).toEqual(before);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['a value that cannot be', { maxInFlight: 0 }, /maxInFlight/],
    ['a secret itself', { clientSecret: 'hunter2' }, /give clientSecretRef/],
    ['the next secret itself', { clientSecretNext: 'hunter2' }, /give clientSecretNextRef/],
    ['a secret in an environment', { environments: { staging: { clientSecret: 'hunter2' } } }, /give clientSecretRef/],
    ['a reference that leads nowhere', { clientSecretRef: 'env:NOWHERE' }, /names env:NOWHERE/],
    [
      'another place for the same secret',
      { tokenUrl: 'https://elsewhere.example/token' },
      /name the secret's reference again/,
    ],
    ['an environment without settings', { environment: 'staging' }, /nothing is known or set/],
  ])('is refused for %s, without a secret in the sentence, and all stays as it was', async (_, changes, sentence) => {
    const before = await present();
    await expect(configure(changes)).rejects.toThrow(sentence);
    await expect(configure(changes)).rejects.not.toThrow(/hunter2|sandbox-secret/);
    expect(await present()).toEqual(before);
  });

  it('is a new version, audited by the names of what changed; the same again is none', async () => {
    const { configurationVersion: before } = await present();
    const changes = {
      rateLimit: { perSecond: 50, burst: 50, perWindow: 5000, windowMs: 60_000 },
      clientSecretRef: ['env:SECOND', 'env:FIRST'],
    };
    expect(await configure(changes)).toMatchObject({ changed: ['clientSecretRef', 'rateLimit'], readsTheSame: true });
    expect(await configure(changes)).toMatchObject({ changed: [] });
    expect((await present()).configurationVersion).toBe(before + 1);
    expect(await alike(before, before + 1)).toBe(true);
    const audited = await database.sql(
      `SELECT actor, details FROM integration_audit_logs WHERE action = 'integration.configured'`,
    );
    const details = { changed: ['clientSecretRef', 'rateLimit'], version: before + 1 };
    expect(audited).toEqual([{ actor: 'Ada Quill', details }]);
    expect(await configure({ volatileMetadata: ['goals'] })).toMatchObject({ readsTheSame: false });
    expect(await alike(before, before + 2)).toBe(false);
  });

  it('by many at once makes one version after the other', async () => {
    const { configurationVersion: before } = await present();
    await Promise.all([1, 2, 3, 4, 5].map((maxAttempts) => configure({ maxAttempts: maxAttempts + 5 })));
    expect((await present()).configurationVersion).toBe(before + 5);
  });
});

it('the product goes on with the next secret by itself where the present one is refused', async () => {
  await configure({ clientSecretRef: ['env:SECOND', 'env:FIRST'] });
  expect(await product.live.probe(await present())).toMatchObject({ status: 'healthy' });
});

it('a run under way takes up another rate limit, and nothing else of the new settings', async () => {
  const { tenantId } = database;
  const strict = { perSecond: 0.02, burst: 2, perWindow: 1000, windowMs: 60_000, interactiveShare: 0 };
  await configure({ clientSecretRef: 'env:FIRST', rateLimit: strict, maxWaitMs: 300_000, pageSize: 10 });
  const run = await database.worker.withTenant(tenantId, async (tx) => {
    const { runId } = { runId: await createRun(tx, { tenantId, integrationId: id, mode: 'full', trigger: 'manual' }) };
    return findRun(tx, tenantId, runId);
  });
  const attempt = new AttemptProviders({ db: database.worker, factory: product.factory, ...product.ports }, 50);
  const provider = await attempt.connect(run);
  const read = () =>
    provider.readPage('orgs', { offset: 0, limit: 1 }, { signal: new AbortController().signal, correlationId: 'test' });
  await Promise.all([read(), read()]);
  // Two calls in 50 seconds each are all that the limit leaves.
  const waiting = [read(), read(), read()];
  await configure({ rateLimit: null, pageSize: 20 });
  expect((await Promise.all(waiting)).map(({ rowCount }) => rowCount)).toEqual([1, 1, 1]);
  expect(provider.capabilities.pageSize).toBe(10);
  await attempt.end();
});
