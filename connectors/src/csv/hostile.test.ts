/** Packages made to harm: each ends in a refusal that names its rule, soon and in bounded memory, before a single row was served. */
import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { callContext, testPorts } from '../testing/ports.js';
import { checkPackage } from './check-package.js';
import { oneRosterCsvConfigSchema } from './config.js';
import { defaultLimits } from './limits.js';
import { oneRosterCsvProvider } from './provider.js';
import { base, hostile, orgs, withOrgs } from './testing/hostile-packages.js';
import { invented, PackageShelf } from './testing/packages.js';
import { zipBytes } from './testing/zip-bytes.js';

const shelf = new PackageShelf();
afterAll(() => shelf.remove());

describe('a hostile zip', () => {
  it.each(hostile)('%s is refused', async (_, make, code) => {
    const path = shelf.bytes(make());
    const { accepted, refusal } = await checkPackage({ path });
    expect([accepted, refusal?.code]).toEqual([false, expect.stringContaining(code)]);
    const provider = oneRosterCsvProvider('csv', oneRosterCsvConfigSchema.parse({ path }), testPorts());
    await provider.start();
    const page = provider.readPage('orgs', { offset: 0, limit: 10 }, callContext());
    await expect(page).rejects.toMatchObject({ name: 'Fault', code: 'source_bad_response' });
    expect((await provider.test()).ok).toBe(false);
    await provider.stop();
  });

  it('is refused by what it unpacks to, too', async () => {
    const limits = { ...defaultLimits, maxTotalBytes: 1000 };
    expect((await checkPackage({ path: shelf.bytes(zipBytes(base)), limits })).refusal?.code).toBe('package.size');
  });

  it('leaves nothing in the folder for temporary files, whether it is refused or read', async () => {
    const own = join(shelf.folder, 'temporary');
    mkdirSync(own);
    const before = process.env.TMPDIR;
    process.env.TMPDIR = own;
    try {
      await checkPackage({ path: shelf.bytes(withOrgs({ content: orgs.replace('Fjordby', '"') })) });
      const config = oneRosterCsvConfigSchema.parse({ path: shelf.bytes(zipBytes(base)) });
      const provider = oneRosterCsvProvider('csv', config, testPorts());
      await provider.start();
      expect((await provider.readPage('users', { offset: 0, limit: 10 }, callContext())).rowCount).toBe(2);
      // While it is being served, too: a process that is killed leaves nothing behind.
      expect(readdirSync(own)).toEqual([]);
      await provider.stop();
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
  });
});

it('a folder is refused for a link in it, and for holding too much', async () => {
  const linked = join(shelf.folder, 'linked');
  mkdirSync(linked);
  writeFileSync(join(linked, 'manifest.csv'), invented().manifest!);
  symlinkSync('/etc/passwd', join(linked, 'orgs.csv'));
  expect((await checkPackage({ path: linked })).refusal?.code).toBe('package.link');
  const limits = { ...defaultLimits, maxTotalBytes: 1000 };
  expect((await checkPackage({ path: shelf.unpacked(invented()), limits })).refusal?.code).toBe('package.size');
});

describe('hostile texts', () => {
  it('a header called __proto__ changes no object, and metadata.__proto__ neither', async () => {
    const lines = orgs
      .split('\r\n')
      .map((line, n) => (line ? `${line},${n ? 'x,y' : '__proto__,metadata.__proto__'}` : ''));
    const path = shelf.zip({ ...invented(), orgs: lines.join('\r\n') });
    const { accepted, collections } = await checkPackage({ path });
    expect([accepted, collections.orgs!.records]).toEqual([true, 2]);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
    const provider = oneRosterCsvProvider('csv', oneRosterCsvConfigSchema.parse({ path }), testPorts());
    await provider.start();
    const { records } = await provider.readPage('orgs', { offset: 0, limit: 10 }, callContext());
    expect(records.map((record) => record.metadata)).toEqual([null, null]);
    await provider.stop();
  });

  it.each(['=cmd()', '@SUM(A1)', '+HYPERLINK("x")'])(
    '%s stays the text that it is, and is pointed out',
    async (formula) => {
      const cell = `"${formula.replaceAll('"', '""')}"`;
      const path = shelf.zip({ ...invented(), orgs: orgs.replace('Fjordby District', cell) });
      const report = await checkPackage({ path, strict: true });
      expect([report.accepted, report.broken]).toEqual([true, [{ code: 'cell.formula', times: 1 }]]);
      const provider = oneRosterCsvProvider('csv', oneRosterCsvConfigSchema.parse({ path }), testPorts());
      await provider.start();
      const { records } = await provider.readPage('orgs', { offset: 0, limit: 1 }, callContext());
      expect(records[0]!.name).toBe(formula);
      await provider.stop();
    },
  );

  it.each(['-Ana', '+1 555 0100', '-12.5'])('%s is no formula', async (text) => {
    const path = shelf.zip({ ...invented(), orgs: orgs.replace('Fjordby District', text) });
    expect((await checkPackage({ path })).findings).toEqual([]);
  });
});
