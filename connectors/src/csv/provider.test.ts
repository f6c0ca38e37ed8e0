/** What a package becomes: the same school from every kind of package, whole pages, and a source that does not change while it is read. */
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import type { EntityName, User } from '@rollcall/core';
import { copyFileSync, rmSync } from 'node:fs';
import type { IRosterProvider } from '../contracts.js';
import { callContext, testPorts } from '../testing/ports.js';
import { oneRosterCsvConfigSchema, type OneRosterCsvSettings } from './config.js';
import { oneRosterCsvProvider } from './provider.js';
import { csvOf, invented, invented11, manifestOf, PackageShelf, rows12, type Files } from './testing/packages.js';

const shelf = new PackageShelf();
const open: IRosterProvider[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((provider) => provider.stop()));
});
afterAll(() => shelf.remove());

async function started(path: string, over: Partial<OneRosterCsvSettings> = {}) {
  const ports = testPorts();
  const provider = oneRosterCsvProvider('csv', oneRosterCsvConfigSchema.parse({ path, ...over }), ports);
  await provider.start();
  open.push(provider);
  const read = (entity: EntityName, offset = 0, limit = 100) =>
    provider.readPage(entity, { offset, limit }, callContext());
  return { provider, read, ports };
}

const names: readonly EntityName[] = ['orgs', 'academicSessions', 'courses', 'users', 'classes', 'enrollments'];
async function school(path: string) {
  const { read } = await started(path);
  const pages = await Promise.all(names.map((name) => read(name)));
  expect(pages.flatMap((page) => page.rejects)).toEqual([]);
  return JSON.stringify(pages.map((page) => page.records));
}

const base = invented();

describe('the same school', () => {
  /** Of the quirks of the field, number 20. */
  it.each<[string, () => string]>([
    ['unpacked in a folder', () => shelf.unpacked(base)],
    ['in a folder inside of the zip', () => shelf.zip(base, (name) => `export/2026/${name}.csv`)],
    ['under names in capitals', () => shelf.zip(base, (name) => `${name.toUpperCase()}.CSV`)],
    ['with lines that end in LF', () => shelf.zip(each((text) => text.replaceAll('\r\n', '\n')))],
    ['with lines that end in CR', () => shelf.zip(each((text) => text.replaceAll('\r\n', '\r')))],
    ['with a byte order mark', () => shelf.zip(each((text) => `\ufeff${text}`))],
    [
      'with headers in capitals and spaces',
      () => shelf.zip(each((text) => text.replace(/^.*/, (line) => line.toUpperCase().replaceAll(',', ' , ')))),
    ],
    ['with columns in reverse', () => shelf.zip(each(reversed))],
    [
      'with dates as in the United States',
      () => shelf.zip(each((text) => text.replaceAll(/(\d{4})-0?(\d+)-0?(\d+)/g, '$2/$3/$1'))),
    ],
    [
      'with TRUE and FALSE',
      () => shelf.zip(each((text) => text.replaceAll('true', 'TRUE').replaceAll('false', 'FALSE'))),
    ],
    [
      'with words in another case',
      () =>
        shelf.zip(
          each((text) => text.replaceAll(/,(scheduled|student|primary|school),/g, (word) => word.toUpperCase())),
        ),
    ],
    ['with its status said', () => shelf.zip(each((text) => text.replaceAll(/^([a-z]\S*?),,,/gm, '$1,active,,')))],
    [
      'with spaces around cells',
      () => shelf.zip(each((text) => text.replaceAll(/,(Edda|math-a|org-lindholm),/g, ', $1 ,'))),
    ],
  ])('is read from a package %s', async (_, make) => {
    expect(await school(make())).toBe(await school(shelf.zip(base)));
  });

  const each = (change: (text: string) => string): Files =>
    Object.fromEntries(Object.entries(base).map(([name, text]) => [name, name === 'manifest' ? text : change(text)]));
});

/** Only cells without commas inside are in the file that is turned around. */
function reversed(text: string): string {
  if (text.includes('"')) return text;
  return text
    .split('\r\n')
    .map((line) => line.split(',').toReversed().join())
    .join('\r\n');
}

it('users have the roles of their file, guardians, ids and names under REST’s names, and no password', async () => {
  const { read } = await started(shelf.zip(base));
  const [edda, hugo] = (await read('users')).records as [User, User];
  expect(edda).toMatchObject({
    agents: ['hugo'],
    userIds: ['LDAP:edda', 'SIS:1001'],
    grades: ['5'],
    preferredFirstName: 'Ed',
  });
  expect(hugo.roles.map(({ role, org }) => [role, org])).toEqual([
    ['parent', 'org-lindholm'],
    ['teacher', 'org-fjordby'],
  ]);
  expect(JSON.stringify([edda, hugo])).not.toContain('never-keep-this');
});

it('a package of 1.1 has a role and orgs for each user', async () => {
  const { read } = await started(shelf.zip(invented11()));
  const users = (await read('users')).records as User[];
  expect(users.map(({ roles }) => roles.map(({ role, org }) => [role, org]))).toEqual([
    [['student', 'org-lindholm']],
    [
      ['parent', 'org-lindholm'],
      ['parent', 'org-fjordby'],
    ],
  ]);
});

