/**
 * The benchmark of OneRoster packages: a district is loaded over REST, exported, and loaded from its own package into an empty
 * database. Like the others it brings all it needs and leaves nothing behind.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchCommand } from '../bench-command.js';
import { measure } from '../child-process.js';
import { studentsFor } from '../mix.js';
import { startSandbox, type Sandbox } from '../sandbox.js';
import type { Measured, ProductPhase } from '../subject.js';
import { startServer, type ThrowawayServer } from '../throwaway-server.js';
import { csvReport, csvText, type PackageRound } from './csv-report.js';

const usage = `npm run -s bench:csv [-- --records N] [--runs R] [--json]
  --records   rows over all six entities (200000)
  --runs      repetitions, of which the median counts (3)`;

const flags = { records: { usual: 200_000 }, runs: { usual: 3 } };

await benchCommand({ usage, flags }, async ({ records, runs }, log) => {
  const server = await startServer(log);
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-csv-'));
  try {
    const sandbox = await startSandbox(studentsFor(records));
    const rounds: PackageRound[] = [];
    try {
      for (let round = 1; round <= runs; round += 1) {
        log(`round ${round} of ${runs}`);
        rounds.push(await oneRound({ server, sandbox, log }, join(folder, 'district.zip')));
      }
    } finally {
      await sandbox.stop();
    }
    const report = csvReport(rounds);
    return { report, text: csvText(report) };
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

interface Surroundings {
  readonly server: ThrowawayServer;
  readonly sandbox: Sandbox;
  readonly log: (line: string) => void;
}

async function oneRound({ server, sandbox, log }: Surroundings, path: string): Promise<PackageRound> {
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
