/** The instance file is found while its writer lives, believed by nobody afterwards, and readable by its owner alone. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearInstance, findInstance, readInstance, writeInstance, type Instance } from './instance.js';
import { ownIdentity } from './process-identity.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-instance-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const instance = (): Instance => ({
  owner: ownIdentity(),
  processes: [{ name: 'worker', pid: 4242, startedAt: 'then' }],
  databaseUrl: 'postgresql://rollcall_admin:secret@127.0.0.1:5432/postgres',
  apiUrl: 'http://127.0.0.1:7400',
});

test('finds what a living process wrote, and nothing once it is cleared', () => {
  expect(findInstance(folder)).toBeNull();
  writeInstance(folder, instance());
  expect(findInstance(folder)).toEqual(instance());
  clearInstance(folder);
  expect(findInstance(folder)).toBeNull();
});

test('does not believe a file whose writer is gone, but still says what was left behind', () => {
  const crashed = { ...instance(), owner: { pid: process.pid, startedAt: 'before the restart' } };
  writeInstance(folder, crashed);
  expect(findInstance(folder)).toBeNull();
  expect(readInstance(folder)?.processes).toEqual(crashed.processes);
});

test('keeps the file, which holds the database password, to its owner', () => {
  writeFileSync(join(folder, 'instance.json'), '{}', { mode: 0o644 });
  writeInstance(folder, instance());
  expect(statSync(join(folder, 'instance.json')).mode & 0o777).toBe(0o600);
});

test.each(['', '{"owner":', '{"owner":{"pid":-1}}'])('takes a damaged file (%j) for no instance', (text) => {
  writeFileSync(join(folder, 'instance.json'), text);
  expect(findInstance(folder)).toBeNull();
});
