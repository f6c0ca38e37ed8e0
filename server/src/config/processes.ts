/**
 * Starts the other processes of an instance and watches them: ready when they say so, ended in good order, and reported
 * with their last words when they die on their own. What we started never outlives us.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess, isAlive, type ProcessIdentity } from './process-identity.js';
import { fileProblem, SetupProblem } from './setup-problem.js';

export interface ProcessOptions {
  /** Logs go to <dataDir>/logs/<name>.log. */
  readonly dataDir: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly readyTimeoutMs?: number;
  /** Tells the ready line from others; without it a JSON object with "ready": true. */
  readonly isReady?: (line: Record<string, unknown>) => boolean;
}

export interface EndOfProcess {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last line that the process wrote to standard error or output. */
  readonly lastLine: string;
  /** True when stop() asked for it. */
  readonly wanted: boolean;
}

export interface StartedProcess {
  readonly name: string;
  readonly identity: ProcessIdentity;
  /** The JSON line with which the process reported ready: its port, its URL. */
  readonly ready: Readonly<Record<string, unknown>>;
  /** Resolves once the process is gone, wanted or not. */
  readonly ended: Promise<EndOfProcess>;
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;

/** Throws SetupProblem with the process's last words when it ends, or says nothing for too long, before it is ready. */
export async function startProcess(
  name: string,
  command: string,
  args: readonly string[],
  options: ProcessOptions,
): Promise<StartedProcess> {
  const log = openLog(options.dataDir, name);
  const child = spawn(command, args, {
    // Its own process group: Ctrl-C reaches us alone, and we end the others in order.
    detached: true,
    stdio: ['ignore', 'pipe', log.fd],
    env: { ...process.env, ...options.env, ROLLCALL_PARENT_PID: String(process.pid) },
  });
  closeSync(log.fd);
  let wanted = false;
  const ended = new Promise<EndOfProcess>((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, lastLine: error.message, wanted }));
    child.once('exit', (code, signal) => resolve({ code, signal, lastLine: lastLine(log.file), wanted }));
  });
  const leave = () => void (isRunning(child) && child.kill('SIGTERM'));
  process.once('exit', leave);
  void ended.then(() => process.removeListener('exit', leave));
  const stop = async () => {
    wanted = true;
    await endChild(child, ended);
  };
  const ready = await readyLine(child, log.file, ended, options);
  if (!ready) {
    await stop();
    throw notReady(name, await ended, log.file);
  }
  const identity = identifyProcess(child.pid ?? -1) ?? { pid: child.pid ?? -1, startedAt: 'gone' };
  return { name, identity, ready, ended, stop };
}

/** Ends what an instance that crashed left running; processes that merely inherited a pid are not touched. */
export async function endLeftOvers(identities: readonly ProcessIdentity[], timeoutMs = 5_000): Promise<number> {
  const left = identities.filter((identity) => identity.pid !== process.pid && isAlive(identity));
  for (const [signal, waitMs] of [['SIGTERM', timeoutMs] as const, ['SIGKILL', 2_000] as const]) {
    for (const identity of left) signalIfAlive(identity, signal);
    const deadline = Date.now() + waitMs;
    while (left.some(isAlive) && Date.now() < deadline) await sleep(20);
  }
  return left.length;
}

function signalIfAlive(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  try {
    if (isAlive(identity)) process.kill(identity.pid, signal);
  } catch {
    // Gone in between, or another user's: waiting for it below tells the same.
  }
}

const isRunning = (child: ChildProcess) =>
  child.pid !== undefined && child.exitCode === null && child.signalCode === null;

async function endChild(child: ChildProcess, ended: Promise<EndOfProcess>): Promise<void> {
  if (!isRunning(child)) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}

async function readyLine(
  child: ChildProcess,
  logFile: string,
  ended: Promise<EndOfProcess>,
  options: ProcessOptions,
): Promise<Record<string, unknown> | null> {
  const isReady = options.isReady ?? ((line) => line.ready === true);
  let timer: NodeJS.Timeout | undefined;
  const found = new Promise<Record<string, unknown>>((resolve) => {
    if (!child.stdout) return;
    const lines = createInterface({ input: child.stdout });
    lines.on('line', (line) => {
      const value = parseObject(line);
      if (value && isReady(value)) resolve(value);
      else appendLine(logFile, line);
    });
  });
  const tooLate = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), options.readyTimeoutMs ?? READY_TIMEOUT_MS);
  });
  const first = await Promise.race([found, tooLate, ended.then(() => null)]);
  clearTimeout(timer);
  return first;
}

function appendLine(file: string, line: string): void {
  try {
    appendFileSync(file, `${line}\n`);
  } catch {
    // A full disk must not take the whole instance down for a line of log.
  }
}

function parseObject(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return null;
  }
}

function openLog(dataDir: string, name: string): { file: string; fd: number } {
  const folder = join(dataDir, 'logs');
  const file = join(folder, `${name}.log`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 10 * 1024 * 1024) renameSync(file, `${file}.1`);
    return { file, fd: openSync(file, 'a', 0o600) };
  } catch (error) {
    throw fileProblem(error, 'write', file);
  }
}

function lastLine(file: string): string {
  try {
    return readFileSync(file, 'utf8').slice(-4000).trim().split('\n').at(-1) ?? '';
  } catch {
    return '';
  }
}

function notReady(name: string, end: EndOfProcess, file: string): SetupProblem {
  const how =
    end.code !== null ? `ended with code ${end.code}` : end.wanted ? 'did not get ready' : `was ended (${end.signal})`;
  const words = end.lastLine ? `: ${end.lastLine.replace(/[.\s]+$/, '')}` : '';
  return new SetupProblem(`The process "${name}" ${how} before it was ready${words}; its log is ${file}.`);
}
