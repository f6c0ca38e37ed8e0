/**
 * F1, F2, F3, F5, F11: workers that are killed while they read or write, frozen until others have taken over, starved of memory;
 * and a queue that forgets everything. Each time another one goes on, and how soon is measured.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CrewTrial } from '../world/crew-trial.js';
import type { WorkerProcess } from '../world/worker-process.js';
import type { CrewScenario } from './scenario.js';

export const killedWorkers: readonly CrewScenario[] = [
  { fault: 'F1', playWithCrew: killWhileReading },
  { fault: 'F2', playWithCrew: killWhileWriting },
  { fault: 'F3', playWithCrew: freeze },
  { fault: 'F5', playWithCrew: starve },
  { fault: 'F11', playWithCrew: forgetQueue },
];

async function killWhileReading(trial: CrewTrial): Promise<void> {
  await trial.site.sandbox.fault({ fault: 'delay', ms: trial.random.between(15, 60) });
  const runId = await trial.request();
  const worker = await trial.holderOf(runId);
  await sleep(trial.random.between(0, 900));
  await kill(trial, worker);
  await trial.site.sandbox.noFaults();
  await trial.completes(runId);
}

/** A lock keeps the worker in the middle of a chunk's transaction: it dies with a statement under way. */
async function killWhileWriting(trial: CrewTrial): Promise<void> {
  const table = trial.random.pick([
    'orgs',
    'courses',
    'users',
    'user_roles',
    'classes',
    'enrollments',
    'change_log',
    'outbox',
  ]);
  const { runId, worker } = await intoLock(trial, table, async (inLock) => kill(trial, inLock, 0));
  trial.expect(!worker.isAlive, 'the worker is dead');
  await trial.completes(runId);
}

/** Runs until somebody waits for the lock on the table, does `work`, and lets go of the lock. */
async function intoLock(
  trial: CrewTrial,
  table: string,
  work: (worker: WorkerProcess, runId: string) => Promise<unknown>,
): Promise<{ runId: string; worker: WorkerProcess }> {
  const client = await trial.lane.base.admin.connect();
  try {
    await client.query(`BEGIN; LOCK TABLE ${table} IN SHARE MODE`);
    const runId = await trial.request();
    await waits(trial);
    const worker = await trial.holderOf(runId);
    const done = work(worker, runId);
    await sleep(trial.random.between(0, 120));
    await client.query('COMMIT');
    await done;
    return { runId, worker };
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

async function waits(trial: CrewTrial): Promise<void> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(10)) {
    const rows = await trial.lane.ask(
      `SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE NOT l.granted AND l.locktype = 'relation'
         AND d.datname = current_database()`,
    );
    if (rows.length > 0) return;
  }
  throw new Error('no worker came to the lock');
}

async function kill(trial: CrewTrial, worker: WorkerProcess, afterMs = 0): Promise<void> {
  await sleep(afterMs);
  const held = await trial.heldBy(worker);
  worker.send('SIGKILL');
  const since = performance.now();
  await worker.ended;
  await trial.resumed(held, since);
}

/** Until its runs have gone to another; then it wakes up and finds that its word counts no more. */
async function freeze(trial: CrewTrial): Promise<void> {
  const inTransaction = trial.random.chance(0.5);
  const frozen = async (worker: WorkerProcess, runId: string) => {
    const held = await trial.heldBy(worker);
    worker.send('SIGSTOP');
    await trial.resumed(held);
    if (trial.random.chance(0.5)) await trial.until(runId, ({ state }) => state !== 'fetching');
    worker.send('SIGCONT');
  };
  if (inTransaction) {
    const { runId } = await intoLock(trial, trial.random.pick(['users', 'enrollments']), frozen);
    return void (await trial.completes(runId));
  }
  await trial.site.sandbox.fault({ fault: 'delay', ms: 60 });
  const runId = await trial.request();
  const worker = await trial.holderOf(runId);
  await sleep(trial.random.between(0, 700));
  await frozen(worker, runId);
  await trial.completes(runId);
}

/** A worker whose memory is too small for what the source sends dies of it; one with enough goes on. */
async function starve(trial: CrewTrial): Promise<void> {
  for (const worker of trial.crew.alive) await worker.stop();
  const { sandbox } = trial.site;
  await sandbox.control('bad-records', {
    entity: trial.random.pick(['users', 'classes']),
    kind: 'huge-field',
    count: 20,
  });
  // All of them in one page: in several they may just fit.
  await trial.configure(trial.site, { pageSize: 3000 });
  const small = await trial.crew.add({ nodeFlags: ['--max-old-space-size=44', '--max-semi-space-size=1'] });
  const runId = await trial.request();
  const held = await trial.holderOf(runId).then((worker) => trial.heldBy(worker));
  const end = await Promise.race([small.ended, sleep(60_000, null)]);
  const since = performance.now();
  if (end === null) await small.stop();
  trial.expect(end !== null && end.signal !== null, `the starved worker lived on, or ended with code ${end?.code}`);
  await sandbox.control('bad-records', undefined, 'DELETE');
  const resumed = trial.resumed(held, since);
  await trial.crew.fill();
  await resumed;
  await trial.completes(runId);
}

/** All jobs are gone, of runs that wait and of runs that are worked on, and at times the worker with them. */
async function forgetQueue(trial: CrewTrial): Promise<void> {
  const forget = () =>
    trial.crew.backend === 'redis'
      ? trial.lane.redis.flush()
      : trial.lane.ask('DELETE FROM bullmq.job').then(() => undefined);
  await trial.site.sandbox.fault({ fault: 'delay', ms: 30 });
  const how = trial.random.pick(['waiting', 'held', 'killed'] as const);
  if (how === 'waiting') {
    const stopped = trial.crew.alive;
    for (const worker of stopped) worker.send('SIGSTOP');
    const runId = await trial.request();
    await forget();
    const since = performance.now();
    for (const worker of stopped) worker.send('SIGCONT');
    await trial.resumed([{ tenantId: trial.site.tenantId, runId, fence: 0 }], since);
    return void (await trial.completes(runId));
  }
  const runId = await trial.request();
  const worker = await trial.holderOf(runId);
  await sleep(trial.random.between(0, 400));
  await forget();
  if (how === 'killed') await kill(trial, worker);
  await trial.completes(runId);
}
