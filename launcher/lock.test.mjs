/** Two starts never do the same work at once, and a lock left by a crash stops nobody. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT } from './launch-problem.mjs';
import { withLock } from './lock.mjs';

let folder;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'rollcall-lock-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function leaveLock(pid) {
  mkdirSync(join(folder, '.lock-work'));
  writeFileSync(join(folder, '.lock-work', 'pid'), String(pid));
}

test('one at a time, and nothing is left behind', async () => {
  let inside = 0;
  let most = 0;
  const work = async () => {
    inside += 1;
    most = Math.max(most, inside);
    await sleep(30);
    inside -= 1;
  };
  await Promise.all([1, 2, 3].map(() => withLock('work', work, { folder })));
  expect(most).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});

test('takes over the lock of a process that is gone', async () => {
  leaveLock(spawnSync(process.execPath, ['-e', '']).pid);
  await expect(withLock('work', async () => 'done', { folder })).resolves.toBe('done');
});

test('gives up after its patience with the path of the lock, and leaves that lock alone', async () => {
  leaveLock(process.pid);
  await expect(withLock('work', async () => 'done', { folder, patienceMs: 10 })).rejects.toMatchObject({
    exitCode: EXIT.busy,
    message: expect.stringContaining(join(folder, '.lock-work')),
  });
  expect(readdirSync(folder)).toEqual(['.lock-work']);
});

test('is free again after work that failed', async () => {
  const failing = withLock('work', () => Promise.reject(new Error('broken')), { folder });
  await expect(failing).rejects.toThrow('broken');
  await expect(withLock('work', async () => 'done', { folder })).resolves.toBe('done');
});
