/** F10, F12, F13, F36: a queue that dies, is away or slow, delivers twice; and everything that is started twice. */
import { addSchedule, removeSchedule } from '@rollcall/server/jobs/schedules/change-schedules.js';
import { fireDue } from '@rollcall/server/jobs/schedules/fire-due.js';
import { createRun } from '@rollcall/server/store/runs.js';
import { prepare } from '../world/prepare.js';
import { queueStrikes } from '../wrap/faulty-queue.js';
import type { Trial } from '../world/trial.js';
import type { InnerScenario } from './scenario.js';

export const queueFaults: readonly InnerScenario[] = [
  { fault: 'F10', play: killQueue },
  { fault: 'F12', needsQueueProxy: true, play: away },
  { fault: 'F12', play: unreliable },
  { fault: 'F13', play: deliverAgain },
  { fault: 'F36', play: askAtOnce },
  { fault: 'F36', play: runAtOnce },
  { fault: 'F36', play: scheduleAtOnce },
];

/** Redis dies with all it held and comes back empty; a queue in the database loses its sessions and its jobs. */
async function killQueue(trial: Trial): Promise<void> {
  await prepare(trial);
  const die = async () => {
    if (trial.backend === 'redis') {
      await trial.lane.redis.kill();
      await later(trial.random.between(0, 400));
      await trial.lane.redis.comeBack();
    } else {
      await trial.lane.ask(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'rollcall-queue'`);
      await trial.lane.ask('DELETE FROM bullmq.job');
    }
  };
  const isEarly = trial.random.chance(0.5);
  if (isEarly) await die();
  const runId = await trial.request();
  if (!isEarly) {
    await later(trial.random.between(0, 250));
    await die();
  }
  await trial.completes(trial.settle(runId));
}

/** From the start, or from the middle of a run: nobody is let in, nothing comes back, or only slowly. */
async function away(trial: Trial): Promise<void> {
  const proxy = trial.queueProxy!;
  const fault = trial.random.pick([
    { refuse: true },
    { blackHole: true },
    { latencyMs: 150 },
    { bytesPerSecond: 4000 },
  ]);
  const spoil = () => {
    proxy.set(fault);
    if ('refuse' in fault) proxy.resetAll();
  };
  const isEarly = trial.random.chance(0.6);
  if (isEarly) spoil();
  const runId = await trial.request();
  if (!isEarly) {
    await later(trial.random.between(0, 200));
    spoil();
  }
  // On Redis a worker finds its work in the database meanwhile; a queue in the database is only as far away as that is.
  if (trial.backend === 'redis' && !('latencyMs' in fault)) await trial.completes(trial.settle(runId));
  else await later(trial.random.between(100, 900));
  proxy.set();
  if ('blackHole' in fault) proxy.resetAll();
  await trial.completes(trial.settle(runId));
}

/** A job is refused, lost, late, or put down although it seems lost: each ring on its way, the sweeper's too. */
async function unreliable(trial: Trial): Promise<void> {
  await prepare(trial);
  const strikes = trial.random.between(1, 6);
  trial.queueStrikes = Array.from({ length: strikes }, () => trial.random.pick(queueStrikes));
  const run = await trial.completes(trial.sync());
  trial.expect(run.attempt === 1, `an unreliable queue led to ${run.attempt} attempts`);
}

async function deliverAgain(trial: Trial): Promise<void> {
  await prepare(trial);
  const runId = await trial.request();
  const ring = { tenantId: trial.site.tenantId, runId };
  const copies = trial.random.pick([2, 10, 30]);
  const rings = Array.from({ length: copies }, (_, attempt) => ({ ...ring, attempt: attempt + 1 }));
  if (trial.random.chance(0.5)) await trial.worker.bell.ring(...rings);
  else await Promise.all(rings.map((one) => trial.worker.bell.ring(one)));
  const run = await trial.completes(trial.settle(runId));
  trial.expect(run.attempt === 1, `${copies} copies of a job led to ${run.attempt} attempts`);
}

async function askAtOnce(trial: Trial): Promise<void> {
  await prepare(trial);
  const asked = await Promise.all(Array.from({ length: trial.random.between(2, 8) }, () => trial.request()));
  const runs = await trial.lane.ask(`SELECT FROM runs WHERE tenant_id = $1 AND state NOT LIKE 'completed%'`, [
    trial.site.tenantId,
  ]);
  if (new Set(asked).size > 1 || runs.length > 1)
    trial.violate('doubled', 'asked for at once, more than one run was made');
  await trial.completes(trial.settle(asked[0]!));
}

/** Two runs of one integration exist, however that came: one of them works, the other gives way. */
async function runAtOnce(trial: Trial): Promise<void> {
  await prepare(trial);
  const { tenantId, integration } = trial.site;
  const create = () =>
    trial.lane.base.app.withTenant(tenantId, (tx) =>
      createRun(tx, { tenantId, integrationId: integration.id, mode: 'full', trigger: 'manual' }),
    );
  const runIds = await Promise.all([create(), create(), create()]);
  await trial.worker.bell.ring(...runIds.map((runId) => ({ tenantId, runId })));
  const runs = await Promise.all(runIds.map((runId) => trial.settle(runId)));
  const wrong = runs.filter(({ state, reason }) => !state.startsWith('completed') && !/under way/.test(reason ?? ''));
  trial.expect(wrong.length === 0, `of runs at once one is ${wrong[0]?.state}: ${wrong[0]?.reason}`);
  trial.expect(
    runs.some(({ state }) => state.startsWith('completed')),
    'of runs at once none completed',
  );
}

/** Several schedulers see the same due time. */
async function scheduleAtOnce(trial: Trial): Promise<void> {
  await prepare(trial);
  const { tenantId, integration } = trial.site;
  const { app } = trial.lane.base;
  const asked = { tenantId, actor: 'trial' };
  const terms = { ...schedule, everySeconds: trial.random.pick([600, 3600, 86_400]) };
  const { id, dueAt } = await addSchedule(app, { ...asked, integration: integration.name, terms }, new Date());
  const schedulers = Array.from({ length: trial.random.between(2, 6) }, () =>
    fireDue({ db: trial.db, log: trial.log }, dueAt),
  );
  const fired = (await Promise.all(schedulers)).flat().filter((run) => run.tenantId === tenantId);
  await removeSchedule(app, { ...asked, id });
  if (fired.length !== 1) return trial.violate('doubled', `one due time led to ${fired.length} runs`);
  await trial.worker.bell.ring(...fired);
  await trial.completes(trial.settle(fired[0]!.runId));
}

const schedule = {
  cron: null,
  timeZone: 'UTC',
  jitterSeconds: 0,
  blackouts: [],
  strategy: 'full',
  enabled: true,
} as const;

const later = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
