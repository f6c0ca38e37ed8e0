/** What the worker's metrics say of all runs: waiting ones by priority, open holds, how fresh the rosters are. Read when asked for. */
import { entityNames } from '@rollcall/core';
import type { Database } from '../store/database.js';
import { patienceMinutes } from '../store/waiting-runs.js';
import { workFigures } from '../store/work-figures.js';
import { sample, type Gauges } from '../telemetry/metrics.js';

const priorities = ['person', ...Object.keys(patienceMinutes)];

/** Needs the worker's role. What there is none of is a zero, not a gap: alerts can tell it from a worker that is silent. */
export const workGauges =
  (db: Database): Gauges =>
  async () => {
    const { queue, holds, freshness } = await workFigures(db);
    return [
      ...priorities.flatMap((priority) => {
        const waiting = queue.find((one) => one.priority === priority);
        return [
          sample('rollcall_queue_depth', waiting?.depth ?? 0, { priority }),
          sample('rollcall_queue_oldest_age_seconds', rounded(waiting?.oldestSeconds ?? 0), { priority }),
        ];
      }),
      ...entityNames.map((entity) =>
        sample('rollcall_holds_open', holds.find((one) => one.entity === entity)?.open ?? 0, { entity }),
      ),
      ...freshness.flatMap(({ provider, max, p95 }) => [
        sample('rollcall_freshness_seconds', rounded(max), { provider, stat: 'max' }),
        sample('rollcall_freshness_seconds', rounded(p95), { provider, stat: 'p95' }),
      ]),
    ];
  };

/** The database's clock may be a moment behind at which a row was written in a transaction that began later. */
const rounded = (seconds: number): number => Math.max(0, Math.round(seconds));
