/**
 * Compiles every workspace's src/ to dist/ with swc, only the files that changed, and copies SQL and JSON beside them.
 * Fresh output is skipped by time stamp, so that a second start costs a few milliseconds.
 */
import { copyFileSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { accessProblem } from '../launcher/launch-problem.mjs';
import { withLock } from '../launcher/lock.mjs';
import { generateClient, isClientFresh } from './generate-client.mjs';

/** Compiles what is not fresh and returns the number of files. `node` runs the code generator: a Node of version 24. */
export async function build({ node = process.execPath } = {}) {
  if (isClientFresh() && survey().every(isNothingToDo)) return 0;
  return withLock('build', async () => {
    if (!isClientFresh()) generateClient(node);
    const work = survey();
    try {
      for (const { stale } of work) for (const step of stale) await produce(step);
      for (const { orphans } of work) for (const file of orphans) rmSync(file, { force: true });
    } catch (error) {
      throw accessProblem(error, root);
    }
    return work.reduce((sum, { stale }) => sum + stale.length, 0);
  });
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
export const workspaces = ['core', 'connectors', 'server', 'timeback-sandbox', 'bench', 'faults'];

const survey = () => workspaces.map(surveyWorkspace);
const isNothingToDo = ({ stale, orphans }) => stale.length === 0 && orphans.length === 0;

function surveyWorkspace(name) {
  const src = join(root, name, 'src');
  const dist = join(root, name, 'dist');
  const wanted = new Set();
  const stale = [];
  // A new compiler setting makes all earlier output old.
  const settingsAge = modified(fileURLToPath(import.meta.url));
  for (const file of filesIn(src)) {
    if (/\.(test\.ts|md)$/.test(file)) continue;
    const out = join(dist, relative(src, file)).replace(/\.ts$/, '.js');
    wanted.add(out).add(`${out}.map`);
    if (modified(out) < Math.max(modified(file), settingsAge)) stale.push({ file, out });
  }
  return { stale, orphans: filesIn(dist).filter((file) => !wanted.has(file)) };
}

async function produce({ file, out }) {
  mkdirSync(dirname(out), { recursive: true });
  if (!file.endsWith('.ts')) return replace(out, (target) => copyFileSync(file, target));
  const swc = createRequire(import.meta.url)('@swc/core');
  const { code, map } = await swc.transformFile(file, { ...options, filename: file, sourceFileName: file });
  replace(`${out}.map`, (target) => writeFileSync(target, map));
  const text = `${code}\n//# sourceMappingURL=${out.split('/').pop()}.map\n`;
  replace(out, (target) => writeFileSync(target, text));
}

/** A program that starts meanwhile reads the old file or the new one, never half of one. */
function replace(out, write) {
  const unfinished = `${out}.${process.pid}`;
  write(unfinished);
  renameSync(unfinished, out);
}

function filesIn(folder) {
  try {
    const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  } catch {
    return [];
  }
}

const modified = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

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

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const count = await build();
  console.error(count === 0 ? 'build: up to date' : `build: ${count} files compiled`);
}
