/** When the dependencies count as installed, and when an installation is repeated. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDependencies, isInstalled, isInstalledByHand, writeStamp } from './dependencies.mjs';
import { EXIT } from './launch-problem.mjs';
import { reason } from './npm-ci.mjs';

let folder;
const entry = { version: '1.0.0', integrity: 'sha512-a' };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall deps '));
  lock({ 'node_modules/a': entry, 'node_modules/tested': { ...entry, dev: true } });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (file, value) => writeFileSync(join(folder, file), JSON.stringify(value));
const lock = (packages) => write('package-lock.json', { lockfileVersion: 3, packages });
function installedByNpm(packages) {
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  write('node_modules/.package-lock.json', { packages });
}

describe('an installation counts as done', () => {
  test('only after its stamp was written', () => {
    mkdirSync(join(folder, 'node_modules'));
    expect(isInstalled(folder, 'run')).toBe(false);
    writeStamp(folder, 'run');
    expect(isInstalled(folder, 'run')).toBe(true);
  });

  test('no longer when the lock file has changed', () => {
    writeStamp(folder, 'dev');
    lock({ 'node_modules/a': { ...entry, version: '1.0.1' } });
    expect(isInstalled(folder, 'dev')).toBe(false);
  });

  test('for running when it was made for development, but not the other way round', () => {
    writeStamp(folder, 'dev');
    expect(isInstalled(folder, 'run')).toBe(true);
    writeStamp(folder, 'run');
    expect(isInstalled(folder, 'dev')).toBe(false);
  });
});

describe("a developer's own installation", () => {
  test('is adopted when npm finished it with everything that the mode needs', async () => {
    installedByNpm({ 'node_modules/a': entry });
    expect(isInstalledByHand(folder, 'run')).toBe(true);
    expect(isInstalledByHand(folder, 'dev')).toBe(false);
    await ensureDependencies(folder, 'run');
    expect(isInstalled(folder, 'run')).toBe(true);
  });

  test('is not taken for finished when npm left no record, or a record of other versions', () => {
    mkdirSync(join(folder, 'node_modules', 'a'), { recursive: true });
    expect(isInstalledByHand(folder, 'run')).toBe(false);
    installedByNpm({ 'node_modules/a': { ...entry, version: '0.9.0' } });
    expect(isInstalledByHand(folder, 'run')).toBe(false);
  });
});

test('a failed installation leaves nothing that looks finished, and says so in one sentence', async () => {
  // A lock file without a package.json, which npm refuses.
  writeFileSync(join(folder, 'package.json'), '{ "name": ');
  await expect(ensureDependencies(folder, 'run')).rejects.toMatchObject({ exitCode: EXIT.install });
  expect(isInstalled(folder, 'run')).toBe(false);
  expect(existsSync(join(folder, 'node_modules', '.package-lock.json'))).toBe(false);
});

test.each([
  ['npm error code ENOSPC\nnpm error nospc', EXIT.diskFull, /full/],
  ['npm error code EACCES\nnpm error syscall mkdir', EXIT.noAccess, /may not write/],
  ['npm error code ENOTFOUND', EXIT.install, /could not reach its registry/],
  [
    'npm error `npm ci` can only install packages when your package.json and package-lock.json are in sync.',
    EXIT.install,
    /do not agree/,
  ],
  ['npm error something new', EXIT.install, /its own words are above/],
])('tells from %j why npm failed', (output, exitCode, sentence) => {
  const problem = reason(1, output, '/folder');
  expect(problem.exitCode).toBe(exitCode);
  expect(problem.message).toMatch(sentence);
});
