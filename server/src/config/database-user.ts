/**
 * Chooses the operating system user that runs the embedded PostgreSQL. The server refuses to run as root, so root hands
 * it to an unprivileged user; anyone else runs it as themselves.
 */
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { userInfo } from 'node:os';
import { SetupProblem } from './setup-problem.js';

export interface DatabaseUser {
  /** Set only when another user than our own must be used. */
  readonly uid?: number;
  readonly gid?: number;
}

/** `clusterDir` keeps the owner that it already has. Throws SetupProblem when no suitable user exists. */
export function databaseUser(clusterDir: string): DatabaseUser {
  if (process.getuid?.() !== 0) {
    requirePasswdEntry();
    return {};
  }
  const owner = statSync(clusterDir, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const accounts = readAccounts();
  for (const name of ['postgres', '_postgres', 'nobody']) {
    const account = accounts.get(name);
    if (account) return account;
  }
  throw new SetupProblem(
    'PostgreSQL cannot run as root and this machine has neither a user "postgres" nor "nobody": run Rollcall as a normal user, or set ROLLCALL_DATABASE_URL to a PostgreSQL 18 server.',
  );
}

/** Whether that user could enter `path` and everything above it. Access lists beyond the mode bits are not looked at. */
export function canReach(user: DatabaseUser, path: string): boolean {
  if (user.uid === undefined) return true;
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const stat = statSync(folder, { throwIfNoEntry: false });
    if (stat) {
      const shift = stat.uid === user.uid ? 6 : stat.gid === user.gid ? 3 : 0;
      if (((stat.mode >> shift) & 1) === 0) return false;
    }
    if (folder === dirname(folder)) return true;
  }
}

function requirePasswdEntry(): void {
  try {
    userInfo();
  } catch {
    throw new SetupProblem(
      `The user id ${process.getuid?.()} has no name on this machine, which PostgreSQL needs: add an entry to /etc/passwd, or set ROLLCALL_DATABASE_URL to a PostgreSQL 18 server.`,
    );
  }
}

function readAccounts(): Map<string, { uid: number; gid: number }> {
  const accounts = new Map<string, { uid: number; gid: number }>();
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [name, , uid, gid] = line.split(':');
    // Apple counts "nobody" as -2, which is the unsigned number below 2^32.
    if (name && uid && gid) accounts.set(name, { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 });
  }
  return accounts;
}
