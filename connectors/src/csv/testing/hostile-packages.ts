/** For tests: packages made to harm, each with the rule that it breaks. */
import { invented } from './packages.js';
import { zipBytes, type ZipEntry } from './zip-bytes.js';

export const base: readonly ZipEntry[] = Object.entries(invented()).map(([name, content]) => ({
  name: `${name}.csv`,
  content,
}));
export const withOrgs = (over: Partial<ZipEntry>): Buffer =>
  zipBytes(base.map((entry) => (entry.name === 'orgs.csv' ? { ...entry, ...over } : entry)));
export const orgs = invented().orgs!;
const plus = (...more: ZipEntry[]): Buffer => zipBytes([...base, ...more]);
const bomb = Buffer.alloc(8 << 20, 'a');

export const hostile: readonly (readonly [name: string, make: () => Buffer, code: string])[] = [
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
