/** Packages that are sent or put into a folder: one run for each, and nothing at all from what must be refused. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { hostile, orgs } from '../../../../connectors/src/csv/testing/hostile-packages.js';
import { invented, rows12 } from '../../../../connectors/src/csv/testing/packages.js';
import { zipBytes } from '../../../../connectors/src/csv/testing/zip-bytes.js';
import { testDatabase, type TestDatabase } from '../../store/testing/test-database.js';
import { packagedTenant, type PackagedTenant } from '../testing/packaged-tenant.js';
import { Inboxes } from './look-into-inboxes.js';
import { takeUpload } from './take-upload.js';
import { uploadSettings } from './uploads.js';

const dataDir = mkdtempSync(join(tmpdir(), 'rollcall-uploads-'));
let database: TestDatabase;
const tenants: PackagedTenant[] = [];
const folderOf = (tenant: number) => uploadSettings(dataDir, `tenant-${tenant}`).path;

beforeAll(async () => {
  database = await testDatabase('sync_uploads', ['sent', 'watched', 'elsewhere']);
  for (const at of [0, 1])
    tenants.push(await packagedTenant(database, database.tenantIds[at]!, uploadSettings(dataDir, `tenant-${at}`)));
  await packagedTenant(database, database.tenantIds[2]!, { path: join(dataDir, 'roster.zip') });
});
afterAll(async () => {
  await database.close();
  rmSync(dataDir, { recursive: true, force: true });
});

type Files = ReturnType<typeof invented>;
const zipOf = (files: Files): Buffer =>
  zipBytes(Object.entries(files).map(([name, content]) => ({ name: `${name}.csv`, content })));
const renamed = (name: string): Buffer =>
  zipOf(invented('bulk', { ...rows12, orgs: [{ ...rows12.orgs![0]!, name }, rows12.orgs![1]!] }));

const upload = (content: Buffer, tenant = 0) =>
  takeUpload(database.app, {
    tenantId: database.tenantIds[tenant]!,
    integration: 'packages',
    content: Readable.from([content]),
    dataDir,
    trigger: 'api',
    actor: 'test',
    signal: new AbortController().signal,
  });

/** All that an upload could change. */
const state = async (tenant: number) => ({
  ...(
    await database.sql<{ orgs: string; users: number; runs: number; audit: number; package: string }>(
      `SELECT (SELECT string_agg(name, ',' ORDER BY name) FROM orgs WHERE tenant_id = $1) AS orgs,
         (SELECT count(*)::int FROM users WHERE tenant_id = $1) AS users,
         (SELECT count(*)::int FROM runs WHERE tenant_id = $1) AS runs,
         (SELECT count(*)::int FROM integration_audit_logs WHERE tenant_id = $1) AS audit,
         (SELECT digest FROM integration_packages WHERE tenant_id = $1) AS package`,
      [database.tenantIds[tenant]],
    )
  )[0]!,
  files: readdirSync(folderOf(tenant)),
});

describe('a package that is sent', () => {
  it('is read by the run that it causes; sent again it is that run; another one replaces it', async () => {
    const first = await upload(zipOf(invented()));
    expect(first).toMatchObject({ created: true, judged: { version: '1.2', changesOnly: false, errors: 0 } });
    const report = await tenants[0]!.work(first.runId);
    expect([report.run.state, report.run.id, report.entities.users.created]).toEqual(['completed', first.runId, 2]);
    const before = await state(0);
    expect(await upload(zipOf(invented()))).toMatchObject({ created: false, runId: first.runId, judged: null });
    expect(await state(0)).toEqual(before);
    const second = await upload(renamed('Fjordby Schools'));
    expect((await tenants[0]!.work(second.runId)).entities.orgs.updated).toBe(1);
    expect((await state(0)).files).toEqual([`${second.digest}.zip`]);
  });

  it('is refused while a run is under way, which goes on with what it has', async () => {
    const { runId } = await upload(renamed('Fjordby'));
    const before = await state(0);
    await expect(upload(renamed('Fjordby again'))).rejects.toMatchObject({ code: 'busy' });
    expect(await state(0)).toEqual(before);
    expect((await tenants[0]!.work(runId)).run.state).toBe('completed');
  });

  it('may be sent once more when its run came to no good end', async () => {
    const { runId } = await upload(renamed('Fjordby North'));
    await tenants[0]!.work(runId);
    await database.sql(`UPDATE runs SET state = 'failed' WHERE id = $1`, [runId]);
    const again = await upload(renamed('Fjordby North'));
    expect([again.created, again.runId === runId]).toEqual([true, false]);
    await tenants[0]!.work(again.runId);
  });

  it('is never written to where an integration reads by its operator’s word', async () => {
    await expect(upload(zipOf(invented()), 2)).rejects.toMatchObject({ code: 'wrong_state' });
    for (const path of [join(dataDir, 'uploads'), join(dataDir, 'uploads', '..', 'secrets')])
      await database
        .sql(`UPDATE integration_configurations SET settings = $2 WHERE tenant_id = $1`, [
          database.tenantIds[2],
          { path, inbox: true },
        ])
        .then(() => expect(upload(zipOf(invented()), 2)).rejects.toMatchObject({ code: 'wrong_state' }));
    expect(readdirSync(dataDir)).toEqual(['uploads']);
  });
});

