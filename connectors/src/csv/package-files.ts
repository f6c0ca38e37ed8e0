/** The files of a package, from a zip or a folder, each under its name in the catalogue; what is not of the catalogue is noted and left. */
import { stat } from 'node:fs/promises';
import { Fault } from '@rollcall/core';
import { fileNames } from './catalogue.js';
import { folderFiles } from './folder-files.js';
import type { Limits } from './limits.js';
import type { PackedFile } from './packed.js';
import type { Report } from './report.js';
import { zipFiles } from './zip-files.js';

export interface PackageFiles {
  /** By name without `.csv`. */
  readonly files: ReadonlyMap<string, PackedFile>;
  close(): void;
}

/** Throws a Fault where there is nothing at the path, a PackageRefused where what is there must not be read. */
export async function openPackage(path: string, limits: Limits, report: Report): Promise<PackageFiles> {
  const found = await stat(path).catch(() => null);
  if (!found) throw new Fault('source_unreachable', 'There is no package at the path of this integration.');
  const packed = await (found.isDirectory() ? folderFiles(path, limits, report) : zipFiles(path, limits, report));
  try {
    return { files: named(packed.files, report), close: () => packed.close() };
  } catch (error) {
    packed.close();
    throw error;
  }
}

const canonical = new Map(fileNames.map((name) => [name.toLowerCase(), name]));
/** What macOS and Windows leave in zips by themselves. */
const litter = /(^|\/)(__MACOSX\/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._)/i;

function named(packed: readonly PackedFile[], report: Report): ReadonlyMap<string, PackedFile> {
  const files = new Map<string, PackedFile>();
  let inFolder = false;
  for (const file of packed) {
    if (file.path.endsWith('/')) continue;
    const base = file.path.slice(file.path.lastIndexOf('/') + 1);
    const name = /\.csv$/i.test(base) ? canonical.get(base.slice(0, -4).toLowerCase()) : undefined;
    if (name === undefined || litter.test(file.path)) {
      report.add('package.unknown-file');
      continue;
    }
    if (files.has(name)) report.stop('package.twice', { file: `${name}.csv` });
    if (base !== `${name}.csv`) report.add('package.name', { file: `${name}.csv` });
    inFolder ||= base !== file.path;
    files.set(name, file);
  }
  if (inFolder) report.add('package.folder');
  if (files.size === 0) report.stop('package.empty');
  return files;
}
