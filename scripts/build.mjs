/**
 * Compiles every workspace's src/ to dist/ with swc, only the files that changed, and copies SQL and JSON beside them.
 * Fresh output is skipped by time stamp, so that a second start costs a few milliseconds.
 */
import { copyFile, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
export const workspaces = ['core', 'connectors', 'server', 'timeback-sandbox', 'bench'];
const options = {
  swcrc: false,
  configFile: false,
  jsc: {
    target: 'es2024',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
  },
  module: { type: 'nodenext' },
  sourceMaps: true,
};

async function files(folder) {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries.filter((e) => e.isFile()).map((e) => join(e.parentPath ?? e.path, e.name));
}

const modified = async (file) => (await stat(file).catch(() => null))?.mtimeMs ?? 0;

async function buildWorkspace(name, swc) {
  const src = join(root, name, 'src');
  const dist = join(root, name, 'dist');
  const wanted = new Set();
  let compiled = 0;
  for (const file of await files(src)) {
    if (/\.test\.ts$/.test(file)) continue;
    const out = join(dist, relative(src, file)).replace(/\.ts$/, '.js');
    wanted.add(out).add(`${out}.map`);
    if ((await modified(out)) >= (await modified(file)) && (await modified(out)) > 0) continue;
    await mkdir(dirname(out), { recursive: true });
    if (file.endsWith('.ts')) {
      const { code, map } = await swc.transformFile(file, { ...options, filename: file, sourceFileName: file });
      if (map) await writeFile(`${out}.map`, map);
      await writeFile(out, map ? `${code}\n//# sourceMappingURL=${out.split('/').pop()}.map\n` : code);
    } else await copyFile(file, out);
    compiled += 1;
  }
  for (const old of await files(dist)) if (!wanted.has(old)) await rm(old);
  return compiled;
}

export async function build() {
  const swc = createRequire(import.meta.url)('@swc/core');
  const counts = await Promise.all(workspaces.map((name) => buildWorkspace(name, swc)));
  return counts.reduce((a, b) => a + b, 0);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const count = await build();
  console.error(count === 0 ? 'build: up to date' : `build: ${count} files compiled`);
}
