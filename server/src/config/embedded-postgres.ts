/**
 * Starts the PostgreSQL that Rollcall brings along, listening on 127.0.0.1 only, and stops it cleanly. A server that an
 * earlier crash of ours left running is adopted, never started a second time.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { canReach, databaseUser, type DatabaseUser } from './database-user.js';
import { freePort, isPortFree } from './free-port.js';
import { postgresBinaries } from './postgres-binaries.js';
import { ensureCluster, postgresPaths, readPassword, SUPERUSER, type PostgresPaths } from './postgres-cluster.js';
import { asArguments, postgresSettings, walCompression, type PostgresSettings } from './postgres-settings.js';
import { disarmStalePostmasterFile, readPostmaster } from './postmaster-file.js';
import { identifyProcess, isAlive } from './process-identity.js';
import { fileProblem, SetupProblem } from './setup-problem.js';

export interface PostgresOptions {
  /** Rollcall's data folder; the server's own files go to subfolders of it. */
  readonly dataDir: string;
  /** A fixed port; without it, or with 0, any free one. */
  readonly port?: number;
  /** Told in one line what happens: started, adopted, waiting. */
  readonly log?: (message: string) => void;
  /** Settings on top of our own, for tests and measurements. */
  readonly settings?: PostgresSettings;
}

export interface RunningPostgres {
  readonly host: string;
  readonly port: number;
  /** The superuser on the database "postgres"; contains the password, so never log it. */
  readonly adminUrl: string;
  readonly pid: number;
  /** True when the server was running already. */
  readonly adopted: boolean;
  /** Ends all sessions and stops the server; resolves when it is gone. Safe to call twice. */
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const ATTEMPTS = 5;
// Crash recovery replays at most max_wal_size (4 GB), which took under a minute on two slow cores.
const READY_TIMEOUT_MS = 180_000;

/** Throws SetupProblem: port taken, no user to run as, folder out of reach, no space, another version's data. */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const dataDir = resolve(options.dataDir);
  const paths = postgresPaths(dataDir);
  const log = options.log ?? (() => {});
  const running = readPostmaster(paths.cluster);
  if (running) return adopt(running.pid, paths, log);
  const user = databaseUser(paths.cluster);
  makeFolders(dataDir, paths, user);
  const binaries = postgresBinaries(dataDir, user);
  const password = ensureCluster(paths, binaries, user, options.settings?.fsync !== 'off');
  disarmStalePostmasterFile(paths.cluster);
  const extra = { ...walCompression(binaries.postgres, paths.cluster, user), ...options.settings };
  for (let attempt = 1; ; attempt += 1) {
    const port = await choosePort(options.port);
    const settings = { ...postgresSettings(port), ...extra };
    const outcome = await launch(binaries.postgres, settings, paths, user);
    if ('pid' in outcome) {
      log(`PostgreSQL started on port ${port}`);
      return handle(outcome.pid, port, password, false);
    }
    if (attempt === ATTEMPTS || !isWorthAnotherTry(outcome.lastLines))
      throw startProblem(outcome.lastLines, port, paths);
    log('PostgreSQL could not start yet; trying again');
    await sleep(attempt * 500);
  }
}

async function adopt(pid: number, paths: PostgresPaths, log: (message: string) => void): Promise<RunningPostgres> {
  await waitUntilReady(paths, pid, () => identifyProcess(pid) !== null);
  const found = readPostmaster(paths.cluster);
  if (!found?.ready) throw startProblem(tail(paths.log), 0, paths);
  log(`PostgreSQL was still running on port ${found.port}; using it`);
  return handle(found.pid, found.port, readPassword(paths), true);
}

