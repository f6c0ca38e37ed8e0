/**
 * Lends a command a database: the one that was configured, that of the running instance, or the embedded one started for
 * the command's own duration. Whatever was started here is stopped here, also after an error.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { dataFolder } from './data-folder.js';
import { startPostgres } from './embedded-postgres.js';
import { folderInUse, tryLockFolder } from './folder-lock.js';
import { findInstance, type Instance } from './instance.js';
import type { Settings } from './settings.js';

export interface LentDatabase {
  /** A role that may create databases and roles. Contains a password: never log it. */
  readonly url: string;
  readonly from: 'settings' | 'instance' | 'own start';
  readonly dataDir: string;
  readonly instance: Instance | null;
}

/** Another short command may hold the folder for a moment, and `up` until it has started its database. */
const WAIT_MS = 30_000;

export async function withDatabase<T>(settings: Settings, work: (database: LentDatabase) => Promise<T>): Promise<T> {
  const dataDir = dataFolder(settings);
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const instance = findInstance(dataDir);
    if (settings.databaseUrl) return work({ url: settings.databaseUrl, from: 'settings', dataDir, instance });
    if (instance) return work({ url: instance.databaseUrl, from: 'instance', dataDir, instance });
    const lock = tryLockFolder(dataDir);
    if (typeof lock === 'function') return startFor(settings, dataDir, lock, work);
    if (Date.now() > deadline) throw folderInUse(dataDir, lock.pid);
    await sleep(200);
  }
}

async function startFor<T>(
  settings: Settings,
  dataDir: string,
  unlock: () => void,
  work: (database: LentDatabase) => Promise<T>,
): Promise<T> {
  try {
    const port = settings.databasePort;
    const postgres = await startPostgres({ dataDir, ...(port ? { port } : {}) });
    try {
      return await work({ url: postgres.adminUrl, from: 'own start', dataDir, instance: null });
    } finally {
      await postgres.stop();
    }
  } finally {
    unlock();
  }
}
