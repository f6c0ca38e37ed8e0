/** A folder into which packages are put: the newest zip counts, by the time of its last change, and by its name where that is equal. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '@rollcall/core';
import type { OneRosterCsvConfig } from './config.js';

export interface InboxPackage {
  readonly path: string;
  readonly bytes: number;
  readonly changedAtMs: number;
}

/** Null where there is no package. What begins with a dot is still being written. Throws a Fault where there is no such folder. */
export async function newestPackage(folder: string): Promise<InboxPackage | null> {
  const names = await readdir(folder).catch(() => {
    throw new Fault('source_unreachable', 'There is no folder at the path of this integration.');
  });
  let newest: InboxPackage | null = null;
  for (const name of names.filter((n) => /^[^.].*\.zip$/i.test(n)).sort()) {
    // A link, or one that has gone meanwhile, is no package.
    const found = await lstat(join(folder, name)).catch(() => null);
    if (!found?.isFile() || (newest !== null && found.mtimeMs < newest.changedAtMs)) continue;
    newest = { path: join(folder, name), bytes: found.size, changedAtMs: found.mtimeMs };
  }
  return newest;
}

/** Where the package of an integration lies now. Throws a Fault where there is none. */
export async function packagePath({ path, inbox }: Pick<OneRosterCsvConfig, 'path' | 'inbox'>): Promise<string> {
  if (!inbox) return path;
  const newest = await newestPackage(path);
  if (newest === null) throw new Fault('source_unreachable', 'There is no package in the folder of this integration.');
  return newest.path;
}

/** SHA-256 in hexadecimal. */
export async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
