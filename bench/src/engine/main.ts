/**
 * The benchmark of the engine's own promises: planning against staging, undoing against applying, an incremental run of few
 * changes, and a small tenant's run beside a large one's. Like the other it brings all it needs and leaves nothing behind.
 */
import { benchCommand } from '../bench-command.js';
import { studentsFor } from '../mix.js';
import { startSandbox } from '../sandbox.js';
import { startServer } from '../throwaway-server.js';
import { engineReport, engineText } from './engine-report.js';
import { measureFairness } from './fairness.js';
import { measureSteps } from './steps.js';

const usage = `npm run -s bench:engine [-- --records N] [--large N] [--runs R] [--json]
  --records   rows over all six entities (200000)
  --large     rows of the large tenant beside which a small one runs (1000000)
  --runs      repetitions, of which the median counts (3)`;

const flags = { records: { usual: 200_000 }, large: { usual: 1_000_000 }, runs: { usual: 3 } };

await benchCommand({ usage, flags }, async ({ records, large, runs }, log) => {
  const server = await startServer(log);
  try {
    const sandbox = await startSandbox(studentsFor(records));
    const steps = await measureSteps({ server, sandbox, runs, log }).finally(() => sandbox.stop());
    const fairness = await measureFairness({ server, large: studentsFor(large), runs, log });
    const report = engineReport(steps, fairness);
    return { report, text: engineText(report) };
  } finally {
    await server.stop();
  }
});
