/**
 * Keeps a data folder to one instance at a time. The lock names its holder with pid and start time, so one left by a
 * crash is taken over, and two that try at once cannot both win.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.js';
import { fileProblem, SetupProblem } from './setup-problem.js';

export type Unlock = () => void;

/** Throws SetupProblem when another living process holds the folder. */
export function lockFolder(dataDir: string): Unlock {
  const result = tryLockFolder(dataDir);
  if (typeof result === 'function') return result;
  throw folderInUse(dataDir, result.pid);
}

/** The way to unlock, or the holder when it is someone else. */
export function tryLockFolder(dataDir: string): Unlock | ProcessIdentity {
  const file = join(dataDir, 'lock');
  const mine = join(dataDir, `lock.${process.pid}`);
  const text = JSON.stringify(ownIdentity());
  try {
    writeFileSync(mine, text, { mode: 0o600 });
    for (;;) {
      if (linked(mine, file)) break;
      const found = readText(file);
      if (found === null) continue;
      const holder = parse(found);
      if (holder && isAlive(holder)) return holder;
      removeStale(file, found, mine);
    }
  } catch (error) {
    throw fileProblem(error, 'lock', dataDir);
  } finally {
    rmSync(mine, { force: true });
  }
  const unlock = () => {
    process.removeListener('exit', unlock);
    if (readText(file) === text) rmSync(file, { force: true });
  };
  process.once('exit', unlock);
  return unlock;
}

export const folderInUse = (dataDir: string, pid: number) =>
  new SetupProblem(
    `The data folder ${dataDir} is in use by another Rollcall (process ${pid}): stop that one first, or set ROLLCALL_DATA_DIR to another folder.`,
  );

/** Linking is atomic and fails when the name exists, so the lock never exists half-written. */
function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Someone else may have taken the stale lock over since we read it; then what we moved away is theirs and goes back. */
function removeStale(file: string, expected: string, mine: string): void {
  const aside = `${mine}.stale`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (readText(aside) !== expected) linked(aside, file);
  rmSync(aside, { force: true });
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function parse(text: string): ProcessIdentity | null {
  try {
    const { pid, startedAt } = JSON.parse(text) as ProcessIdentity;
    return typeof pid === 'number' && typeof startedAt === 'string' ? { pid, startedAt } : null;
  } catch {
    return null;
  }
}
