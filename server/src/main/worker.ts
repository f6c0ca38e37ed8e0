/**
 * The worker process: asks for runs that schedules want, rings for runs that wait, takes them and works on them, until it is told to stop. Then it lets go of what
 * it is at within seconds, so that another worker goes on from the last committed page or chunk.
 */
import { endWithParent } from '../config/parent-watch.js';
import { readSettings } from '../config/settings.js';
import { isDatabaseAway } from '../jobs/database-away.js';
import { healthGauges } from '../jobs/health/health-gauges.js';
import { keepChecking } from '../jobs/health/keep-checking.js';
import { RunBell } from '../jobs/run-bell.js';
import { runRequested } from '../jobs/queues.js';
import { startWorker } from '../jobs/run-worker.js';
import { keepScheduling } from '../jobs/schedules/keep-scheduling.js';
import { keepSweeping } from '../jobs/sweeper.js';
import { watchInboxes } from '../jobs/watch-inboxes.js';
import { workGauges } from '../jobs/work-gauges.js';
import { workOnNext } from '../jobs/work-on-next.js';
import type { Integration } from '../store/integrations.js';
import { serveMetrics } from '../telemetry/serve-metrics.js';
import { compose, type Composition, type ComposeOptions } from './compose.js';
import { processSettings, runAsProcess, type RunningProcess } from './run-as-process.js';

export interface WorkerOptions extends Omit<ComposeOptions, 'processName'> {
  /** Where the metrics are served, on 127.0.0.1; 0 takes a free port. Without it nowhere. */
  readonly metricsPort?: number;
}

/** Resolves when the worker takes jobs. A database that is not there yet is waited for. */
export async function runWorker(options: WorkerOptions): Promise<RunningProcess> {
  const parts = compose({ processName: 'worker', ...options });
  const { databaseUrl, redisUrl } = options;
  const queueAt = { databaseUrl, redisUrl };
  const stop = new AbortController();
  const bell = new RunBell(queueAt, parts.log);
  const worker = await untilAnswered(parts, () =>
    startWorker(runRequested, { ...parts, ring: (run) => bell.ring(run) }, stop.signal, { queueAt, log: parts.log }),
  );
  const workUnasked = () => workOnNext(parts, stop.signal);
  const sweeping = keepSweeping({ ...parts, ...parts.ports, bell, workUnasked }, stop.signal);
  const scheduling = keepScheduling({ ...parts, ...parts.ports, bell }, stop.signal);
  const { calls, caches, live } = parts;
  const checker = { ...parts, ...parts.ports, calls, caches, probe: (one: Integration) => live.probe(one) };
  const checking = keepChecking(checker, stop.signal);
  const watching = watchInboxes({ ...parts, ...parts.ports, bell }, stop.signal);
  parts.metrics.ask(workGauges(parts.db), healthGauges(parts.db));
  const { metricsPort: port } = options;
  const served = port === undefined ? null : await serveMetrics(parts.metrics, { port, log: parts.log });
  parts.log.info('worker.started', { pid: process.pid });
  return {
    ready: { worker: process.pid, ...(served ? { metrics: served.url } : {}) },
    async stop() {
      stop.abort(new Error('the worker is to end'));
      await Promise.all([worker.close(), sweeping, scheduling, checking, watching, served?.close()]);
      await bell.close();
      await parts.close();
      parts.log.info('worker.stopped', { pid: process.pid });
    },
  };
}

async function untilAnswered<T>({ ports, log }: Composition, start: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await start();
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
      log.warn('database.not-there', { errorName: (error as Error).name });
      await ports.clock.sleep(1_000);
    }
  }
}

if (import.meta.main) {
  endWithParent();
  const { metricsPort } = readSettings();
  await runAsProcess('worker', () => runWorker({ ...processSettings('ROLLCALL_WORKER_DATABASE_URL'), metricsPort }));
}
