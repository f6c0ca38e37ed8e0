/**
 * Installs the dependencies when they are missing, of another lock file, or left half-done by an interruption, and only
 * then. The stamp that says "done" is written last, after npm has succeeded.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, LaunchProblem, accessProblem } from './launch-problem.mjs';
import { withLock } from './lock.mjs';
import { npmCi } from './npm-ci.mjs';

/** `mode` is 'run' or 'dev'; a dev installation also serves 'run'. */
export async function ensureDependencies(root, mode) {
  if (isInstalled(root, mode) || adoptInstallation(root, mode)) return;
  await withLock('install', async () => {
    // Whoever held the lock may have installed meanwhile.
    if (isInstalled(root, mode)) return;
    removeStamps(root);
    await npmCi(root, mode === 'dev' ? ['--include=dev', '--include=optional'] : ['--omit=dev', '--include=optional']);
    writeStamp(root, mode);
    if (!isInstalled(root, mode))
      throw new LaunchProblem(
        EXIT.install,
        `npm changed package-lock.json while installing: restore that file and try again.`,
      );
  });
}

/** A developer's own `npm ci` counts, also in a folder where we may not leave our stamp. */
function adoptInstallation(root, mode) {
  if (!isInstalledByHand(root, mode)) return false;
  try {
    writeStamp(root, mode);
  } catch {
    // It is looked at again next time, which costs some milliseconds.
  }
  return true;
}

export function isInstalled(root, mode) {
  const stamp = readJson(stampFile(root));
  return stamp?.lock === lockHash(root) && (stamp.mode === mode || stamp.mode === 'dev');
}

/** npm writes node_modules/.package-lock.json at the very end of an installation: all that we need must be in there. */
export function isInstalledByHand(root, mode) {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  const found = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages;
  if (!wanted || !found) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes('node_modules/') || entry.link || entry.optional || entry.devOptional) return true;
    if (entry.dev && mode !== 'dev') return true;
    return found[path]?.version === entry.version && found[path]?.integrity === entry.integrity;
  });
}

export function writeStamp(root, mode) {
  try {
    mkdirSync(join(root, 'node_modules'), { recursive: true });
    writeFileSync(stampFile(root), `${JSON.stringify({ lock: lockHash(root), mode })}\n`);
  } catch (error) {
    throw accessProblem(error, join(root, 'node_modules'));
  }
}

/** npm's own record goes too: an interruption from here on must not look like a finished installation. */
function removeStamps(root) {
  try {
    rmSync(stampFile(root), { force: true });
    rmSync(join(root, 'node_modules', '.package-lock.json'), { force: true });
  } catch (error) {
    throw accessProblem(error, join(root, 'node_modules'));
  }
}

const stampFile = (root) => join(root, 'node_modules', '.rollcall-stamp');

const lockHash = (root) =>
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