describe('nothing follows from absence', () => {
  it.each<[string, Files, EntityName, object]>([
    ['unless a bulk file is whole', base, 'users', { changesOnly: undefined, partialBecause: undefined }],
    ['in a delta', invented('delta'), 'users', { changesOnly: true }],
    ['in a package without a file', { manifest: manifestOf({}) }, 'users', { changesOnly: true }],
    [
      'without a manifest',
      { users: base.users!, roles: base.roles! },
      'users',
      { partialBecause: 'the package does not say that this file is whole' },
    ],
    [
      'where a file is named and not there',
      { manifest: base.manifest! },
      'users',
      { partialBecause: 'the package names this file and does not hold it' },
    ],
    [
      'in the bulk file of a mixed package',
      { ...base, manifest: base.manifest!.replace('orgs,bulk', 'orgs,delta') },
      'orgs',
      { changesOnly: true },
    ],
  ])('%s', async (_, files, entity, said) => {
    const { read } = await started(shelf.zip(files));
    const { changesOnly, partialBecause } = await read(entity);
    expect({ changesOnly, partialBecause }).toMatchObject(said);
  });

  it('a delta ends what it marks, whatever else the row still says', async () => {
    const gone = { sourcedId: 'e1', status: 'tobedeleted', dateLastModified: '2026-09-01T00:00:00.000Z' };
    const { read } = await started(shelf.zip(invented('delta', { enrollments: [gone, rows12.enrollments![1]!] })));
    expect((await read('enrollments')).records.map((record) => record.status)).toEqual(['tobedeleted', 'active']);
  });

  it('a role that a delta ends is no longer the user’s', async () => {
    const roles = rows12.roles!.map((role) => (role.sourcedId === 'r3' ? { ...role, status: 'tobedeleted' } : role));
    const { read } = await started(shelf.zip(invented('delta', { users: rows12.users!, roles })));
    expect(((await read('users')).records[1] as User).roles.map(({ role }) => role)).toEqual(['parent']);
  });
});

it('a row whose cells have moved is rejected under its id, and the others are read', async () => {
  const enrollments = base.enrollments!.replace('e1,,,math-a', 'e1,,,math-a,moved,again');
  const { read, provider } = await started(shelf.zip({ ...base, enrollments }));
  const page = await read('enrollments');
  expect(page).toMatchObject({
    rowCount: 2,
    records: [{ sourcedId: 'e2' }],
    rejects: [{ externalId: 'e1', field: 'row' }],
  });
  expect(await provider.readOne('enrollments', 'e1', callContext())).toMatchObject({ rejected: { field: 'row' } });
});

it('a package that is replaced while it is read is not mixed with the new one', async () => {
  const path = shelf.zip(base);
  const { read, provider } = await started(path);
  await read('orgs');
  copyFileSync(shelf.zip(invented('bulk', { ...rows12, users: [] })), path);
  expect((await read('users')).rowCount).toBe(2);
  await provider.stop();
  await provider.start();
  expect((await read('users')).rowCount).toBe(0);
});

it('a package that is not there yet is said to be missing, and read when it comes', async () => {
  const path = shelf.zip(base);
  rmSync(path);
  const { read, provider } = await started(path);
  await expect(read('orgs')).rejects.toMatchObject({ code: 'source_unreachable' });
  expect(await provider.health()).toMatchObject({ status: 'unhealthy' });
  copyFileSync(shelf.zip(base), path);
  expect((await read('orgs')).rowCount).toBe(2);
  expect(await provider.health()).toMatchObject({ status: 'healthy', detail: { files: 8 } });
});

it('reads strictly when it is told to, and logs counts only', async () => {
  const files = { ...base, users: base.users!.replace(',true,', ',TRUE,') };
  const strict = await started(shelf.zip(files), { strict: true });
  await expect(strict.read('orgs')).rejects.toMatchObject({
    code: 'source_bad_response',
    publicText: expect.stringContaining('users.csv, row 2, enabledUser'),
  });
  const { read, ports } = await started(shelf.zip(files));
  await read('users');
  expect(ports.lines.at(-1)).toMatchObject({ event: 'package.read', fields: { errors: 0, warnings: 1 } });
  expect(JSON.stringify(ports.lines)).not.toMatch(/edda|Ahlgren/i);
});

it('thousands of rows come in pages of any size, each once and in their order', async () => {
  const enrollments = Array.from({ length: 12_345 }, (_, n) => ({ ...rows12.enrollments![0]!, sourcedId: `e${n}` }));
  const { read } = await started(shelf.zip({ ...base, enrollments: csvOf('enrollments', enrollments) }));
  const keys: string[] = [];
  for (let offset = 0; offset < 12_345; offset += 777)
    keys.push(...(await read('enrollments', offset, 777)).records.map((record) => record.sourcedId));
  expect(keys).toEqual(enrollments.map((row) => row.sourcedId));
});

it.each([['relative/path.zip'], [''], ['/a\0b']])('refuses %j as a path', (path) => {
  expect(oneRosterCsvConfigSchema.safeParse({ path }).success).toBe(false);
});
