/** Writes down what this instance runs, after every change, so that other commands find it and the next start cleans up after it. */
import { clearInstance, readInstance, writeInstance, type Instance } from '../../config/instance.js';
import { ownIdentity } from '../../config/process-identity.js';
import { endLeftOvers } from '../../config/processes.js';
import type { KeptProcess } from './kept-process.js';

export class InstanceBook {
  readonly #processes: KeptProcess[] = [];
  #addresses: Pick<Instance, 'apiUrl' | 'sandboxUrl' | 'metricsUrl'> = {};

  constructor(
    private readonly dataDir: string,
    private readonly databaseUrl: string,
  ) {}

  add(process: KeptProcess, addresses: Pick<Instance, 'apiUrl' | 'sandboxUrl' | 'metricsUrl'> = {}): void {
    this.#processes.push(process);
    this.#addresses = { ...this.#addresses, ...addresses };
    this.write();
  }

  write(): void {
    const processes = this.#processes.map(({ name, current }) => ({ name, ...current.identity }));
    const { dataDir, databaseUrl } = this;
    writeInstance(dataDir, { owner: ownIdentity(), processes, databaseUrl, ...this.#addresses });
  }

  clear(): void {
    clearInstance(this.dataDir);
  }
}

/** Ends what an instance that crashed left running; the caller holds the folder's lock. Returns how many processes that were. */
export async function cleanUpAfterCrash(dataDir: string): Promise<number> {
  const left = readInstance(dataDir);
  if (!left) return 0;
  const ended = await endLeftOvers(left.processes);
  clearInstance(dataDir);
  return ended;
}
