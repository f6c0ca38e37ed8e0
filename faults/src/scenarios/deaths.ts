/** F1, F2, F4: a worker dies at a named place of the run, or stalls there until another has taken over and then goes on. */
import { failpoints, type FailpointName } from '@rollcall/server/sync/failpoints.js';
import { prepare } from '../world/prepare.js';
import type { Trial } from '../world/trial.js';
import type { InnerScenario } from './scenario.js';

const reading = failpoints.slice(0, failpoints.indexOf('plan.written'));
const writing = failpoints.slice(failpoints.indexOf('plan.written'));

export const deaths: readonly InnerScenario[] = [
  { fault: 'F1', play: (trial) => dieAt(trial, reading) },
  { fault: 'F2', play: (trial) => dieAt(trial, writing) },
  { fault: 'F4', play: stall },
];

/** Several processes one after another, each dying at a place of its own. */
async function dieAt(trial: Trial, places: readonly FailpointName[]): Promise<void> {
  await prepare(trial);
  const runId = await trial.request();
  for (let lives = trial.random.between(1, 3); lives > 0; lives -= 1) {
    const place = trial.random.pick(places);
    let toPass = trial.random.between(1, place.startsWith('page') || place.startsWith('chunk') ? 8 : 2);
    let dead = false;
    trial.failpoint = (here) => {
      if (here !== place || dead) return;
      toPass -= 1;
      if (toPass > 0) return;
      dead = true;
      throw trial.db.die();
    };
    const over = await trial.until(runId, ({ finishedAt }) => dead || finishedAt !== null);
    await trial.revive();
    if (over.finishedAt !== null) break;
  }
  await trial.completes(trial.settle(runId));
}

/** The lease runs out in the middle of a write; another attempt takes the run; then the first one wants to go on. */
async function stall(trial: Trial): Promise<void> {
  await prepare(trial);
  const fence = async () =>
    (
      await trial.lane.ask<{ fence: number }>(
        'SELECT max(fence)::int AS fence FROM run_leases l JOIN runs r ON r.id = l.run_id WHERE r.tenant_id = $1',
        [trial.site.tenantId],
      )
    )[0]!.fence;
  let stalled = false;
  const isolated = trial.db;
  isolated.strike({
    at: 'transaction',
    nth: trial.random.between(5, 90),
    how: 'delay',
    async wait() {
      stalled = true;
      const before = await fence();
      await trial.endLeases();
      for (let n = 0; n < 300 && (await fence()) === before; n += 1) await new Promise((done) => setTimeout(done, 10));
    },
  });
  const runId = await trial.request();
  await trial.until(runId, ({ finishedAt }) => stalled || finishedAt !== null);
  await trial.completes(trial.settle(runId));
}
