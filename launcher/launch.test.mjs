/** What the launcher refuses, and that it stays out of the way of the program it starts. */
import { describe, expect, test } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT } from './launch-problem.mjs';
import { requirePlatform } from './launch.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const run = join(here, 'run.mjs');
const env = { ...process.env, NODE_OPTIONS: '' };

function withScript(text, work) {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall launch '));
  const script = join(folder, 'script.mjs');
  writeFileSync(script, text);
  return Promise.resolve(work(relative(dirname(here), script))).finally(() => rmSync(folder, { recursive: true }));
}

describe('the platform', () => {
  test.each([
    ['linux', 'x64'],
    ['linux', 'arm64'],
    ['darwin', 'x64'],
    ['darwin', 'arm64'],
  ])('%s %s is accepted', (platform, arch) => {
    expect(() => requirePlatform(platform, arch)).not.toThrow();
  });

  test.each([
    ['win32', 'x64'],
    ['linux', 'ia32'],
  ])('%s %s is refused in one sentence', (platform, arch) => {
    expect(() => requirePlatform(platform, arch)).toThrow(`this is ${platform} ${arch}: use one of those`);
  });
});

describe('the started program', () => {
  test('gets its arguments, has standard output to itself, and its exit code is the launcher’s', () =>
    withScript('console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 7;', (script) => {
      const result = spawnSync(process.execPath, [run, script, 'one', '--two=3 4'], { env, encoding: 'utf8' });
      expect(result.stdout).toBe('["one","--two=3 4"]\n');
      expect(result.status).toBe(7);
    }));

  test.each(['SIGINT', 'SIGTERM'])('receives %s and may end in its own way', (signal) =>
    withScript(
      `process.on('${signal}', () => process.exit(9)); console.log('up'); setTimeout(() => {}, 30_000);`,
      async (script) => {
        const launcher = spawn(process.execPath, [run, script], { env, stdio: ['ignore', 'pipe', 'ignore'] });
        await new Promise((resolve) => launcher.stdout.once('data', resolve));
        launcher.kill(signal);
        expect(await new Promise((resolve) => launcher.once('exit', resolve))).toBe(9);
      },
    ),
  );
});

test('a script that does not exist ends it with one sentence and its own code', () => {
  const result = spawnSync(process.execPath, [run, 'scripts/none.mjs'], { env, encoding: 'utf8' });
  expect(result.status).toBe(EXIT.noScript);
  expect(result.stdout).toBe('');
  expect(result.stderr.trim().split('\n')).toEqual([expect.stringContaining('no script "scripts/none.mjs"')]);
});
