/** OneRoster as a source of whole runs, from packages and from a server as it was measured: the same stage, plan, guard and apply as for every source. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { oneRosterCsvDefinition, oneRosterDefinition, ProviderFactory, type Ports } from '@rollcall/connectors';
import type { RunReport } from '@rollcall/core';
import { addIntegration } from '../store/integrations.js';
import { testDatabase, type TestDatabase } from '../store/testing/test-database.js';
import { DataSyncEngine } from './data-sync-engine.js';
import { buildReport } from './report.js';
import { requestRun } from './request-run.js';
import { defaultPolicy } from './run-context.js';
import { spawnSandbox, type SpawnedSandbox } from './testing/spawn-sandbox.js';
import { withLease } from './with-lease.js';

const quiet: Ports = {
  clock: { now: () => Date.now(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
  log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
  metrics: { count: () => undefined, time: () => undefined },
  random: Math.random,
};

let database: TestDatabase;
const folder = mkdtempSync(join(tmpdir(), 'rollcall-sources-'));
beforeAll(async () => {
  database = await testDatabase('sync_oneroster', ['csv', 'rest']);
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

async function joined(tenant: number, kind: string, settings: Record<string, unknown>) {
  const tenantId = database.tenantIds[tenant]!;
  const { worker } = database;
  await worker.withTenant(tenantId, (tx) => addIntegration(tx, { tenantId, name: kind, kind, settings }));
  const engine = new DataSyncEngine({
    db: worker,
    ...quiet,
    failpoint: () => undefined,
    policy: defaultPolicy,
    connect: async () => {
      const factory = new ProviderFactory(quiet).register(oneRosterDefinition).register(oneRosterCsvDefinition);
      const provider = factory.create(kind, kind, settings);
      await provider.init();
      await provider.start();
      return provider;
    },
  });
  return async (): Promise<RunReport> => {
    const { runId } = await requestRun(worker, {
      tenantId,
      integration: kind,
      mode: 'full',
      trigger: 'manual',
      actor: 'test',
    });
    const key = { tenantId, runId, owner: 'test' };
    const run = await withLease(worker, key, new AbortController().signal, (lease, signal) =>
      engine.run(lease, signal),
    );
    return worker.withTenant(tenantId, (tx) => buildReport(tx, run!));
  };
}

const pupils = 40;
const head = 'sourcedId,status,dateLastModified';
const lines = (header: string, rows: readonly string[]) => [`${head},${header}`, ...rows, ''].join('\r\n');
const enrolled = (n: number) => `e${n},,,math,school,u${n},student,false,2026-08-17,`;

/** A package of 1.1 in a folder; `files` replace or add to it. */
function write(files: Record<string, string> = {}, mode = 'bulk'): string {
  const path = join(folder, 'package');
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path);
  const all: Record<string, string> = {
    orgs: lines('name,type,identifier,parentSourcedId', ['school,,,Lindholm School,school,S1,']),
    academicSessions: lines('title,type,startDate,endDate,parentSourcedId,schoolYear', [
      'year,,,2026-27,schoolYear,2026-08-17,2027-06-11,,2027',
    ]),
    courses: lines('schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects,subjectCodes', [
      'c,,,year,Mathematics,M5,05,school,Math,MA',
    ]),
    classes: lines(
      'title,grades,courseSourcedId,classCode,classType,location,schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods',
      ['math,,,Mathematics a,05,c,,scheduled,,school,year,Math,MA,1'],
    ),
    users: lines(
      'enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password',
      Array.from({ length: pupils }, (_, n) => `u${n},,,true,school,student,pupil${n},,Edda,Ahlgren,,P${n},,,,,05,`),
    ),
    enrollments: lines(
      'classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate',
      Array.from({ length: pupils }, (_, n) => enrolled(n)),
    ),
    ...files,
  };
  if (mode === 'delta') for (const name of Object.keys(all)) if (!(name in files)) delete all[name];
  const modes = Object.keys(all).map((name) => `file.${name},${mode}`);
  const manifest = ['propertyName,value', 'manifest.version,1.0', 'oneroster.version,1.1', ...modes, ''].join('\r\n');
  for (const [name, text] of Object.entries({ ...all, manifest })) writeFileSync(join(path, `${name}.csv`), text);
  return path;
}

