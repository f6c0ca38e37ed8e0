/** The program as it is started: its ready line, its exit codes, its end on a signal. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AddressInfo } from 'node:net';
import { Program } from './testing/program.js';
import { createServer } from 'node:net';

let program: Program;
beforeAll(async () => {
  program = await Program.compile();
});
afterAll(() => program.remove());

test('starts a district of 110,000 students as readily as a small one and says where in one JSON line', async () => {
  const small = program.start('--port', '0', '--students', '10', '--seed', '7');
  await small.firstLine;
  // Against each other: how long either takes is the machine's.
  const readily = 3 * small.secondsUsed() + 0.5;
  const { child, firstLine, ended, secondsUsed } = program.start('--port', '0', '--students', '110000', '--seed', '7');
  const line = await firstLine;
  expect(secondsUsed()).toBeLessThan(readily);
  const ready = JSON.parse(line);
  expect(ready).toEqual({ ready: true, port: expect.any(Number), baseUrl: `http://127.0.0.1:${ready.port}` });
  const totals = await (await fetch(`${ready.baseUrl}/control/totals`)).json();
  expect(totals).toMatchObject({ students: { rows: 110_000, active: 110_000 } });
  child.kill('SIGTERM');
  expect((await ended).code).toBe(0);
});

test.each([
  [['--students', '0'], '--students must be a whole number'],
  [['--seed', 'x'], '--seed must be a whole number'],
  [['--pupils', '5'], "Unknown option '--pupils'"],
  [['--platform', 'other'], '--platform must be one of beyond, learnwith,'],
])('refuses %j with code 2 and one sentence', async (flags, sentence) => {
  const { code, errors } = await program.start(...flags).ended;
  expect([code, errors]).toEqual([2, expect.stringContaining(sentence)]);
  expect(errors.trim().split('\n')).toHaveLength(1);
});

test('ends with code 3 and one sentence when the port is taken', async () => {
  const other = createServer();
  await new Promise<void>((ready) => other.listen(0, '127.0.0.1', ready));
  const { port } = other.address() as AddressInfo;
  const { code, errors } = await program.start('--port', String(port)).ended;
  const sentence = `timeback-sandbox: Port ${port} is taken; choose another with --port, or 0 for a free one.\n`;
  expect([code, errors]).toEqual([3, sentence]);
  await new Promise((done) => other.close(done));
});
