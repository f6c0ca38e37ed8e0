/** F14: the worker's clock is minutes off, jumps while a run goes on, or stands at the edge of a summer time. */
import { systemClock } from '@rollcall/server/telemetry/system-clock.js';
import { prepare } from '../world/prepare.js';
import type { Trial } from '../world/trial.js';
import type { InnerScenario } from './scenario.js';

export const clocks: readonly InnerScenario[] = [
  {
    fault: 'F14',
    play: (trial) =>
      withClock(trial, () => trial.random.pick([-600_000, 600_000, 86_400_000 * 400, -86_400_000 * 400])),
  },
  { fault: 'F14', play: jumping },
  { fault: 'F14', play: (trial) => withClock(trial, () => Date.parse('2026-10-25T00:59:59.900Z') - Date.now()) },
];

async function withClock(trial: Trial, offsetMs: () => number): Promise<void> {
  await prepare(trial);
  const offset = offsetMs();
  trial.clock = { ...systemClock, now: () => Date.now() + offset };
  await trial.completes(trial.sync(trial.random.pick(['full', 'incremental'])));
  await trial.site.sandbox.control('edit', { share: 0.1 });
  await trial.completes(trial.sync('incremental'));
}

/** Back and forth by ten minutes, whenever it is looked at. */
async function jumping(trial: Trial): Promise<void> {
  await prepare(trial);
  let offset = 0;
  trial.clock = {
    ...systemClock,
    now() {
      if (trial.random.chance(0.1)) offset = trial.random.pick([-600_000, 0, 600_000]);
      return Date.now() + offset;
    },
  };
  await trial.completes(trial.sync());
  await trial.site.sandbox.control('edit', { share: 0.1 });
  await trial.completes(trial.sync('incremental'));
}
