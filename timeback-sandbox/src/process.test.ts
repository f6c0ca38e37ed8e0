/** The program as it is started: its ready line, its exit codes, its end on a signal. Compiled for the test from the sources. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { tmpdir } from 'node:os';
import { transformFile } from '@swc/core';

const sources = dirname(fileURLToPath(import.meta.url));
const children: ChildProcess[] = [];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'timeback-sandbox-'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  for (const entry of await readdir(sources, { recursive: true })) {
    if (!entry.endsWith('.ts') || entry.endsWith('.test.ts')) continue;
    const out = join(folder, entry.replace(/\.ts$/, '.js'));
    const jsc = { target: 'es2024' as const, parser: { syntax: 'typescript' as const } };
    const { code } = await transformFile(join(sources, entry), { swcrc: false, jsc, module: { type: 'nodenext' } });
    await mkdir(dirname(out), { recursive: true });
    await writeFile(out, code);
  }
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

function start(...flags: string[]) {
  const child = spawn(process.execPath, [join(folder, 'main.js'), ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let out = '';
  let errors = '';
  child.stderr.on('data', (piece) => (errors += piece));
  const firstLine = new Promise<string>((ready) =>
    child.stdout.on('data', (piece) => {
      out += piece;
      if (out.includes('\n')) ready(out);
    }),
  );
  const ended = new Promise<{ code: number | null; errors: string }>((done) =>
    child.once('close', (code) => done({ code, errors })),
  );
  return { child, firstLine, ended };
}

test('starts a district of 110,000 students within two seconds and says where in one JSON line', async () => {
  const begin = performance.now();
  const { child, firstLine, ended } = start('--port', '0', '--students', '110000', '--seed', '7');
  const line = await firstLine;
  expect(performance.now() - begin).toBeLessThan(2000);
  const ready = JSON.parse(line);
  expect(ready).toEqual({ ready: true, port: expect.any(Number), baseUrl: `http://127.0.0.1:${ready.port}` });
  const totals = (await (await fetch(`${ready.baseUrl}/control/totals`)).json()) as any;
  expect(totals.students).toEqual({ rows: 110_000, active: 110_000 });
  child.kill('SIGTERM');
  expect((await ended).code).toBe(0);
});

test.each([
  [['--students', '0'], '--students must be a whole number'],
  [['--seed', 'x'], '--seed must be a whole number'],
  [['--pupils', '5'], "Unknown option '--pupils'"],
  [['--platform', 'other'], '--platform must be beyond or learnwith'],
])('refuses %j with code 2 and one sentence', async (flags, sentence) => {
  const { code, errors } = await start(...flags).ended;
  expect([code, errors]).toEqual([2, expect.stringContaining(sentence)]);
  expect(errors.trim().split('\n')).toHaveLength(1);
});

test('ends with code 3 and one sentence when the port is taken', async () => {
  const other = createServer();
  await new Promise<void>((ready) => other.listen(0, '127.0.0.1', ready));
  const { port } = other.address() as AddressInfo;
  const { code, errors } = await start('--port', String(port)).ended;
  expect([code, errors]).toEqual([
    3,
    `timeback-sandbox: Port ${port} is taken; choose another with --port, or 0 for a free one.\n`,
  ]);
  await new Promise((done) => other.close(done));
});
