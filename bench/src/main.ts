/**
 * The benchmark: first load, unchanged and changed re-sync, against a floor and two ways of upserting. It brings its own server
 * and sandbox and leaves nothing behind, also when it is interrupted.
 */
import { availableParallelism, cpus, totalmem } from 'node:os';
import { benchReport, type BenchReport } from './bench-report.js';
import { benchTable } from './bench-table.js';
import { endChildren } from './child-process.js';
import { FlagProblem, readFlags, usage, type Flags } from './flags.js';
import { mix, studentsFor } from './mix.js';
import { firstLoadAlone, runRounds, type Measurement } from './rounds.js';
import { startSandbox } from './sandbox.js';
import { startServer, type ThrowawayServer } from './throwaway-server.js';

const log = (line: string): void => console.error(line);
let interrupted = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    interrupted = true;
    endChildren(); // whoever waits for one of them fails now, and cleans up on its way out
  });

try {
  const flags = readFlags(process.argv.slice(2));
  if (flags.help) console.log(usage);
  else {
    const report = await bench(flags);
    console.log(flags.json ? JSON.stringify(report, null, 2) : benchTable(report));
  }
} catch (error) {
  process.exitCode = interrupted ? 130 : error instanceof FlagProblem ? 2 : 1;
  console.error(interrupted ? 'bench: interrupted' : error instanceof FlagProblem ? error.message : error);
}

async function bench(flags: Flags): Promise<BenchReport> {
  const server = await startServer(log);
  try {
    const growth: Measurement[] = [];
    for (const records of flags.growth.filter((point) => point !== flags.records)) {
      log(`growth: ${records} rows`);
      growth.push(await withDistrict(server, flags, records, firstLoadAlone));
    }
    log(`${flags.records} rows: ${mix}`);
    const rounds = await withDistrict(server, flags, flags.records, (b) => runRounds(b, flags.runs));
    return benchReport(rounds, growth, {
      postgresql: await server.settings(),
      ...circumstances(flags),
    });
  } finally {
    await server.stop();
  }
}

async function withDistrict<T>(
  server: ThrowawayServer,
  { sample }: Flags,
  records: number,
  work: (bench: Parameters<typeof runRounds>[0]) => Promise<T>,
): Promise<T> {
  if (interrupted) throw new Error('interrupted');
  const sandbox = await startSandbox(studentsFor(records));
  try {
    return await work({ server, sandbox, sample, log });
  } finally {
    await sandbox.stop();
  }
}

function circumstances({ records, runs, sample }: Flags) {
  return {
    node: process.version,
    cpus: `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown'}`,
    memoryMb: Math.round(totalmem() / 2 ** 20),
    platform: `${process.platform} ${process.arch}`,
    asked: records,
    mix,
    changedShare: 0.001,
    runs,
    rowOrm: `row by row on a sample of ${sample} rows in the mix, one table a row`,
    batchedUpsert: '1000 rows a statement, one table a row',
  };
}
