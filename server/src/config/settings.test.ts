/** Settings come from variables and file in a fixed order, and a wrong one is named in one sentence without its secrets. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from './settings.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-settings-'));
  file = join(folder, 'rollcall.config.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('has a default for everything that running needs', () => {
  expect(readSettings({}, file)).toEqual({ apiPort: 7400, sandboxPort: 7401, metricsPort: 7402, logLevel: 'info' });
});

test('prefers a variable to the file, and the file to the default', () => {
  writeFileSync(file, JSON.stringify({ apiPort: 8001, sandboxPort: 8002 }));
  expect(readSettings({ ROLLCALL_API_PORT: '9001' }, file)).toMatchObject({ apiPort: 9001, sandboxPort: 8002 });
});

test('takes an empty variable for one that is not set', () => {
  expect(readSettings({ ROLLCALL_DATA_DIR: '', ROLLCALL_API_PORT: '' }, file)).toMatchObject({ apiPort: 7400 });
});

test.each([
  ['ROLLCALL_API_PORT', 'many', 'ROLLCALL_API_PORT must be a port number from 0 to 65535, but is "many".'],
  ['ROLLCALL_SANDBOX_PORT', '65536', 'ROLLCALL_SANDBOX_PORT must be a port number from 0 to 65535, but is "65536".'],
  ['ROLLCALL_LOG_LEVEL', 'loud', 'ROLLCALL_LOG_LEVEL must be one of silent, error, warn, info, debug, but is "loud".'],
])('names the variable %s when its value is %j', (name, value, sentence) => {
  expect(() => readSettings({ [name]: value }, file)).toThrow(new Error(sentence));
});

test('names a wrong setting of the file together with the file', () => {
  writeFileSync(file, JSON.stringify({ apiPort: -1 }));
  expect(() => readSettings({}, file)).toThrow(
    `"apiPort" in ${file} must be a port number from 0 to 65535, but is -1.`,
  );
});

test('refuses an unknown name in the file, which is often a misspelt one', () => {
  writeFileSync(file, JSON.stringify({ apiprot: 1 }));
  expect(() => readSettings({}, file)).toThrow(`${file} has an unknown setting "apiprot"`);
});

test('never repeats a database address, which holds a password', () => {
  const read = () => readSettings({ ROLLCALL_DATABASE_URL: 'mysql://root:hunter2@db/x' }, file);
  expect(read).toThrow(/^ROLLCALL_DATABASE_URL must be a URL like/);
  expect(read).not.toThrow(/hunter2/);
});

test('takes the Redis that a platform names, unless ours is named', () => {
  expect(readSettings({ REDIS_URL: 'redis://theirs:6379' }, file).redisUrl).toBe('redis://theirs:6379');
  const both = { REDIS_URL: 'redis://theirs:6379', ROLLCALL_REDIS_URL: 'rediss://ours:6380/1' };
  expect(readSettings(both, file).redisUrl).toBe('rediss://ours:6380/1');
});

test.each([
  ['REDIS_URL', { REDIS_URL: 'http://root:hunter2@cache' }],
  ['ROLLCALL_REDIS_URL', { ROLLCALL_REDIS_URL: 'hunter2', REDIS_URL: 'redis://fine:6379' }],
])('names %s when it is no address of Redis, without repeating it', (name, env) => {
  const read = () => readSettings(env, file);
  expect(read).toThrow(new RegExp(`^${name} must be a URL like redis:`));
  expect(read).not.toThrow(/hunter2/);
});

test.each(['not json', '[]', 'null'])('says that the file must hold one object when it holds %s', (text) => {
  writeFileSync(file, text);
  expect(() => readSettings({}, file)).toThrow(`The settings file ${file} must hold one JSON object`);
});
