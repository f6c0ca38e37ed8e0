/**
 * The measuring itself: rounds in which every subject does every phase, side by side in time, each in a process and a database
 * of its own, in an order that turns with the rounds. After each phase their end states are compared.
 */
import { measure } from './child-process.js';
import { differences, endStateSql, type EndState } from './end-state.js';
import type { Sandbox } from './sandbox.js';
import { phases, subjectNames, type Measured, type Phase, type SubjectName } from './subject.js';
import type { ThrowawayServer } from './throwaway-server.js';

export interface Measurement extends Measured {
  readonly subject: SubjectName;
  readonly phase: Phase;
}

export interface Bench {
  readonly server: ThrowawayServer;
  readonly sandbox: Sandbox;
  readonly sample: number;
  readonly log: (line: string) => void;
}

const changedShare = 0.001;

export async function runRounds(bench: Bench, rounds: number): Promise<Measurement[]> {
  const all: Measurement[] = [];
  for (let round = 0; round < rounds; round += 1) {
    bench.log(`round ${round + 1} of ${rounds}`);
    all.push(...(await runRound(bench, round)));
  }
  return all;
}

async function runRound(bench: Bench, round: number): Promise<Measurement[]> {
  const { server, sandbox } = bench;
  await sandbox.reset();
  const urls = await server.createDatabases();
  const order = subjectNames.map((_, i) => subjectNames[(i + round) % subjectNames.length]!);
  const measurements: Measurement[] = [];
  for (const phase of phases) {
    if (phase === 'changed') await sandbox.edit(changedShare);
    for (const subject of order) measurements.push(await measureOne(bench, subject, phase, urls[subject]));
    await compareEnds(server, phase);
  }
  await server.dropDatabases();
  return measurements;
}

/** Seconds of the product's first load of a district, for the growth curve. */
export async function firstLoadAlone(bench: Bench): Promise<Measurement> {
  const urls = await bench.server.createDatabases(['product']);
  const measured = await measureOne(bench, 'product', 'firstLoad', urls.product);
  await bench.server.dropDatabases();
  return measured;
}

async function measureOne(bench: Bench, subject: SubjectName, phase: Phase, databaseUrl: string): Promise<Measurement> {
  await bench.server.checkpoint();
  const measured = await measure({ subject, phase, databaseUrl, sandboxUrl: bench.sandbox.url, sample: bench.sample });
  const steps = Object.entries(measured.steps ?? {}).map(([step, ms]) => ` ${step} ${ms} ms`);
  const rate = Math.round(measured.rows / measured.seconds);
  bench.log(
    `  ${phase} ${subject}: ${measured.seconds.toFixed(2)} s, ${rate} rows/s${steps.length ? ',' : ''}${steps.join(',')}`,
  );
  return { ...measured, subject, phase };
}

async function compareEnds(server: ThrowawayServer, phase: Phase): Promise<void> {
  const state = async (subject: SubjectName, schema: 'public' | 'plain', trails: boolean): Promise<EndState> => {
    const rows = await server.query<{ what: string; value: string }>(subject, endStateSql(schema, trails));
    return Object.fromEntries(rows.map(({ what, value }) => [what, value]));
  };
  const expected = await state('product', 'public', true);
  for (const [subject, trails] of [
    ['floor', true],
    ['batchedUpsert', false],
  ] as const) {
    const wrong = differences(expected, await state(subject, 'plain', trails));
    if (wrong.length > 0) throw new Error(`${subject} and product differ after ${phase}: ${wrong.join('; ')}`);
  }
}
