/** A data folder belongs to one process at a time, and a lock that a crash left behind stops nobody. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFolder, tryLockFolder } from './folder-lock.js';
import { identifyProcess } from './process-identity.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (value: unknown) => writeFileSync(join(folder, 'lock'), JSON.stringify(value));

test('refuses a second holder in one sentence, until the first has unlocked', () => {
  const unlock = lockFolder(folder);
  expect(() => lockFolder(folder)).toThrow(
    `The data folder ${folder} is in use by another Rollcall (process ${process.pid}): stop that one first, or set ROLLCALL_DATA_DIR to another folder.`,
  );
  unlock();
  lockFolder(folder)();
  expect(readdirSync(folder)).toEqual([]);
});

test('reports the living process that holds the folder', () => {
  const other = spawn('sleep', ['60'], { stdio: 'ignore' });
  try {
    write(identifyProcess(other.pid ?? 0));
    expect(tryLockFolder(folder)).toMatchObject({ pid: other.pid });
  } finally {
    other.kill();
  }
});

test.each([
  ['of a process that is gone', () => ({ pid: spawnSync('true').pid, startedAt: 'then' })],
  ['whose pid now belongs to another process', () => ({ pid: process.ppid, startedAt: 'then' })],
  ['that is not readable', () => 'half a file'],
])('takes over a lock %s', (_, holder) => {
  write(holder());
  const unlock = tryLockFolder(folder);
  expect(unlock).toBeInstanceOf(Function);
  (unlock as () => void)();
  expect(readdirSync(folder)).toEqual([]);
});

test('unlocking late does not remove the lock of the next holder', () => {
  const unlock = lockFolder(folder);
  const next = { pid: process.pid, startedAt: 'later' };
  write(next);
  unlock();
  expect(readdirSync(folder)).toEqual(['lock']);
});
