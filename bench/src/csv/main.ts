/**
 * The benchmark of OneRoster packages: a district is loaded over REST, exported, and loaded from its own package into an empty
 * database. Like the others it brings all it needs and leaves nothing behind.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { endChildren, measure } from '../child-process.js';
import { studentsFor } from '../mix.js';
import { startSandbox, type Sandbox } from '../sandbox.js';
import type { Measured, ProductPhase } from '../subject.js';
import { startServer, type ThrowawayServer } from '../throwaway-server.js';
import { csvReport, csvText, type PackageRound } from './csv-report.js';

const usage = `npm run -s bench:csv [-- --records N] [--runs R] [--json]
  --records   rows over all six entities (200000)
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
    runs: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const [records, runs] = [values.records, values.runs].map(Number) as [number, number];

if (values.help) console.log(usage);
else if (![records, runs].every((value) => Number.isInteger(value) && value > 0)) {
  console.error(`--records and --runs are whole numbers.\n${usage}`);
  process.exitCode = 2;
} else
  await bench().catch((error: unknown) => {
    process.exitCode = interrupted ? 130 : 1;
    console.error(interrupted ? 'bench: interrupted' : error);
  });

async function bench(): Promise<void> {
  const server = await startServer(log);
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-csv-'));
  try {
    const sandbox = await startSandbox(studentsFor(records));
    const rounds: PackageRound[] = [];
    try {
      for (let round = 1; round <= runs; round += 1) {
        log(`round ${round} of ${runs}`);
        rounds.push(await oneRound(server, sandbox, join(folder, 'district.zip')));
      }
    } finally {
      await sandbox.stop();
    }
    const report = csvReport(rounds);
    console.log(values.json ? JSON.stringify(report, null, 2) : csvText(report));
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function oneRound(server: ThrowawayServer, sandbox: Sandbox, path: string): Promise<PackageRound> {
  const one = async (phase: ProductPhase, databaseUrl: string, packagePath?: string): Promise<Measured> => {
    await server.checkpoint();
    const task = { subject: 'product', phase, databaseUrl, sandboxUrl: sandbox.url, sample: 1 } as const;
    const measured = await measure(packagePath === undefined ? task : { ...task, packagePath });
    log(
      `  ${phase}${packagePath ? ', package' : ''}: ${measured.seconds.toFixed(2)} s, ${measured.rows} rows, ${measured.peakRssMb} MB, ${JSON.stringify(measured.steps)}`,
    );
    return measured;
  };
  const { product: url } = await server.createDatabases(['product']);
  const rest = await one('firstLoad', url);
  const exported = await one('exportPackage', url, path);
  await server.dropDatabases();
  const { product: empty } = await server.createDatabases(['product']);
  const imported = await one('firstLoad', empty, path);
  await server.dropDatabases();
  return { rest, export: exported, import: imported };
}
