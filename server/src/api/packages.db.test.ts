/** OneRoster packages over the API: the roster of one tenant goes out as one that can be read. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage } from '@rollcall/connectors';
import { apiUnderTest, type ApiUnderTest } from './testing/api-under-test.js';

let api: ApiUnderTest;
const folder = mkdtempSync(join(tmpdir(), 'rollcall-api-packages-'));
const asNorth = { 'x-rollcall-tenant': 'north' };

beforeAll(async () => {
  api = await apiUnderTest('api_packages', ['north', 'south']);
});
afterAll(async () => {
  await api.close();
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
    api.logged.length = 0;
    await api.get('/export.zip', asNorth);
    while (!api.logged.some(({ event }) => event === 'roster.exported')) await new Promise(setImmediate);
    expect(api.logged.map(({ event }) => event).toSorted()).toEqual(['people.shown', 'roster.exported']);
    expect(JSON.stringify(api.logged)).not.toContain('Reed');
  });

  test('of many readers at once, those that find no place are told to come again', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => api.get('/export.zip', asNorth)));
    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].every((status) => status === 200 || status === 503)).toBe(true);
    expect(statuses.has(200)).toBe(true);
    while ((await api.get('/export.zip', asNorth)).status !== 200) await new Promise(setImmediate);
  });
});
