/** The product's own compiled modules. They are loaded from its build, so that what is measured is what runs. */
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const build = resolve(fileURLToPath(import.meta.url), '..', '..', '..', '..', 'server', 'dist');

/** `path` counts from the server's build; its type is that of the source file of the same path. */
export async function productModule<T>(path: string): Promise<T> {
  return (await import(pathToFileURL(productPath(path)).href)) as T;
}

export const productPath = (path: string): string => resolve(build, path);
