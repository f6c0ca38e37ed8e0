/** The steps of the product's runs: a first load, an incremental run after a few changes, and the undoing of a first load. */
import { measure } from '../child-process.js';
import type { Sandbox } from '../sandbox.js';
import type { Measured, ProductPhase } from '../subject.js';
import type { ThrowawayServer } from '../throwaway-server.js';

export interface StepRounds {
  readonly firstLoad: Measured[];
  readonly incremental: Measured[];
  readonly undo: Measured[];
}

const changedShare = 0.001;

export async function measureSteps(bench: {
  server: ThrowawayServer;
  sandbox: Sandbox;
  runs: number;
  log: (line: string) => void;
}): Promise<StepRounds> {
  const { server, sandbox, runs, log } = bench;
  const rounds: StepRounds = { firstLoad: [], incremental: [], undo: [] };
  const one = async (phase: ProductPhase, databaseUrl: string): Promise<Measured> => {
    await server.checkpoint();
    const measured = await measure({ subject: 'product', phase, databaseUrl, sandboxUrl: sandbox.url, sample: 1 });
    log(`  ${phase}: ${measured.seconds.toFixed(2)} s, ${measured.rows} rows, ${JSON.stringify(measured.steps)}`);
    return measured;
  };
  for (let round = 1; round <= runs; round += 1) {
    log(`round ${round} of ${runs}`);
    await sandbox.reset();
    const { product: url } = await server.createDatabases(['product']);
    rounds.firstLoad.push(await one('firstLoad', url));
    rounds.undo.push(await one('undo', url));
    await server.dropDatabases();
    const { product: again } = await server.createDatabases(['product']);
    await one('firstLoad', again);
    await sandbox.edit(changedShare);
    rounds.incremental.push(await one('incremental', again));
    await server.dropDatabases();
  }
  return rounds;
}
