/**
 * The API process: answers on 127.0.0.1 only, as long as there is no sign-in, until it is told to stop.
 */
import { createApi } from '../api/create-api.js';
import { endWithParent } from '../config/parent-watch.js';
import { readSettings } from '../config/settings.js';
import { RunBell } from '../jobs/run-bell.js';
import { compose, type ComposeOptions } from './compose.js';
import { processSettings, runAsProcess, type RunningProcess } from './run-as-process.js';

export async function runApi(options: Omit<ComposeOptions, 'processName'> & { port: number }): Promise<RunningProcess> {
  const { databaseUrl, port } = options;
  const parts = compose({ processName: 'api', connections: 6, ...options });
  const bell = new RunBell(databaseUrl, parts.log);
  const ringBell = async (run: { tenantId: string; runId: string }) => void (await bell.ring(run));
  const api = await createApi({ ...parts, appDatabaseUrl: databaseUrl, ringBell });
  await api.listen(port, '127.0.0.1');
  const address = new URL(await api.getUrl());
  parts.log.info('api.started', { port: Number(address.port), pid: process.pid });
  return {
    ready: { port: Number(address.port) },
    async stop() {
      await api.close();
      await bell.close();
      await parts.close();
      parts.log.info('api.stopped', { pid: process.pid });
    },
  };
}

if (import.meta.main) {
  endWithParent();
  const port = readSettings().apiPort;
  await runAsProcess('api', () => runApi({ ...processSettings('ROLLCALL_APP_DATABASE_URL'), port }));
}