function makeFolders(dataDir: string, paths: PostgresPaths, user: DatabaseUser): void {
  try {
    mkdirSync(dataDir, { recursive: true });
    mkdirSync(dirname(paths.log), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fileProblem(error, 'create', dataDir);
  }
  if (canReach(user, dataDir)) return;
  throw new SetupProblem(
    `PostgreSQL runs as another user than root, who may not enter ${dataDir}: set ROLLCALL_DATA_DIR to a folder that everyone may enter, for example /var/lib/rollcall.`,
  );
}

async function choosePort(wanted: number | undefined): Promise<number> {
  if (!wanted) return freePort();
  if (await isPortFree(wanted)) return wanted;
  throw portTaken(wanted);
}

type Outcome = { readonly pid: number } | { readonly lastLines: string };

async function launch(
  postgres: string,
  settings: PostgresSettings,
  paths: PostgresPaths,
  user: DatabaseUser,
): Promise<Outcome> {
  rotate(paths.log);
  const logFile = openSync(paths.log, 'a', 0o600);
  const from = statSync(paths.log).size;
  const child = spawn(postgres, ['-D', paths.cluster, ...asArguments(settings)], {
    ...user,
    cwd: '/',
    // Its own process group: Ctrl-C in the terminal must reach us, who then stop the server last.
    detached: true,
    stdio: ['ignore', logFile, logFile],
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' },
  });
  closeSync(logFile);
  const ended = new Promise<void>((done) => child.once('exit', () => done()).once('error', () => done()));
  const ready = waitUntilReady(paths, child.pid ?? -1, () => hasNotEnded(child));
  await Promise.race([ready, ended]);
  child.unref();
  const found = readPostmaster(paths.cluster);
  if (hasNotEnded(child) && found?.ready && found.pid === child.pid) return { pid: found.pid };
  child.kill('SIGQUIT');
  return { lastLines: tail(paths.log, from) };
}

const hasNotEnded = (child: ChildProcess) =>
  child.pid !== undefined && child.exitCode === null && child.signalCode === null;

async function waitUntilReady(paths: PostgresPaths, pid: number, lives: () => boolean): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline && lives()) {
    const found = readPostmaster(paths.cluster);
    if (found?.pid === pid && found.ready) return;
    await sleep(15);
  }
}

function handle(pid: number, port: number, password: string, adopted: boolean): RunningPostgres {
  const adminUrl = `postgresql://${SUPERUSER}:${password}@${HOST}:${port}/postgres`;
  const identity = identifyProcess(pid) ?? { pid, startedAt: 'gone' };
  // When we leave without stop() the server must not stay behind; SIGINT ends it in good order.
  const onExit = () => void (isAlive(identity) && signal(pid, 'SIGINT'));
  process.once('exit', onExit);
  const stop = async () => {
    process.removeListener('exit', onExit);
    for (const [name, waitMs] of STOP_STEPS) {
      if (!isAlive(identity)) return;
      signal(pid, name);
      const deadline = Date.now() + waitMs;
      while (isAlive(identity) && Date.now() < deadline) await sleep(15);
    }
    if (isAlive(identity))
      throw new SetupProblem(`PostgreSQL (process ${pid}) does not stop: end it with "kill -QUIT ${pid}" as its user.`);
  };
  return { host: HOST, port, adminUrl, pid, adopted, stop };
}

/** SIGINT is PostgreSQL's fast shutdown, with a checkpoint; SIGQUIT the immediate one, which the next start recovers from. */
const STOP_STEPS: readonly (readonly [NodeJS.Signals, number])[] = [
  ['SIGINT', 15_000],
  ['SIGQUIT', 5_000],
];

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended meanwhile, or belongs to someone else: stop() finds out by looking again.
  }
}

/**
 * Back ends of a killed server need a moment to notice, and whoever started it one to ask after its end; a port chosen as free may
 * have been taken since.
 */
const isWorthAnotherTry = (lines: string) =>
  /is still in use|lock file .* already exists|could not bind|Address already in use/.test(lines);

function startProblem(lines: string, port: number, paths: PostgresPaths): SetupProblem {
  if (/could not bind|Address already in use/.test(lines)) return portTaken(port);
  const reason = lines.split('\n').find((line) => /FATAL|PANIC|error/.test(line));
  const detail = reason ? ` (${reason.replace(/^.*?(FATAL|PANIC):\s*/, '')})` : '';
  return new SetupProblem(`PostgreSQL did not start${detail}: see ${paths.log}.`);
}

const portTaken = (port: number) =>
  new SetupProblem(`Port ${port} is taken by another program: end that program, or choose another port.`);

function tail(file: string, from = 0): string {
  try {
    return readFileSync(file, 'utf8').slice(from).slice(-4000);
  } catch {
    return '';
  }
}

function rotate(file: string): void {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 10 * 1024 * 1024) renameSync(file, `${file}.1`);
}
