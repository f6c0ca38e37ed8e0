/**
 * Lends a command the product: a database that is ready for work (the running instance's, the configured one, or one started for
 * the command's own duration) and what is wired to it.
 */
import { join } from 'node:path';
import { readSettings } from '../config/settings.js';
import { withDatabase, type LentDatabase } from '../config/with-database.js';
import type { QueueAddress } from '../jobs/queue-backend.js';
import type { DatabaseUrls } from '../store/provision.js';
import { openDatabase, provision } from './open-database.js';
import type { Rollcall, Surroundings } from './surroundings.js';

export interface LentRollcall extends Rollcall {
  readonly lent: LentDatabase;
  readonly urls: DatabaseUrls;
  readonly queueAt: QueueAddress;
}

/** `role` is the narrowest one that the command can do with: only work on runs needs the worker's. */
export async function withRollcall<T>(
  at: Surroundings,
  role: 'app' | 'worker',
  work: (rollcall: LentRollcall) => Promise<T>,
  /** Whether the command has business with what processes share in Redis. */
  { shareRedis = false }: { shareRedis?: boolean } = {},
): Promise<T> {
  const settings = readSettings(at.env);
  return withDatabase(settings, async (lent) => {
    // What runs keeps its schema; everything else is brought up to the installed version first.
    const urls = await (lent.from === 'instance' ? provision(lent.url) : openDatabase(lent.url));
    const rollcall = at.compose({
      processName: 'cli',
      databaseUrl: urls[role],
      ...(shareRedis ? { redisUrl: settings.redisUrl } : {}),
      connections: role === 'worker' ? 8 : 3,
      dataDir: lent.dataDir,
      logLevel: settings.logLevel,
      logFile: join(lent.dataDir, 'logs', 'cli.log'),
      env: at.env,
    });
    try {
      const queueAt = { databaseUrl: urls.app, redisUrl: settings.redisUrl };
      return await work({ ...rollcall, lent, urls, queueAt });
    } finally {
      await rollcall.close();
    }
  });
}
