/**
 * The bench of mappings: look-ups out of the process's cache, out of Redis and out of the database, and the import of a file. It brings its
 * own PostgreSQL and Redis on loopback and leaves nothing behind.
 */
import { parseArgs } from 'node:util';
import { endChildren } from '../child-process.js';
import { startServer } from '../throwaway-server.js';
import { fillMappings } from './fill-mappings.js';
import { measureImport } from './import-figures.js';
import { measureLookups } from './lookup-figures.js';
import { mappingParts } from './mapping-parts.js';

const usage = `npm run -s bench:mapping [-- --records N] [--import N] [--json]
  --records   mappings among which is looked up (5000000)
  --import    rows of the file that is imported (1000000)
  --json      one JSON object on standard output instead of lines`;

const log = (line: string): void => console.error(line);
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    interrupted = true;
    endChildren();
  });

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '5000000' },
    import: { type: 'string', default: '1000000' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const [records, rows] = [values.records, values.import].map(Number) as [number, number];

if (values.help) console.log(usage);
else if (![records, rows].every((value) => Number.isInteger(value) && value >= 1_000 && value <= 50_000_000)) {
  console.error(`--records and --import are whole numbers from 1000.\n${usage}`);
  process.exitCode = 2;
} else
  await bench().catch((error: unknown) => {
    process.exitCode = interrupted ? 130 : 1;
    console.error(interrupted ? 'bench: interrupted' : error);
  });

async function bench(): Promise<void> {
  const server = await startServer(log);
  try {
    const parts = await mappingParts();
    const { product } = await server.createDatabases(['product']);
    const filled = await fillMappings({ server, parts, url: product, records, log });
    const lookups = await measureLookups({ parts, url: product, filled, log });
    const imported = await measureImport({ server, parts, url: product, rows, log });
    const report = { records, ...lookups, import: imported };
    console.log(values.json ? JSON.stringify(report) : text(report));
  } finally {
    await server.stop();
    endChildren();
  }
}

const text = (report: object): string =>
  Object.entries(report)
    .map(([name, value]) => `${name.padEnd(12)}${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join('\n');
