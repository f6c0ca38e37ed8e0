/**
 * Everything that can be said about the sources without running them: types, lint, format, one-way imports, lock files,
 * sizes. All checks run, each says what failed, and the last line on standard output counts them.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serverRooms, workspaces } from '../tools/rooms.mjs';
import { generateClient, isClientFresh } from './generate-client.mjs';
import { lintTools } from './lint-tools.mjs';
import { lockFileFaults } from './lock-file-faults.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = Object.keys(workspaces).map((name) => `${name}/src`);
const scripts = ['launcher', 'scripts', 'tools'];
const MAX_LINES = 400;

async function main() {
  if (!isClientFresh()) generateClient(process.execPath);
  const tool = await lintTools();
  const run = (script, ...args) => runTool(script, args);
  const checks = {
    types: () => run(tool('typescript', 'tsc'), '-p', 'tsconfig.json'),
    lint: () => run(tool('oxlint'), '-c', 'tools/oxlint.json', '--deny-warnings', ...sources, ...scripts),
    format: () =>
      run(tool('prettier'), '--check', '--log-level=warn', '--no-error-on-unmatched-pattern', ...formatted()),
    imports: () => run(tool('dependency-cruiser', 'depcruise'), '--config', 'tools/dependency-rules.mjs', ...sources),
    rooms: unknownRooms,
    'lock files': lockFiles,
    sizes: tooLongFiles,
  };
  let failed = 0;
  for (const [name, check] of Object.entries(checks)) {
    const fault = check();
    console.error(fault ? `check: ${name} FAILED\n${fault}\n` : `check: ${name} ok`);
    if (fault) failed += 1;
  }
  console.log(`${Object.keys(checks).length - failed} passed, ${failed} failed, 0 skipped`);
  return failed === 0 ? 0 : 1;
}

/** What the tool said when it failed, or nothing. A tool that could not run has failed. */
function runTool(script, args) {
  const result = spawnSync(process.execPath, [script, ...args], { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 });
  if (result.status === 0) return '';
  return (
    `${result.stdout ?? ''}${result.stderr ?? ''}`.trim() || `${script} ended with ${result.status ?? result.signal}`
  );
}

const formatted = () => [
  ...sources.map((folder) => `${folder}/**/*.ts`),
  ...scripts.map((folder) => `${folder}/**/*.mjs`),
  '*.mjs',
];

function unknownRooms() {
  const known = serverRooms.flat();
  const folder = join(root, 'server', 'src');
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => (entry.isDirectory() ? !known.includes(entry.name) : entry.name !== 'index.ts'))
    .map(
      (entry) => `server/src/${entry.name} is not a room: put its code into a room, or the room into tools/rooms.mjs.`,
    )
    .join('\n');
}

function lockFiles() {
  const files = ours('.').filter((file) => /(^|\/)package-lock\.json$/.test(file));
  return files.flatMap((file) => lockFileFaults(readJson(file)).map((fault) => `${file}: ${fault}`)).join('\n');
}

function tooLongFiles() {
  return [...sources, ...scripts]
    .flatMap(ours)
    .filter((file) => /\.(ts|tsx|mjs|sql)$/.test(file))
    .map((file) => [file, readFileSync(join(root, file), 'utf8').split('\n').length - 1])
    .filter(([, lines]) => lines > MAX_LINES)
    .map(([file, lines]) => `${file} has ${lines} lines; ${MAX_LINES} is the most: split it by what its parts promise.`)
    .join('\n');
}

/** All files below a folder, without what was installed or generated. */
function ours(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (['node_modules', 'dist', 'generated', '.git', '.rollcall'].includes(entry.name)) return [];
    return entry.isDirectory() ? ours(path) : [relative('.', path)];
  });
}

const readJson = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'));

process.exitCode = await main().catch((error) => {
  console.error(error.exitCode ? error.message : error);
  console.log('0 passed, 1 failed, 0 skipped');
  return error.exitCode ?? 1;
});
