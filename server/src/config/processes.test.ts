/** Children report ready, are ended in order, have their last words kept, and never outlive the process that started them. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess, isAlive, type ProcessIdentity } from './process-identity.js';
import { endLeftOvers, startProcess, type StartedProcess } from './processes.js';

let folder: string;
let started: StartedProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-processes-'));
  started = [];
});
afterEach(async () => {
  for (const child of started) await child.stop();
  rmSync(folder, { recursive: true, force: true });
});

const READY = 'console.log(JSON.stringify({ ready: true, port: 1234 }));';
const STAY = 'setInterval(() => {}, 1000);';

async function start(program: string): Promise<StartedProcess> {
  const child = await startProcess('child', process.execPath, ['-e', program], {
    dataDir: folder,
    env: { NODE_OPTIONS: '' },
    readyTimeoutMs: 60_000,
  });
  started.push(child);
  return child;
}

test('is ready with what the child said, keeps its other words in its log, and ends it when asked', async () => {
  const child = await start(`console.log('warming up'); console.error('careful'); ${READY} ${STAY}`);
  expect(child.ready).toEqual({ ready: true, port: 1234 });
  expect(isAlive(child.identity)).toBe(true);
  await child.stop();
  expect(isAlive(child.identity)).toBe(false);
  expect(await child.ended).toMatchObject({ signal: 'SIGTERM', wanted: true });
  const log = readFileSync(join(folder, 'logs', 'child.log'), 'utf8');
  expect(log).toContain('warming up');
  expect(log).toContain('careful');
});

test('reports a child that dies on its own, with its last words', async () => {
  const child = await start(`${READY} setTimeout(() => { console.error('no more memory'); process.exit(3); }, 50);`);
  expect(await child.ended).toEqual({ code: 3, signal: null, lastLine: 'no more memory', wanted: false });
});

test('says in one sentence why a child never got ready', async () => {
  await expect(start("console.error('the port is taken'); process.exit(4);")).rejects.toThrow(
    `The process "child" ended with code 4 before it was ready: the port is taken; its log is ${join(folder, 'logs', 'child.log')}.`,
  );
});

test('says so when the program does not exist', async () => {
  const missing = startProcess('child', join(folder, 'missing'), [], { dataDir: folder });
  await expect(missing).rejects.toThrow(/before it was ready: .*ENOENT/);
});

test('a child whose parent was killed ends by itself', async () => {
  const identity = await grandchild();
  for (let tries = 0; isAlive(identity) && tries < 1_200; tries += 1) await sleep(50);
  expect(isAlive(identity)).toBe(false);
});

/** A parent of ours starts a child that watches it, and is then killed without a chance to tidy up. */
async function grandchild(): Promise<ProcessIdentity> {
  const watch = new URL('../../dist/config/parent-watch.js', import.meta.url).href;
  const processes = new URL('../../dist/config/processes.js', import.meta.url).href;
  const script = join(folder, 'parent.mjs');
  const child = `import { endWithParent } from '${watch}'; endWithParent(); console.log(JSON.stringify({ ready: true })); ${STAY}`;
  writeFileSync(join(folder, 'child.mjs'), child);
  writeFileSync(
    script,
    `import { startProcess } from '${processes}';
     const child = await startProcess('child', process.execPath, ['${join(folder, 'child.mjs')}'], { dataDir: '${folder}' });
     console.log(JSON.stringify(child.identity));`,
  );
  const parent = spawn(process.execPath, [script], {
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve) => parent.stdout.once('data', (chunk) => resolve(String(chunk))));
  const identity = JSON.parse(line) as ProcessIdentity;
  expect(isAlive(identity)).toBe(true);
  parent.kill('SIGKILL');
  return identity;
}

test('after a crash ends what was left behind, and leaves a stranger with the same pid alone', async () => {
  const left = spawn('sleep', ['60'], { stdio: 'ignore' });
  const stranger = spawn('sleep', ['60'], { stdio: 'ignore' });
  try {
    const identity = identifyProcess(left.pid ?? 0);
    const count = await endLeftOvers([identity as ProcessIdentity, { pid: stranger.pid ?? 0, startedAt: 'then' }]);
    expect(count).toBe(1);
    expect(identifyProcess(left.pid ?? 0)).toBeNull();
    expect(identifyProcess(stranger.pid ?? 0)).not.toBeNull();
  } finally {
    left.kill();
    stranger.kill();
  }
});
