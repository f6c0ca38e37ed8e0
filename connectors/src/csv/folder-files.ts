/** A package that lies unpacked in a folder. Links are refused: what is read must be what was put there. */
import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Limits } from './limits.js';
import type { Packed, PackedFile } from './packed.js';
import type { Report } from './report.js';

export async function folderFiles(path: string, limits: Limits, report: Report): Promise<Packed> {
  const names = (await readdir(path)).sort();
  if (names.length > limits.maxEntries) report.stop('package.entries');
  const files: PackedFile[] = [];
  let bytes = 0;
  for (const name of names) {
    const file = join(path, name);
    const found = await lstat(file);
    if (found.isDirectory()) continue;
    if (!found.isFile()) report.stop('package.link');
    bytes += found.size;
    files.push({ path: name, open: async () => createReadStream(file) });
  }
  if (bytes > limits.maxTotalBytes) report.stop('package.size');
  return { files, close: () => undefined };
}
