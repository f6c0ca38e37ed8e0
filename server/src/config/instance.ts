/**
 * The running instance, written down in the data folder so that every other command finds it. It is believed only while
 * the process that wrote it lives; the file holds the database's password and is readable by its owner alone.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isAlive } from './process-identity.js';
import { fileProblem } from './setup-problem.js';

const Identity = z.object({ pid: z.int().positive(), startedAt: z.string() });

const Instance = z.object({
  /** The process that holds the instance together. */
  owner: Identity,
  /** Its other processes, except PostgreSQL: after a crash those are ended, a database is adopted. */
  processes: z.array(Identity.extend({ name: z.string() })),
  databaseUrl: z.string(),
  apiUrl: z.string().optional(),
  sandboxUrl: z.string().optional(),
  /** The worker's. */
  metricsUrl: z.string().optional(),
});

export type Instance = z.infer<typeof Instance>;

/** The instance that runs on this folder now, or null. */
export function findInstance(dataDir: string): Instance | null {
  const written = readInstance(dataDir);
  return written && isAlive(written.owner) ? written : null;
}

/** What the file says, whether or not that instance still lives: after a crash it names what was left behind. */
export function readInstance(dataDir: string): Instance | null {
  try {
    return Instance.parse(JSON.parse(readFileSync(instanceFile(dataDir), 'utf8')));
  } catch {
    return null;
  }
}

export function writeInstance(dataDir: string, instance: Instance): void {
  const file = instanceFile(dataDir);
  try {
    rmSync(`${file}.new`, { force: true });
    writeFileSync(`${file}.new`, `${JSON.stringify(instance, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    renameSync(`${file}.new`, file);
  } catch (error) {
    throw fileProblem(error, 'write', file);
  }
}

export function clearInstance(dataDir: string): void {
  rmSync(instanceFile(dataDir), { force: true });
}

const instanceFile = (dataDir: string) => join(dataDir, 'instance.json');
