/**
 * Reads PostgreSQL's own record of a running server, `postmaster.pid` in its data directory. A pid in it counts only when
 * that process is a PostgreSQL server on this very directory: after a crash the number may belong to a stranger.
 */
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine, identifyProcess } from './process-identity.js';

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

/** The server that runs on this directory, or null. Lines as in src/include/utils/pidfile.h: 1 pid, 4 port, 8 state. */
export function readPostmaster(clusterDir: string): Postmaster | null {
  const lines = readLines(clusterDir);
  const pid = Number(lines?.[0]);
  if (!lines || !isServerOn(pid, clusterDir)) return null;
  return { pid, port: Number(lines[3] ?? 0), ready: lines[7]?.trim() === 'ready' };
}

/**
 * Makes a file left by a crash harmless when its pid now belongs to another program, which PostgreSQL would take for
 * itself. The rest of the file stays: through it the server finds back ends that outlived the crash and waits for them.
 */
export function disarmStalePostmasterFile(clusterDir: string): void {
  const lines = readLines(clusterDir);
  if (!lines || isServerOn(Number(lines[0]), clusterDir) || !identifyProcess(Number(lines[0]))) return;
  writeFileSync(pidFile(clusterDir), [String(IMPOSSIBLE_PID), ...lines.slice(1)].join('\n'));
}

/** One more than the largest pid that Linux can give (PID_MAX_LIMIT, 2^22); macOS stops at 99999. */
const IMPOSSIBLE_PID = 4_194_305;

const pidFile = (clusterDir: string) => join(clusterDir, 'postmaster.pid');

function readLines(clusterDir: string): string[] | null {
  try {
    return readFileSync(pidFile(clusterDir), 'utf8').split('\n');
  } catch {
    return null;
  }
}

function isServerOn(pid: number, clusterDir: string): boolean {
  if (!identifyProcess(pid)) return false;
  const command = commandLine(pid);
  return (
    /\bpostgres\b/.test(command) && [clusterDir, realPath(clusterDir)].some((dir) => command.includes(`-D ${dir} `))
  );
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
