/** F6: PostgreSQL itself is stopped fast, at once, or killed, in the middle of a run; it comes back and the run goes on. */
import { prepare } from '../world/prepare.js';
import type { InnerScenario } from './scenario.js';

export const dyingServers: readonly InnerScenario[] = [
  {
    fault: 'F6',
    killsServer: true,
    async play(trial) {
      await prepare(trial);
      const { postgres } = trial.lane.options;
      const runId = await trial.request();
      await trial.until(runId, ({ attempt, finishedAt }) => attempt > 0 || finishedAt !== null);
      await later(trial.random.between(0, 500));
      postgres.kill(trial.random.pick(['SIGINT', 'SIGQUIT', 'SIGKILL'] as const));
      await later(trial.random.between(0, 300));
      await postgres.comeBack();
      await answers(() => trial.lane.ask('SELECT 1'));
      await trial.endLeases();
      await trial.completes(trial.settle(runId));
    },
  },
];

async function answers(ask: () => Promise<unknown>): Promise<void> {
  for (let tries = 100; ; tries -= 1) {
    try {
      return void (await ask());
    } catch (error) {
      if (tries === 0) throw error;
      await later(50);
    }
  }
}

const later = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