describe('packages of CSV files', () => {
  let sync: () => Promise<RunReport>;
  beforeAll(async () => {
    sync = await joined(0, 'oneroster-csv', { path: write() });
  });
  beforeEach(() => void write());

  const active = async (table: string): Promise<number> => {
    const [row] = await database.sql<{ n: string }>(
      `SELECT count(*) AS n FROM ${table} WHERE tenant_id = $1 AND active`,
      [database.tenantIds[0]],
    );
    return Number(row!.n);
  };

  it('a bulk package fills the hub, and the same one once more changes nothing', async () => {
    const first = await sync();
    expect([first.run.state, first.entities.users.created, first.entities.enrollments.created]).toEqual([
      'completed',
      pupils,
      pupils,
    ]);
    const second = await sync();
    expect([second.run.state, second.entities.users.unchanged, second.entities.users.updated]).toEqual([
      'completed',
      pupils,
      0,
    ]);
  });

  it('a delta ends what it marks, changes what it names, and takes nothing else away', async () => {
    const time = '2026-09-01T00:00:00.000Z';
    const ended = enrolled(0).replace('e0,,', `e0,tobedeleted,${time}`);
    const later = enrolled(1).replace('e1,,', `e1,active,${time}`).replace('2026-08-17', '2026-09-01');
    write(
      {
        enrollments: lines('classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate', [
          ended,
          later,
        ]),
      },
      'delta',
    );
    const report = await sync();
    expect([report.run.state, report.run.reason]).toEqual(['completed', null]);
    const { deactivated, updated, missing, complete } = report.entities.enrollments;
    expect({ deactivated, updated, missing, complete }).toEqual({
      deactivated: 1,
      updated: 1,
      missing: 0,
      complete: false,
    });
    expect([await active('enrollments'), await active('users')]).toEqual([pupils - 1, pupils]);
  });

  it('a package that must be refused leaves the hub as it was', async () => {
    const before = [await active('enrollments'), await active('users'), await active('classes')];
    write({ users: lines('givenName,familyName', ['u1,,,"Edda,Ahlgren']) });
    const { run } = await sync();
    expect([run.state, run.reason]).toEqual([
      'needs_attention',
      expect.stringContaining('users.csv, row 2 has a quote'),
    ]);
    expect([await active('enrollments'), await active('users'), await active('classes')]).toEqual(before);
  });

  it('a row that cannot be read is rejected with its reason, and its record stays', async () => {
    const before = await active('enrollments');
    write({
      enrollments: lines(
        'classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate',
        Array.from({ length: pupils }, (_, n) => (n === 5 ? enrolled(n).replace('2026-08-17', 'soon') : enrolled(n))),
      ),
    });
    const report = await sync();
    expect(report.rejects).toMatchObject([{ entity: 'enrollments', externalId: 'e5', field: 'beginDate' }]);
    expect(await active('enrollments')).toBeGreaterThanOrEqual(before);
  });
});

describe('a server without totals that clamps, hides what is deleted and keeps to few filters', () => {
  let sandbox: SpawnedSandbox;
  beforeAll(async () => {
    sandbox = await spawnSandbox(['--students', '200', '--seed', '9', '--platform', 'certified-quirky']);
  });
  afterAll(() => sandbox.stop());

  it('is read whole and provably, twice the same, and what it no longer shows goes missing', async () => {
    const sync = await joined(1, 'oneroster', {
      baseUrl: `${sandbox.baseUrl}/2026/oneroster/v1p2`,
      tokenUrl: `${sandbox.baseUrl}/oauth/token/`,
      clientId: 'sandbox-client',
      clientSecret: 'sandbox-secret',
      pageSize: 2000,
    });
    const first = await sync();
    const totals = await sandbox.control<Record<string, { active: number }>>('totals');
    expect(first.run.state).toBe('completed');
    for (const [name, counts] of Object.entries(first.entities))
      expect([name, counts.created, counts.complete]).toEqual([name, totals[name]!.active, true]);
    expect(first.entities.enrollments.read).toBeGreaterThan(1000);
    await sandbox.control('tobedeleted', { entity: 'enrollments', count: 3 });
    const second = await sync();
    const { updated, missing, deactivated } = second.entities.enrollments;
    expect([second.run.state, updated, missing, deactivated]).toEqual(['completed', 0, 3, 0]);
  });
});
