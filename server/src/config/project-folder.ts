/** The folder that holds the whole project: three above this file, in src/ as in dist/. */
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export function projectFolder(): string {
  return resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
}
