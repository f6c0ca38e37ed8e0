/**
 * The benchmark of the engine's own promises: planning against staging, undoing against applying, an incremental run of few
 * changes, and a small tenant's run beside a large one's. Like the other it brings all it needs and leaves nothing behind.
 */
import { parseArgs } from 'node:util';
import { endChildren } from '../child-process.js';
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

const log = (line: string): void => console.error(line);
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    interrupted = true;
    endChildren();
  });

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '200000' },
    large: { type: 'string', default: '1000000' },
    runs: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const [records, large, runs] = [values.records, values.large, values.runs].map(Number) as [number, number, number];

if (values.help) console.log(usage);
else if (![records, large, runs].every((value) => Number.isInteger(value) && value > 0)) {
  console.error(`--records, --large and --runs are whole numbers.\n${usage}`);
  process.exitCode = 2;
} else
  await bench().catch((error: unknown) => {
    process.exitCode = interrupted ? 130 : 1;
    console.error(interrupted ? 'bench: interrupted' : error);
  });

async function bench(): Promise<void> {
  const server = await startServer(log);
  try {
    const sandbox = await startSandbox(studentsFor(records));
    const steps = await measureSteps({ server, sandbox, runs, log }).finally(() => sandbox.stop());
    const fairness = await measureFairness({ server, large: studentsFor(large), runs, log });
    const report = engineReport(steps, fairness);
    console.log(values.json ? JSON.stringify(report, null, 2) : engineText(report));
  } finally {
    await server.stop();
  }
}
