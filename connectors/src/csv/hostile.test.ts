/** Packages made to harm: each ends in a refusal that names its rule, soon and in bounded memory, before a single row was served. */
import { afterAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { callContext, testPorts } from '../testing/ports.js';
import { checkPackage } from './check-package.js';
import { oneRosterCsvConfigSchema } from './config.js';
import { defaultLimits } from './limits.js';
import { oneRosterCsvProvider } from './provider.js';
import { invented, PackageShelf } from './testing/packages.js';
import { zipBytes, type ZipEntry } from './testing/zip-bytes.js';

const shelf = new PackageShelf();
afterAll(() => shelf.remove());

const base: readonly ZipEntry[] = Object.entries(invented()).map(([name, content]) => ({
  name: `${name}.csv`,
  content,
}));
const withOrgs = (over: Partial<ZipEntry>): Buffer =>
  zipBytes(base.map((entry) => (entry.name === 'orgs.csv' ? { ...entry, ...over } : entry)));
const orgs = invented().orgs!;
const plus = (...more: ZipEntry[]): Buffer => zipBytes([...base, ...more]);
const bomb = Buffer.alloc(8 << 20, 'a');

const hostile: readonly (readonly [name: string, make: () => Buffer, code: string])[] = [
  ['a bomb', () => withOrgs({ content: Buffer.concat([Buffer.from(orgs), bomb]) }), 'package.ratio'],
  ['a bomb that says it is small', () => withOrgs({ content: bomb, claimedSize: 10 }), 'package.damaged'],
  [
    'a bomb of entries on top of each other',
    () =>
      zipBytes([
        { name: 'orgs.csv', content: Buffer.alloc(1 << 20, 'ab') },
        ...Array.from({ length: 60 }, (_, n) => ({
          name: `${n}.csv`,
          content: Buffer.alloc(1 << 20, 'ab'),
          bytesOf: 0,
        })),
      ]),
    'package.ratio',
  ],
  [
    'more entries than files can be',
    () => zipBytes(Array.from({ length: 65 }, (_, n) => ({ name: `${n}.csv`, content: '' }))),
    'package.entries',
  ],
  ['a directory that promises a million entries', () => zipBytes([...base], 65_534), 'package.entries'],
  ['a path out of the package', () => plus({ name: '../orgs.csv', content: orgs }), 'package.path'],
  ['a path from the root', () => plus({ name: '/etc/orgs.csv', content: orgs }), 'package.path'],
  ['a path with backslashes', () => plus({ name: '..\\orgs.csv', content: orgs }), 'package.path'],
  ['a NUL in a name', () => plus({ name: 'notes.csv\0.txt', content: '' }), 'package.path'],
  ['a link', () => withOrgs({ unixMode: 0o120777, content: '/etc/passwd' }), 'package.link'],
  ['an encrypted file', () => withOrgs({ encrypted: true }), 'package.encrypted'],
  ['a file twice', () => plus({ name: 'orgs.csv', content: orgs }), 'package.twice'],
  ['a file twice, once in a folder', () => plus({ name: 'more/Orgs.csv', content: orgs }), 'package.twice'],
  ['a wrong checksum', () => withOrgs({ claimedSum: 1 }), 'package.damaged'],
  ['a zip that is cut short', () => zipBytes(base).subarray(0, 900), 'package.damaged'],
  [
    'bytes cut out of its middle',
    () => Buffer.concat([zipBytes(base).subarray(0, 400), zipBytes(base).subarray(600)]),
    'package.damaged',
  ],
  ['what is no zip', () => Buffer.from('sourcedId,name\n1,a\n'), 'package.damaged'],
  ['nothing', () => Buffer.alloc(0), 'package.damaged'],
  ['a zip with itself inside', () => zipBytes([{ name: 'r/r.zip', content: zipBytes(base) }]), 'package.empty'],
  ['a NUL character', () => withOrgs({ content: orgs.replace('Fjordby', 'Fj\0rdby') }), 'file.nul'],
  [
    'bytes that are not UTF-8',
    () => withOrgs({ content: Buffer.from(orgs.replace('Fjordby', 'Fjørdby'), 'latin1') }),
    'file.encoding',
  ],
  [
    'a character cut off at the end',
    () => withOrgs({ content: Buffer.concat([Buffer.from(orgs), Buffer.from([0xe2, 0x82])]) }),
    'file.encoding',
  ],
  ['UTF-16', () => withOrgs({ content: Buffer.from(`\ufeff${orgs}`, 'utf16le') }), 'file.encoding'],
  ['a line without an end', () => withOrgs({ content: `${orgs}x,${'ab,"'.repeat(200_000)}`, stored: true }), 'file.'],
  [
    'a quote that swallows the file',
    () => withOrgs({ content: `${orgs}x,"${'a\r\n'.repeat(200_000)}`, stored: true }),
    'file.record-too-long',
  ],
];

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
