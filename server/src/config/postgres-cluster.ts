/**
 * Creates PostgreSQL's data directory once, with one generated password. A creation that was interrupted leaves nothing
 * that a later start could take for a finished one.
 */
import { randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseUser } from './database-user.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import { fileProblem, SetupProblem } from './setup-problem.js';

export interface PostgresPaths {
  /** PostgreSQL's own folder, of the user that runs it. */
  readonly home: string;
  readonly cluster: string;
  readonly passwordFile: string;
  readonly log: string;
}

export const SUPERUSER = 'rollcall_admin';
const MAJOR_VERSION = '18';

export function postgresPaths(dataDir: string): PostgresPaths {
  const home = join(dataDir, 'postgres');
  return {
    home,
    cluster: join(home, 'cluster'),
    passwordFile: join(dataDir, 'postgres-password'),
    log: join(dataDir, 'logs', 'postgres.log'),
  };
}

/** Returns the superuser's password. Throws SetupProblem when the directory cannot be made or is of another version. */
export function ensureCluster(
  paths: PostgresPaths,
  binaries: PostgresBinaries,
  user: DatabaseUser,
  durable = true,
): string {
  try {
    if (existsSync(paths.cluster)) {
      requireVersion(paths.cluster);
      return readPassword(paths);
    }
    return createCluster(paths, binaries, user, durable);
  } catch (error) {
    throw fileProblem(error, 'write the database in', paths.home);
  }
}

function createCluster(paths: PostgresPaths, binaries: PostgresBinaries, user: DatabaseUser, durable: boolean): string {
  const unfinished = `${paths.cluster}.unfinished`;
  const secret = join(paths.home, 'initial-password');
  const password = randomBytes(24).toString('base64url');
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(paths.home, { recursive: true, mode: 0o700 });
  chmodSync(paths.home, 0o700);
  writePrivate(secret, password);
  if (user.uid !== undefined && user.gid !== undefined) {
    for (const path of [paths.home, secret]) chownSync(path, user.uid, user.gid);
  }
  try {
    runInitdb(binaries.initdb, unfinished, [`--pwfile=${secret}`, ...(durable ? [] : ['--no-sync'])], user);
  } finally {
    rmSync(secret, { force: true });
  }
  // The password comes first: a directory without one could never be opened again.
  writePrivate(paths.passwordFile, `${password}\n`);
  renameSync(unfinished, paths.cluster);
  return password;
}

function runInitdb(initdb: string, folder: string, flags: readonly string[], user: DatabaseUser): void {
  const args = ['-D', folder, '-U', SUPERUSER, ...flags, '--auth=scram-sha-256', '--encoding=UTF8'];
  const locale = process.platform === 'linux' ? 'C.UTF-8' : 'C';
  const options = { ...user, cwd: '/', encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } } as const;
  let result = spawnSync(initdb, [...args, `--locale=${locale}`], options);
  if (result.status !== 0 && /invalid locale name/.test(result.stderr ?? '')) {
    rmSync(folder, { recursive: true, force: true });
    result = spawnSync(initdb, [...args, '--locale=C'], options);
  }
  if (result.status === 0) return;
  rmSync(folder, { recursive: true, force: true });
  if (result.error) throw cannotRun(result.error);
  if (/No space left|Disk quota/.test(result.stderr)) throw Object.assign(new Error(result.stderr), { code: 'ENOSPC' });
  const reason = result.stderr.split('\n').find((line) => /error:|FATAL|loading shared/.test(line));
  throw new SetupProblem(
    `PostgreSQL could not create its data directory in ${folder}: ${reason ?? result.stderr.trim()}`,
  );
}

function cannotRun(cause: Error): SetupProblem {
  const code = (cause as NodeJS.ErrnoException).code ?? cause.message;
  return new SetupProblem(
    `PostgreSQL's programs do not run on this machine (${code}; they need a Linux with glibc, or macOS): set ROLLCALL_DATABASE_URL to a PostgreSQL 18 server.`,
    { cause },
  );
}

function requireVersion(cluster: string): void {
  const found = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  if (found === MAJOR_VERSION) return;
  throw new SetupProblem(
    `The database in ${cluster} was written by PostgreSQL ${found} and this Rollcall brings ${MAJOR_VERSION}: start the Rollcall that wrote it, or set ROLLCALL_DATA_DIR to a new folder.`,
  );
}

/** Also for a server that is already running. Throws SetupProblem when the file was lost. */
export function readPassword(paths: PostgresPaths): string {
  if (existsSync(paths.passwordFile)) return readFileSync(paths.passwordFile, 'utf8').trim();
  throw new SetupProblem(
    `The password file ${paths.passwordFile} is missing, without which the database in ${paths.cluster} cannot be opened: restore it, or move both away to start with an empty database.`,
  );
}

function writePrivate(path: string, text: string): void {
  rmSync(path, { force: true });
  writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
}
