/** What the worker's metrics say of all integrations' health, by the kind of their provider. Read when asked for. */
import type { Database } from '../../store/database.js';
import { healthFigures } from '../../store/health-figures.js';
import { sample, type Gauges } from '../../telemetry/metrics.js';

/** Needs the worker's role. */
export const healthGauges =
  (db: Database): Gauges =>
  async () => {
    const { counts, scores } = await healthFigures(db);
    return [
      ...counts.map(({ provider, outcome, count }) => sample('rollcall_integrations', count, { provider, outcome })),
      ...scores.flatMap(({ provider, worst, median }) => [
        sample('rollcall_integration_health_score', worst, { provider, stat: 'min' }),
        sample('rollcall_integration_health_score', median, { provider, stat: 'median' }),
      ]),
    ];
  };
