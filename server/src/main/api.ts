/**
 * The API process: answers on 127.0.0.1 only, as long as there is no sign-in, until it is told to stop.
 */
import { createApi } from '../api/create-api.js';
import { endWithParent } from '../config/parent-watch.js';
import { readSettings } from '../config/settings.js';
import { checkIntegration } from '../health/check-integration.js';
import { queueState } from '../jobs/queue-state.js';
import { RunBell } from '../jobs/run-bell.js';
import { SignInBound } from '../provider/sign-in-bound.js';
import type { Integration } from '../store/integrations.js';
import { compose, type Composition, type ComposeOptions } from './compose.js';
import { processSettings, runAsProcess, type RunningProcess } from './run-as-process.js';

const refreshEveryMs = 5_000;

export async function runApi(options: Omit<ComposeOptions, 'processName'> & { port: number }): Promise<RunningProcess> {
  const { databaseUrl, redisUrl, port } = options;
  const queueAt = { databaseUrl, redisUrl };
  const parts = compose({ processName: 'api', connections: 6, ...options });
  const bell = new RunBell(queueAt, parts.log);
  const ringBell = async (run: { tenantId: string; runId: string }) => void (await bell.ring(run));
  const stop = new AbortController();
  const refreshing = keepRegistered(parts, stop.signal);
  const checking = { db: parts.db, probe: (one: Integration) => parts.live.probe(one) };
  const api = await createApi({
    ...parts,
    checkNow: (of) => checkIntegration({ ...checking, ...parts.ports }, { ...of, trigger: 'person' }),
    appDatabaseUrl: databaseUrl,
    dataDir: options.dataDir,
    ringBell,
    signInBound: new SignInBound(parts.callers),
    queueState: () => queueState(queueAt),
  });
  await api.listen(port, '127.0.0.1');
  const address = new URL(await api.getUrl());
  parts.log.info('api.started', { port: Number(address.port), pid: process.pid });
  return {
    ready: { port: Number(address.port) },
    async stop() {
      stop.abort();
      await Promise.all([api.close(), refreshing]);
      await bell.close();
      await parts.close();
      parts.log.info('api.stopped', { pid: process.pid });
    },
  };
}

async function keepRegistered({ live, calls, caches, db, log, ports }: Composition, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    await live.refresh().catch((error: Error) => log.debug('registry.not-refreshed', { errorName: error.name }));
    await Promise.all([calls.flush(db), caches.look(db)]).catch((error: Error) =>
      log.debug('health.not-written', { errorName: error.name }),
    );
    await ports.clock.sleep(refreshEveryMs, stop).catch(() => undefined);
  }
}

if (import.meta.main) {
  endWithParent();
  const port = readSettings().apiPort;
  await runAsProcess('api', () => runApi({ ...processSettings('ROLLCALL_APP_DATABASE_URL'), port }));
}
