/** Marks of answers: the same while nothing is edited, another after any edit, none while a fault is on. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TestSandbox } from './testing/client.js';

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await TestSandbox.start({ students: 60 });
});
afterAll(() => sandbox.close());

const markOf = async (path = 'users/') => (await sandbox.get(path, { limit: 5 })).headers.get('etag');

test('one request has one mark until something is edited', async () => {
  const mark = await markOf();
  expect(mark).toMatch(/^"[0-9a-f]{24}"$/);
  expect(await markOf()).toBe(mark);
  expect(await markOf('orgs/')).not.toBe(mark);
  await sandbox.control('edit', { share: 0.1 });
  expect(await markOf()).not.toBe(mark);
});

test('a condition that holds is answered with 304 and no body; one that does not, with the page', async () => {
  const mark = (await markOf())!;
  const same = await sandbox.get('users/', { limit: 5 }, { 'if-none-match': `"other", ${mark}` });
  expect([same.status, same.text]).toEqual([304, '']);
  await sandbox.control('edit', { share: 0.1 });
  const anew = await sandbox.get('users/', { limit: 5 }, { 'if-none-match': mark });
  expect([anew.status, anew.body.users.length]).toEqual([200, 5]);
});

test('there is no mark and no 304 while a fault is on', async () => {
  const mark = (await markOf())!;
  await sandbox.control('faults', { fault: 'delay', ms: 1, collection: 'users' });
  const answer = await sandbox.get('users/', { limit: 5 }, { 'if-none-match': mark });
  expect([answer.status, answer.headers.get('etag')]).toEqual([200, null]);
});
