/** F37, F38: a person cancels or pauses at any moment, approves twice, or approves what has moved since. */
import { Fault } from '@rollcall/core';
import { listHolds } from '@rollcall/server/store/holds.js';
import { cancelRun } from '@rollcall/server/sync/cancel-run.js';
import { approveHold } from '@rollcall/server/sync/decide-hold.js';
import { pauseIntegration, resumeIntegration } from '@rollcall/server/sync/pause-integration.js';
import { prepare } from '../world/prepare.js';
import type { Trial } from '../world/trial.js';
import type { InnerScenario } from './scenario.js';

export const wordsOfPeople: readonly InnerScenario[] = [
  { fault: 'F37', play: cancel },
  { fault: 'F37', play: pause },
  { fault: 'F38', play: approve, endsItself: true },
];

/** Before one of the worker's next transactions. */
function atSomeMoment(trial: Trial, act: () => Promise<unknown>): Promise<void> {
  return new Promise((done) => {
    const wait = () => act().finally(done);
    trial.db.strike({ at: 'transaction', nth: trial.random.between(1, 110), how: 'delay', wait });
  });
}

const refused = (error: unknown): null => {
  if (error instanceof Fault) return null;
  throw error;
};

async function cancel(trial: Trial): Promise<void> {
  await prepare(trial);
  const { tenantId } = trial.site;
  const { app } = trial.lane.base;
  const runId = await trial.request();
  const asked = { tenantId, runId, actor: 'trial', reason: 'enough' };
  let isCancelled = false;
  const word = atSomeMoment(trial, async () => {
    isCancelled = (await cancelRun(app, asked).catch(refused)) !== null;
  });
  const run = await trial.settle(runId);
  // The run may be over before the moment came.
  trial.db.heal();
  await Promise.race([word, trial.worker.idle(5_000)]);
  const wanted = isCancelled ? 'cancelled' : run.state;
  const now = await trial.find(runId);
  trial.expect(now.state === wanted, `after the word to cancel the run is ${now.state}`);
  const before = await effects(trial);
  await new Promise((done) => setTimeout(done, 60));
  if (isCancelled && (await effects(trial)) !== before) trial.violate('doubled', 'a cancelled run went on writing');
}

async function effects(trial: Trial): Promise<number> {
  const rows = await trial.lane.ask<{ n: number }>('SELECT count(*)::int AS n FROM change_log WHERE tenant_id = $1', [
    trial.site.tenantId,
  ]);
  return rows[0]!.n;
}

async function pause(trial: Trial): Promise<void> {
  await prepare(trial);
  const { app } = trial.lane.base;
  const wanted = { tenantId: trial.site.tenantId, integration: 'district', actor: 'trial' };
  const runId = await trial.request();
  let isPaused = false;
  const word = atSomeMoment(trial, async () => {
    isPaused = (await pauseIntegration(app, { ...wanted, reason: 'exams' }).catch(refused)) !== null;
  });
  await Promise.race([word, trial.until(runId, ({ finishedAt }) => finishedAt !== null || isPaused)]);
  trial.db.heal();
  await trial.worker.idle(5_000);
  if (isPaused) {
    const before = await effects(trial);
    await new Promise((done) => setTimeout(done, 250));
    if ((await effects(trial)) !== before) trial.violate('doubled', 'a paused run went on writing');
    for (const id of (await resumeIntegration(app, wanted)).runIds)
      await trial.worker.bell.ring({ tenantId: wanted.tenantId, runId: id });
  }
  await trial.completes(trial.settle(runId));
}

/** Half of a school is gone and a hold waits; many approve it at once, some of them with a digest of yesterday. */
async function approve(trial: Trial): Promise<void> {
  const { tenantId, sandbox, universe, mayBeGone } = trial.site;
  const { app } = trial.lane.base;
  await trial.completes(trial.sync());
  await sandbox.control('tobedeleted', { entity: 'users', count: 25 });
  const run = await trial.completes(trial.sync());
  trial.expect(run.state === 'completed_with_holds', `half of the people ended and the run is ${run.state}`);
  for (const id of [...universe.ids.get('users')!, ...universe.ids.get('enrollments')!]) mayBeGone.add(id);
  const [hold] = await app.withTenant(tenantId, (tx) => listHolds(tx, tenantId, { state: 'open' }));
  if (!hold) return trial.violate('unexpected', 'there is no hold to approve');
  const decision = { tenantId, holdId: hold.id, rows: null, reason: 'term ended', actor: 'trial' };
  const stale = await approveHold(app, { ...decision, digest: 'f'.repeat(hold.digest.length) }).catch(refused);
  trial.expect(stale === null, 'a stale approval was accepted');
  const digest = hold.digest;
  const asked = await Promise.all(
    Array.from({ length: 4 }, () => approveHold(app, { ...decision, digest }).catch(refused)),
  );
  const made = asked.filter((one) => one !== null);
  if (made.length !== 1) return trial.violate('doubled', `${made.length} of 4 approvals at once were accepted`);
  await trial.worker.bell.ring(made[0]!);
  await trial.completes(trial.settle(made[0]!.runId));
  const gone = await trial.lane.ask(
    `SELECT FROM change_log WHERE tenant_id = $1 AND run_id = $2 AND entity = 'users' AND operation = 'UPDATE'`,
    [tenantId, made[0]!.runId],
  );
  if (gone.length !== hold.rows) trial.violate('doubled', `a hold of ${hold.rows} rows led to ${gone.length} changes`);
}
