/** What manifest.csv says of a package, held against the files that are there: the version, and of each file whether it is all or only changes. */
import { catalogue, type Version } from './catalogue.js';
import type { PackageFiles } from './package-files.js';
import type { Report } from './report.js';

/** `unsaid` and `lost` (named, and not there): nothing may be taken away on its account, and a person should know. */
export type FileMode = 'bulk' | 'delta' | 'absent' | 'unsaid' | 'lost';

export interface Manifest {
  readonly version: Version;
  readonly modeOf: (file: string) => FileMode;
}

const file = 'manifest.csv';

/** `records` are those of manifest.csv, or null where there is none. */
export function readManifest(
  records: readonly (readonly string[])[] | null,
  { files }: Pick<PackageFiles, 'files'>,
  asked: Version | 'auto',
  report: Report,
): Manifest {
  if (records === null) report.add('manifest.missing', { file });
  const said = propertiesOf(records ?? [], report);
  const version = versionOf(said, files, asked, records === null ? null : report);
  const modes = new Map<string, FileMode>();
  for (const name of catalogue[version].keys())
    modes.set(name, modeOf(name, said, files.has(name), records ? report : null));
  for (const name of files.keys())
    if (name !== 'manifest' && !modes.has(name)) report.add('package.unknown-file', { file: `${name}.csv` });
  return { version, modeOf: (name) => modes.get(name) ?? 'absent' };
}

function propertiesOf(records: readonly (readonly string[])[], report: Report): ReadonlyMap<string, string> {
  const [head, ...rows] = records;
  if (head && head.join() !== 'propertyName,value') report.add('manifest.header', { file, row: 1 });
  return new Map(rows.map(([name = '', value = '']) => [name.trim(), value.trim()]));
}

function versionOf(
  said: ReadonlyMap<string, string>,
  files: ReadonlyMap<string, unknown>,
  asked: Version | 'auto',
  report: Report | null,
): Version {
  const version = said.get('oneroster.version') ?? '';
  const known = version === '1.1' || version === '1.2' ? version : null;
  if (known === null) report?.add('manifest.property', { file, column: 'oneroster.version' });
  if (said.get('manifest.version') !== '1.0') report?.add('manifest.property', { file, column: 'manifest.version' });
  if (asked !== 'auto') return asked;
  // Roles in a file of their own came with 1.2.
  if (known === '1.1' && files.has('roles')) report?.add('manifest.property', { file, column: 'oneroster.version' });
  return files.has('roles') ? '1.2' : (known ?? '1.1');
}

function modeOf(name: string, said: ReadonlyMap<string, string>, present: boolean, report: Report | null): FileMode {
  const mode = said.get(`file.${name}`);
  const place = { file: `${name}.csv` };
  const known = mode === 'bulk' || mode === 'delta' || mode === 'absent' ? mode : (mode ?? '').toLowerCase();
  if (report && known !== mode) report.add('manifest.property', { file, column: `file.${name}` });
  if (!present) {
    if (known !== 'bulk' && known !== 'delta') return 'absent';
    report?.add('manifest.absent-file', place);
    return 'lost';
  }
  if (known === 'bulk' || known === 'delta') return known;
  report?.add('manifest.undeclared', place);
  return 'unsaid';
}
