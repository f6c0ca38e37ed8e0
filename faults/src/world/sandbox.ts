/** A sandbox as a process of its own: the source of one district, with its controls. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { mind } from './children.js';

const program = fileURLToPath(new URL('../../../timeback-sandbox/dist/main.js', import.meta.url));

export class Sandbox {
  private constructor(
    readonly baseUrl: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(students: number, seed: number): Promise<Sandbox> {
    const flags = ['--port', '0', '--students', String(students), '--seed', String(seed)];
    // It says so when a client hangs up on it, which clients do here all the time.
    const child = mind(spawn(process.execPath, [program, ...flags], { stdio: ['ignore', 'pipe', 'ignore'] }));
    const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
    return new Sandbox((JSON.parse(line) as { baseUrl: string }).baseUrl, child);
  }

  /** Asks the control API; `GET` without a body. */
  async control<T = Record<string, unknown>>(verb: string, body?: object, method = body ? 'POST' : 'GET'): Promise<T> {
    const answer = await fetch(`${this.baseUrl}/control/${verb}`, {
      method,
      ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
    });
    const value = (await answer.json()) as T;
    if (!answer.ok) throw new Error(`the sandbox refused ${verb}: ${JSON.stringify(value)}`);
    return value;
  }

  fault(body: object): Promise<unknown> {
    return this.control('faults', body);
  }

  async noFaults(): Promise<void> {
    await this.control('faults', undefined, 'DELETE');
  }

  /** The district as it was made. */
  async reset(): Promise<void> {
    await this.control('reset', {});
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }
}
