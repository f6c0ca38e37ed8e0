/** A command gets the configured database, that of the running instance, or one for its own duration. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clearInstance, writeInstance } from './instance.js';
import { readPostmaster } from './postmaster-file.js';
import { ownIdentity } from './process-identity.js';
import { readSettings } from './settings.js';
import { withDatabase } from './with-database.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-with-'));
  chmodSync(folder, 0o711);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const settings = (more: NodeJS.ProcessEnv = {}) =>
  readSettings({ ROLLCALL_DATA_DIR: folder, ...more }, join(folder, 'none.json'));
const cluster = () => join(folder, 'postgres', 'cluster');

test('starts the database for the duration of the work and stops it, also after an error', async () => {
  const work = withDatabase(settings(), async ({ from, url }) => {
    expect(from).toBe('own start');
    expect(url).toMatch(/^postgresql:\/\/.*@127\.0\.0\.1:\d+\/postgres$/);
    expect(readPostmaster(cluster())?.ready).toBe(true);
    throw new Error('the work failed');
  });
  await expect(work).rejects.toThrow('the work failed');
  expect(readPostmaster(cluster())).toBeNull();
  expect(readdirSync(folder)).not.toContain('lock');
});

test('lets two commands have it one after the other', async () => {
  const order: string[] = [];
  const command = (name: string) =>
    withDatabase(settings(), async () => {
      order.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      order.push(`${name} ends`);
    });
  await Promise.all([command('one'), command('two')]);
  const [first, second] = order[0] === 'one begins' ? ['one', 'two'] : ['two', 'one'];
  expect(order).toEqual([`${first} begins`, `${first} ends`, `${second} begins`, `${second} ends`]);
});

test('uses the running instance, and starts nothing', async () => {
  const databaseUrl = 'postgresql://someone:word@127.0.0.1:5999/postgres';
  writeInstance(folder, { owner: ownIdentity(), processes: [], databaseUrl });
  const lent = await withDatabase(settings(), async ({ url, from }) => ({ url, from }));
  clearInstance(folder);
  expect(lent).toEqual({ url: databaseUrl, from: 'instance' });
  expect(readdirSync(folder)).not.toContain('postgres');
});

test('prefers a configured database to everything else', async () => {
  const url = 'postgresql://someone:word@db.example/rollcall';
  const lent = await withDatabase(settings({ ROLLCALL_DATABASE_URL: url }), async (database) => database);
  expect(lent).toMatchObject({ url, from: 'settings' });
});
