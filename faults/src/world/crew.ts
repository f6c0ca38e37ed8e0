/** Two workers of a lane, as processes on one queue: whoever dies is replaced, so that the next trial finds two again. */
import type { Backend, Lane } from './lane.js';
import { WorkerProcess, type WorkerProcessOptions } from './worker-process.js';

const size = 2;

export class Crew {
  #members: WorkerProcess[] = [];
  /** What those said who are gone. */
  #gone: string[] = [];

  constructor(
    private readonly lane: Lane,
    readonly backend: Backend,
  ) {}

  get alive(): readonly WorkerProcess[] {
    return this.#members.filter((member) => member.isAlive);
  }

  async fill(): Promise<void> {
    await this.#bury();
    while (this.#members.length < size) await this.add();
  }

  async add(options: WorkerProcessOptions = {}): Promise<WorkerProcess> {
    const worker = await WorkerProcess.start(this.lane, this.backend, options);
    this.#members.push(worker);
    return worker;
  }

  byPid(pid: number): WorkerProcess | undefined {
    return this.#members.find((member) => member.pid === pid && member.isAlive);
  }

  async #bury(): Promise<void> {
    for (const member of this.#members) if (!member.isAlive) this.#gone.push(...member.said);
    this.#members = this.#members.filter((member) => member.isAlive);
  }

  /** All that was said since the last time somebody asked. */
  said(): string {
    const lines = [...this.#gone, ...this.#members.flatMap((member) => member.said.splice(0))];
    this.#gone = [];
    return lines.join('\n');
  }

  async dismiss(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.stop()));
    await this.#bury();
  }
}
