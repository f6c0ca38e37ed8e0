/**
 * Lets one launcher at a time do a piece of work in this clone. A lock whose holder is gone is taken over, and waiting
 * ends after a fixed time.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { accessProblem, EXIT, LaunchProblem } from './launch-problem.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const PATIENCE_MS = 10 * 60_000;

export async function withLock(name, work, { folder = here, patienceMs = PATIENCE_MS } = {}) {
  const lock = join(folder, `.lock-${name}`);
  const deadline = Date.now() + patienceMs;
  let told = false;
  while (!take(lock)) {
    if (isStale(lock)) {
      discard(lock);
      continue;
    }
    if (!told) process.stderr.write(`rollcall: another start is busy with: ${name}; waiting for it\n`);
    told = true;
    if (Date.now() > deadline)
      throw new LaunchProblem(
        EXIT.busy,
        `Another start has been busy with "${name}" for long: end it, or remove ${lock}.`,
      );
    await sleep(200);
  }
  const release = () => rmSync(lock, { recursive: true, force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.removeListener('exit', release);
    release();
  }
}

function take(lock) {
  try {
    mkdirSync(lock);
    writeFileSync(join(lock, 'pid'), String(process.pid));
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw accessProblem(error, dirname(lock));
  }
}

function isStale(lock) {
  try {
    const pid = Number(readFileSync(join(lock, 'pid'), 'utf8'));
    if (pid > 0) return !lives(pid);
  } catch {
    // Taken a moment ago, or its holder died between the two steps.
  }
  const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  return age > 5_000;
}

function lives(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Moving is atomic, so of two that find the same stale lock only one removes it. */
function discard(lock) {
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
    rmSync(aside, { recursive: true, force: true });
  } catch {
    // The other one was faster.
  }
}
