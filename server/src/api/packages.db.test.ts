/** OneRoster packages over the API: the roster of one tenant goes out as one that can be read, and one that is sent is read by a run. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage } from '@rollcall/connectors';
import { uploadSettings } from '../sync/packages/uploads.js';
import { apiUnderTest, type ApiUnderTest } from './testing/api-under-test.js';

let api: ApiUnderTest;
const folder = mkdtempSync(join(tmpdir(), 'rollcall-api-packages-'));
const asNorth = { 'x-rollcall-tenant': 'north' };

beforeAll(async () => {
  api = await apiUnderTest('api_packages', ['north', 'south']);
});
afterAll(async () => {
  await api.close();
  rmSync(api.parts.dataDir, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

describe('the export', () => {
  test('is a package of the tenant’s own active records, and says from where the next one goes on', async () => {
    const answer = await fetch(`${api.url}/api/v1/export.zip`, { headers: asNorth });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/zip']);
    expect(answer.headers.get('x-rollcall-next-since')).toMatch(/^x\d+$/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const path = join(folder, 'north.zip');
    writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
    const report = await checkPackage({ path, strict: true });
    expect(report.refusal).toBe(null);
    const [counted] = await api.database.sql(
      `SELECT (SELECT count(*)::int FROM orgs WHERE tenant_id = $1 AND active) AS orgs,
         (SELECT count(*)::int FROM users WHERE tenant_id = $1 AND active) AS users`,
      [api.tenants[0]!.tenantId],
    );
    const { orgs, users } = report.collections;
    expect({ orgs: orgs!.rows, users: users!.rows }).toEqual(counted);
  });

  test('since its mark holds what was changed after it', async () => {
    const mark = (await api.get('/export.zip', asNorth)).headers.get('x-rollcall-next-since')!;
    await api.database.sql(`UPDATE users SET pronouns = 'they' WHERE id = $1`, [api.tenants[0]!.ids.student]);
    const answer = await fetch(`${api.url}/api/v1/export.zip?since=${mark}`, { headers: asNorth });
    const path = join(folder, 'delta.zip');
    writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
    const { collections, refusal } = await checkPackage({ path, strict: true });
    expect([refusal, collections['users'], collections['orgs']!.rows]).toEqual([
      null,
      { rows: 1, records: 1, mode: 'delta' },
      0,
    ]);
  });

  test('leaves a trace in the log: that people were shown and how many, never who', async () => {
    const { tenantId } = api.tenants[1]!;
    await api.get('/export.zip', { 'x-rollcall-tenant': 'south' });
    const told = () => api.logged.filter(({ fields }) => (fields as { tenant?: string }).tenant === tenantId);
    while (!told().some(({ event }) => event === 'roster.exported')) await new Promise(setImmediate);
    expect(told().map(({ event }) => event)).toEqual(expect.arrayContaining(['people.shown', 'roster.exported']));
    expect(JSON.stringify(api.logged)).not.toContain('Reed');
    const trail = await api.database.sql(
      `SELECT actor, details FROM integration_audit_logs WHERE action = 'roster.exported' AND tenant_id = $1`,
      [tenantId],
    );
    expect(trail).toEqual([{ actor: 'local', details: expect.objectContaining({ mode: 'bulk', school: null }) }]);
  });

  test('of many readers at once, those that find no place are told to come again', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => api.get('/export.zip', asNorth)));
    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].every((status) => status === 200 || status === 503)).toBe(true);
    expect(statuses.has(200)).toBe(true);
    while ((await api.get('/export.zip', asNorth)).status !== 200) await new Promise(setImmediate);
  });
});

describe('an upload', () => {
  const zip = async (): Promise<Buffer> =>
    Buffer.from(await (await fetch(`${api.url}/api/v1/export.zip`, { headers: asNorth })).arrayBuffer());
  const send = async (body: Uint8Array<ArrayBuffer> | string, type = 'application/zip', to?: string) => {
    const path = to ?? `/integrations/${api.tenants[1]!.integrationId}/upload`;
    const headers = { 'x-rollcall-tenant': 'south', 'content-type': type };
    const answer = await fetch(`${api.url}/api/v1${path}`, { method: 'POST', headers, body });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
  };
  const left = async () => [api.rung, (await api.get('/runs', { 'x-rollcall-tenant': 'south' })).body];
  const become = (kind: string, settings: object) =>
    api.database.sql(
      `WITH k AS (UPDATE integrations SET kind = $2 WHERE tenant_id = $1) UPDATE integration_configurations SET settings = $3 WHERE tenant_id = $1`,
      [api.tenants[1]!.tenantId, kind, settings],
    );
  let good: Uint8Array<ArrayBuffer>;

  beforeAll(async () => {
    good = new Uint8Array(await zip());
    await api.database.sql(`UPDATE runs SET state = 'cancelled' WHERE tenant_id = $1 AND state = 'queued'`, [
      api.tenants[1]!.tenantId,
    ]);
  });

  test('to an integration that reads something else, or what its operator said, is refused and written nowhere', async () => {
    const before = await left();
    expect((await send(good)).status).toBe(409);
    await become('oneroster-csv', { path: join(folder, 'roster.zip') });
    expect(await send(good)).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
    await become('oneroster-csv', uploadSettings(api.parts.dataDir, 'south'));
    expect(existsSync(join(folder, 'roster.zip'))).toBe(false);
    expect(await left()).toEqual(before);
  });

  test.each([
    ['what is no zip', 400, () => new TextEncoder().encode('sourcedId,name'), 'application/zip'],
    ['a zip that is cut short', 400, () => good.slice(0, good.length / 2), 'application/zip'],
    ['nothing', 400, () => new Uint8Array(), 'application/zip'],
    ['JSON', 400, () => new TextEncoder().encode('{}'), 'application/json'],
    ['a form, which any web page may send', 415, () => good, 'multipart/form-data; boundary=x'],
  ])('with %s is answered %i, and changes nothing', async (_, status, body, type) => {
    const before = await left();
    const answer = await send(body(), type);
    expect([answer.status, answer.body.status, answer.headers.get('content-type')]).toEqual([
      status,
      status,
      'application/problem+json; charset=utf-8',
    ]);
    expect(await left()).toEqual(before);
  });

  test('that is longer than the integration takes is refused in a sentence', async () => {
    const settings = uploadSettings(api.parts.dataDir, 'south');
    await become('oneroster-csv', { ...settings, maxTotalBytes: 1024 });
    const before = await left();
    expect(await send(new Uint8Array(300_000))).toMatchObject({
      status: 400,
      body: { detail: 'A package may have 1024 bytes at most.' },
    });
    expect(await left()).toEqual(before);
    await become('oneroster-csv', settings);
  });

  test('of a zip is taken at no other address', async () => {
    expect((await send(good, 'application/zip', '/runs')).status).toBe(415);
  });

  test('to an integration of another tenant finds none', async () => {
    const theirs = `/integrations/${api.tenants[0]!.integrationId}/upload`;
    expect((await send(good, 'application/zip', theirs)).status).toBe(404);
  });

  test('that is sound is kept, audited by its digest, and read by the run that is named; the same again is that run', async () => {
    const { status, body, headers } = await send(good);
    expect([status, body]).toEqual([
      202,
      {
        ...{
          runId: expect.any(String),
          created: true,
          bytes: good.length,
          digest: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
        package: { version: '1.2', changesOnly: false, rows: expect.any(Number), errors: 0, warnings: 0 },
      },
    ]);
    const { runId, digest } = body as { runId: string; digest: string };
    expect(headers.get('location')).toBe(`/api/v1/runs/${runId}`);
    expect(api.rung).toEqual([{ tenantId: api.tenants[1]!.tenantId, runId }]);
    expect(readFileSync(join(api.parts.dataDir, 'uploads', 'south', `${digest}.zip`)).equals(good)).toBe(true);
    expect(
      await api.database.sql(`SELECT actor, details FROM integration_audit_logs WHERE action = 'package.taken'`),
    ).toEqual([{ actor: 'local', details: { digest, bytes: good.length, trigger: 'api' } }]);
    expect((await send(good)).body).toMatchObject({ runId, created: false, package: null });
  });

  test('of another package is refused until that run has ended', async () => {
    await api.database.sql(`UPDATE users SET pronouns = 'she' WHERE id = $1`, [api.tenants[0]!.ids.student]);
    expect(await send(new Uint8Array(await zip()))).toMatchObject({ status: 409, body: { code: 'busy' } });
  });
});
