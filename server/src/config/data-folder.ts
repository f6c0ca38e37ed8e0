/**
 * Chooses and makes the folder that keeps everything an instance writes: database, logs, lock, instance file. The user
 * that runs PostgreSQL can always pass through the default choice, also when root works in a closed folder.
 */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { canReach, databaseUser } from './database-user.js';
import { projectFolder } from './project-folder.js';
import type { Settings } from './settings.js';
import { fileProblem } from './setup-problem.js';

/** The folder's absolute path; it exists afterwards. Throws SetupProblem when it cannot be made. */
export function dataFolder(settings: Pick<Settings, 'dataDir' | 'databaseUrl'>, project = projectFolder()): string {
  const folder = settings.dataDir ? resolve(settings.dataDir) : defaultFolder(project, settings.databaseUrl);
  if (existsSync(folder)) return folder;
  try {
    mkdirSync(folder, { recursive: true });
    // Root's PostgreSQL runs as someone else, who has to pass through; the files inside are closed to them one by one.
    chmodSync(folder, process.getuid?.() === 0 ? 0o711 : 0o700);
  } catch (error) {
    throw fileProblem(error, 'create', folder);
  }
  return folder;
}

function defaultFolder(project: string, databaseUrl: string | undefined): string {
  const inside = join(project, '.rollcall');
  if (databaseUrl || process.getuid?.() !== 0 || canReach(databaseUser(inside), project)) return inside;
  return join('/var/lib/rollcall', createHash('sha256').update(project).digest('hex').slice(0, 12));
}
