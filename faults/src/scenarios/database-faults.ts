/** F7, F8, F9, F31 and the milder part of F6: a database that loses answers, refuses, is full, read-only or cut off. */
import { Database } from '@rollcall/server/store/database.js';
import { FaultProxy } from '../proxy/fault-proxy.js';
import { lostConnection, sqlError } from '../wrap/faulty-database.js';
import { prepare } from '../world/prepare.js';
import type { Trial } from '../world/trial.js';
import type { InnerScenario } from './scenario.js';

export const databaseFaults: readonly InnerScenario[] = [
  { fault: 'F6', play: terminate },
  { fault: 'F7', play: loseAnswers },
  { fault: 'F7', play: cutCommits },
  { fault: 'F8', play: refuse },
  { fault: 'F8', play: noMoreConnections },
  { fault: 'F9', play: full },
  { fault: 'F9', play: readOnly },
  { fault: 'F31', play: failMidApply },
];

const inTheMiddle = (trial: Trial): number => trial.random.between(3, 120);

/** Sessions are ended at random while the run goes on. */
async function terminate(trial: Trial): Promise<void> {
  await prepare(trial);
  const runId = await trial.request();
  let left = trial.random.between(1, 5);
  trial.meanwhile = async () => {
    if (left === 0 || trial.random.chance(0.8)) return;
    left -= 1;
    await trial.lane.ask(
      `SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity WHERE datname = current_database()
         AND usename = 'rollcall_worker' ORDER BY random() LIMIT $1) x`,
      [trial.random.between(1, 6)],
    );
  };
  await trial.until(runId, ({ finishedAt }) => finishedAt !== null || left === 0);
  await trial.completes(trial.settle(runId));
}

/** The transaction is carried out, and the caller hears that the connection was lost. */
async function loseAnswers(trial: Trial): Promise<void> {
  await prepare(trial);
  const times = trial.random.between(1, 3);
  for (let n = 0; n < times; n += 1)
    trial.db.strike({ at: 'transaction', nth: inTheMiddle(trial), how: 'after', error: lostConnection });
  await trial.completes(trial.sync());
}

/** The same on the wire: a proxy passes the COMMIT on and resets the connection before its answer. */
async function cutCommits(trial: Trial): Promise<void> {
  await prepare(trial);
  const { worker } = trial.lane.base.urls;
  const proxy = await FaultProxy.to(worker);
  trial.atEnd(() => proxy.close());
  trial.reach(new Database(proxy.through(worker), { connections: 6 }));
  const runId = await trial.request();
  let quiet = trial.random.between(1, 20);
  trial.meanwhile = async () => {
    quiet -= 1;
    if (quiet === 0) proxy.set({ cutAfterWord: 'COMMIT' });
    if (proxy.cuts > 0) proxy.set();
  };
  await trial.completes(trial.settle(runId));
}

const refusals: readonly (readonly [string, string])[] = [
  ['40P01', 'deadlock detected'],
  ['40001', 'could not serialize access due to concurrent update'],
  ['57014', 'canceling statement due to statement timeout'],
  ['55P03', 'canceling statement due to lock timeout'],
  ['53300', 'sorry, too many clients already'],
  ['57P01', 'terminating connection due to administrator command'],
];

async function refuse(trial: Trial): Promise<void> {
  await prepare(trial);
  const [code, message] = trial.random.pick(refusals);
  const at = trial.random.pick(['transaction', 'statement'] as const);
  const nth = at === 'statement' ? trial.random.between(5, 400) : inTheMiddle(trial);
  const times = trial.random.between(1, 3);
  trial.db.strike({
    at,
    nth,
    times,
    how: trial.random.pick(['before', 'after']),
    error: () => sqlError(code, message),
  });
  await trial.completes(trial.sync());
}

/** All sessions end, and for a while the server lets nobody in. */
async function noMoreConnections(trial: Trial): Promise<void> {
  await prepare(trial);
  const { worker } = trial.lane.base.urls;
  const proxy = await FaultProxy.to(worker);
  trial.atEnd(() => proxy.close());
  trial.reach(new Database(proxy.through(worker), { connections: 6 }));
  const runId = await trial.request();
  await trial.until(runId, ({ attempt, finishedAt }) => attempt > 0 || finishedAt !== null);
  await later(trial.random.between(0, 200));
  proxy.set({ refuse: true });
  proxy.resetAll();
  await later(trial.random.between(50, 500));
  proxy.set();
  await trial.endLeases();
  await trial.completes(trial.settle(runId));
}

/** What writes is refused for want of space; what reads is not. */
async function full(trial: Trial): Promise<void> {
  await prepare(trial);
  trial.db.strike({
    at: 'statement',
    like: /^\s*(INSERT|UPDATE|COPY|CREATE|MERGE|WITH)/i,
    nth: trial.random.between(1, 150),
    times: trial.random.between(1, 12),
    how: 'before',
    error: () => sqlError('53100', 'could not extend file: No space left on device'),
  });
  await trial.completes(trial.sync());
}

/** Really: every session of the worker from now on may only read. */
async function readOnly(trial: Trial): Promise<void> {
  await prepare(trial);
  const runId = await trial.request();
  await trial.until(runId, ({ attempt, finishedAt }) => attempt > 0 || finishedAt !== null);
  await later(trial.random.between(0, 250));
  const name = new URL(trial.lane.base.urls.worker).pathname.slice(1);
  const anew = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'rollcall_worker'`;
  const { postgres } = trial.lane.options;
  await postgres.ask(`ALTER ROLE rollcall_worker IN DATABASE ${name} SET default_transaction_read_only = on`);
  trial.atEnd(() => postgres.ask(`ALTER ROLE rollcall_worker IN DATABASE ${name} RESET default_transaction_read_only`));
  await trial.lane.ask(anew);
  await later(trial.random.between(100, 500));
  const during = await trial.find(runId);
  await postgres.ask(`ALTER ROLE rollcall_worker IN DATABASE ${name} RESET default_transaction_read_only`);
  await trial.lane.ask(anew);
  trial.expect(during.state !== 'failed', `a database that may only be read failed the run: ${during.reason}`);
  await trial.endLeases();
  await trial.completes(trial.settle(runId));
}

/** The target of a sync is the hub: it goes away in the middle of an apply, takes a chunk and says no, or is slow. */
async function failMidApply(trial: Trial): Promise<void> {
  await prepare(trial);
  const how = trial.random.pick(['before', 'after', 'delay'] as const);
  trial.db.strike({
    at: 'statement',
    like: /INSERT INTO (orgs|users|classes|enrollments|external_system_mappings|change_log|integration_audit_logs|outbox)|UPDATE sync_chunks/,
    nth: trial.random.between(1, 14),
    times: trial.random.between(1, 3),
    how,
    error: () =>
      trial.random.chance(0.5) ? lostConnection() : sqlError('57P02', 'terminating connection because of crash'),
    wait: () => later(trial.random.between(20, 200)),
  });
  await trial.completes(trial.sync());
}

const later = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