describe('a hostile package that is sent', () => {
  it.each(hostile)('%s is refused in a sentence, and everything stays as it was', async (_, make) => {
    const before = await state(0);
    await expect(upload(make())).rejects.toMatchObject({
      code: 'invalid_input',
      publicText: expect.stringMatching(/^(The package was refused: .+\.|There is nothing in the upload\.)$/),
    });
    expect(await state(0)).toEqual(before);
  });

  it('a header called __proto__ is left out and changes no object', async () => {
    const lines = orgs.split('\r\n').map((line, n) => (line ? `${line},${n ? 'x' : '__proto__'}` : ''));
    const { runId } = await upload(zipOf({ ...invented(), orgs: lines.join('\r\n') }));
    expect((await tenants[0]!.work(runId)).run.state).toBe('completed');
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it('one without an end is cut off where the limit is', async () => {
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(1 << 20, 'a');
      })(),
    );
    const limited = { ...uploadSettings(dataDir, 'tenant-0'), maxTotalBytes: 4 << 20 };
    await database.sql(`UPDATE integration_configurations SET settings = $2 WHERE tenant_id = $1`, [
      database.tenantIds[0],
      limited,
    ]);
    const before = await state(0);
    const taken = takeUpload(database.app, {
      ...{ tenantId: database.tenantIds[0]!, integration: 'packages', content: endless, dataDir },
      ...{ trigger: 'api', actor: 'test', signal: new AbortController().signal },
    });
    await expect(taken).rejects.toMatchObject({
      code: 'invalid_input',
      publicText: expect.stringContaining('bytes at most'),
    });
    expect(await state(0)).toEqual(before);
  });
});

describe('a package that is put into the folder', () => {
  let inboxes: Inboxes;
  const put = (name: string, content: Buffer, at: number) => {
    mkdirSync(folderOf(1), { recursive: true });
    writeFileSync(join(folderOf(1), name), content);
    utimesSync(join(folderOf(1), name), at, at);
  };
  const looked = async () => (await inboxes.look()).map(({ runId }) => runId);
  beforeEach(() => {
    inboxes = new Inboxes(database.worker);
  });

  it('is one run once it has not changed between two looks', async () => {
    expect(await looked()).toEqual([]);
    put('monday.zip', zipOf(invented()).subarray(0, 500), 1000);
    expect(await looked()).toEqual([]);
    put('monday.zip', zipOf(invented()), 1001);
    expect(await looked()).toEqual([]);
    const [runId, ...more] = await looked();
    expect([more, (await tenants[1]!.work(runId!)).entities.users.created]).toEqual([[], 2]);
    for (const _ of [1, 2]) expect(await looked()).toEqual([]);
  });

  it('is not read again under another name, nor by a process that starts anew', async () => {
    copyFileSync(join(folderOf(1), 'monday.zip'), join(folderOf(1), 'copy.zip'));
    for (const _ of [1, 2, 3]) expect(await looked()).toEqual([]);
  });

  it('waits while a run is under way, and counts only when it is the newest', async () => {
    put('old.zip', renamed('Long ago'), 10);
    put('tuesday.zip', renamed('Tuesday'), 4_000_000_000);
    await looked();
    const [first] = await looked();
    put('wednesday.zip', renamed('Wednesday'), 4_000_000_001);
    for (const _ of [1, 2, 3]) expect(await looked()).toEqual([]);
    await tenants[1]!.work(first!);
    const [second] = await looked();
    await tenants[1]!.work(second!);
    expect((await state(1)).orgs).toContain('Wednesday');
    expect(await looked()).toEqual([]);
  });

  it('that is damaged stops its run with the reason, once, and leaves the hub as it was', async () => {
    const { orgs: before } = await state(1);
    put('thursday.zip', renamed('Thursday').subarray(0, 900), 4_000_000_002);
    await looked();
    const [runId] = await looked();
    const { run } = await tenants[1]!.work(runId!);
    expect([run.state, run.reason]).toEqual(['needs_attention', expect.stringContaining('cannot be unpacked')]);
    for (const _ of [1, 2]) expect(await looked()).toEqual([]);
    expect((await state(1)).orgs).toBe(before);
    renameSync(join(folderOf(1), 'thursday.zip'), join(folderOf(1), '.thursday.zip'));
  });
});
