/**
 * The launcher on a fresh clone: in a path with a space, in a folder closed to others, interrupted half-way, started twice
 * at once, without write access. It installs for real, so it needs npm's registry or its cache.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const source = dirname(dirname(fileURLToPath(import.meta.url)));
const notInClone = ['node_modules', 'dist', '.git', '.rollcall', 'generated'];
// The Node that people have: under `npm run` the one that npm runs on, often older than the one of these tests.
const systemNode = process.env.npm_node_execpath ?? 'node';
let clone;

beforeAll(() => {
  clone = join(mkdtempSync(join(tmpdir(), 'rollcall clone ')), 'my school');
  cpSync(source, clone, {
    recursive: true,
    filter: (path) => !notInClone.includes(basename(path)) && !basename(path).startsWith('.lock-'),
  });
  chmodSync(dirname(clone), 0o700);
  writeFileSync(join(clone, 'scripts', 'version.mjs'), 'console.log(process.version);');
});

afterAll(() => rmSync(dirname(clone), { recursive: true, force: true }));

const stamp = () => join(clone, 'node_modules', '.rollcall-stamp');
const env = { ...process.env, NODE_OPTIONS: '' };

function start(...args) {
  const child = spawn(systemNode, [join(clone, 'launcher', 'run.mjs'), ...args], {
    cwd: clone,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (said.out += chunk));
  child.stderr.on('data', (chunk) => (said.err += chunk));
  const ended = new Promise((resolve) => child.once('close', (code) => resolve({ code, ...said })));
  return { child, ended };
}

test('an installation that was killed half-way is noticed and repeated, once for two starts at the same time', async () => {
  const { child, ended } = start('scripts/version.mjs');
  for (let tries = 0; !existsSync(join(clone, 'node_modules')) && tries < 600; tries += 1) await sleep(50);
  await sleep(300);
  process.kill(-child.pid, 'SIGKILL');
  await ended;
  expect(existsSync(stamp())).toBe(false);

  const both = await Promise.all([start('scripts/version.mjs').ended, start('scripts/version.mjs').ended]);
  for (const { code, out } of both) {
    expect({ code, major: Number(/^v(\d+)/.exec(out)?.[1]) }).toEqual({ code: 0, major: expect.any(Number) });
    expect(Number(/^v(\d+)/.exec(out)[1])).toBeGreaterThanOrEqual(24);
  }
  expect(both.filter(({ err }) => err.includes('installing dependencies'))).toHaveLength(1);
  expect(JSON.parse(readFileSync(stamp(), 'utf8')).mode).toBe('dev');
});

test('compiles everything in such a folder, and then finds nothing left to do', async () => {
  const first = await start('scripts/build.mjs').ended;
  expect(first).toMatchObject({ code: 0, out: '', err: expect.stringMatching(/build: \d+ files compiled/) });
  expect((await start('scripts/build.mjs').ended).err.trim()).toBe('build: up to date');
});

test('a source that does not compile ends the start with one sentence and code 16', async () => {
  const broken = join(clone, 'bench', 'src', 'broken.ts');
  writeFileSync(broken, 'export const = ;');
  const { code, out, err } = await start('bench/dist/broken.js').ended;
  rmSync(broken);
  expect({ code, out }).toEqual({ code: 16, out: '' });
  expect(err).toMatch(/^Rollcall could not be compiled: /m);
});

(process.getuid?.() === 0 ? test : () => {})(
  'without write access says so in one sentence and ends with code 13',
  () => {
    chmodSync(dirname(clone), 0o755);
    rmSync(stamp(), { force: true });
    rmSync(join(clone, 'node_modules', '.package-lock.json'), { force: true });
    const launcher = join(clone, 'launcher', 'run.mjs');
    const result = spawnSync(systemNode, [launcher, 'scripts/version.mjs'], {
      env,
      uid: 65_534,
      gid: 65_534,
      encoding: 'utf8',
    });
    expect(result).toMatchObject({ status: 13, stdout: '' });
    expect(result.stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/^Rollcall may not write in .*write access\.$/),
    ]);
  },
);
