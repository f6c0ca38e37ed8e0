/** The product's worker as a process of its own, as an installation runs it; what it logs is kept for the canary scan. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { mind } from './children.js';
import type { Backend, Lane } from './lane.js';

const program = fileURLToPath(new URL('../../../server/dist/main/worker.js', import.meta.url));

/** What the integrations of the lanes refer to. */
export const secretVariable = 'FAULTS_CLIENT_SECRET';

export interface WorkerProcessOptions {
  readonly nodeFlags?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

export class WorkerProcess {
  readonly said: string[] = [];
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;

  private constructor(private readonly child: ChildProcess) {
    createInterface({ input: child.stderr! }).on('line', (line) => this.said.push(line));
    this.ended = once(child, 'exit').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
    }));
  }

  /** Resolves when it takes jobs, or has ended before it came to that. */
  static async start(lane: Lane, backend: Backend, options: WorkerProcessOptions = {}): Promise<WorkerProcess> {
    const { databaseUrl, redisUrl = '' } = lane.queueAt(backend);
    const env = {
      ...process.env,
      NODE_OPTIONS: '',
      REDIS_URL: '',
      ROLLCALL_REDIS_URL: redisUrl,
      ROLLCALL_DATA_DIR: lane.folder,
      ROLLCALL_WORKER_DATABASE_URL: databaseUrl,
      ROLLCALL_LOG_LEVEL: 'debug',
      [secretVariable]: 'sandbox-secret',
      ...options.env,
    };
    const child = mind(
      spawn(process.execPath, [...(options.nodeFlags ?? []), program], {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
    const worker = new WorkerProcess(child);
    await Promise.race([once(createInterface({ input: child.stdout! }), 'line'), worker.ended]);
    return worker;
  }

  get pid(): number {
    return this.child.pid!;
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  send(signal: NodeJS.Signals): void {
    if (this.isAlive) this.child.kill(signal);
  }

  /** Told to stop; how long that took. */
  async stop(): Promise<number> {
    const asked = performance.now();
    this.send('SIGCONT');
    this.send('SIGTERM');
    await this.ended;
    return performance.now() - asked;
  }
}
