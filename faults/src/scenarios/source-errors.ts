/** F15: a source that fails for a while, now and then, or altogether. */
import type { InnerScenario } from './scenario.js';

export const sourceErrors: readonly InnerScenario[] = [
  {
    fault: 'F15',
    async play(trial) {
      await trial.site.sandbox.fault({ fault: 'error', status: trial.random.pick([500, 502, 503]), probability: trial.random.pick([0.1, 0.5, 1]) });
      const runId = await trial.request();
      const run = await trial.until(runId, ({ state, attempt }) => state !== 'queued' && (attempt > 2 || !['fetching'].includes(state)));
      if (run.state === 'paused') trial.expect(run.reason !== null && run.nextStep !== null, 'a pause says why');
    },
  },
];
