/** For tests of the whole product: the real command line as a process, in a data folder of the test's own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../../dist/main/cli.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly seconds: number;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves with what was written to standard error so far, once the words stand there. Rejects when the process ends first. */
  says(what: RegExp): Promise<string>;
}

export class CommandLine {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'rollcall-whole-'));
  readonly #started: ChildProcess[] = [];

  constructor(private readonly env: NodeJS.ProcessEnv = {}) {
    // PostgreSQL may run as another user, who has to pass through.
    chmodSync(this.dataDir, 0o711);
  }

  /** `words` are separated by spaces. */
  start(words: string, env: NodeJS.ProcessEnv = {}): Started {
    const begun = performance.now();
    const child = spawn(process.execPath, [program, ...words.split(' ')], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '', ROLLCALL_DATA_DIR: this.dataDir, ...this.env, ...env },
    });
    this.#started.push(child);
    const text = { out: '', err: '' };
    child.stdout!.on('data', (chunk) => (text.out += String(chunk)));
    child.stderr!.on('data', (chunk) => (text.err += String(chunk)));
    const ended = new Promise<Ended>((resolve) =>
      child.once('close', (code) => resolve({ code, ...text, seconds: (performance.now() - begun) / 1000 })),
    );
    const says = (what: RegExp) =>
      new Promise<string>((resolve, reject) => {
        const look = () => what.test(text.err) && resolve(text.err);
        child.stderr!.on('data', look);
        look();
        void ended.then((end) => reject(new Error(`it ended with ${end.code} before it said ${what}: ${end.err}`)));
      });
    return { child, ended, says };
  }

  run(words: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return this.start(words, env).ended;
  }

  /** The one JSON object that the command printed. */
  async json<T>(words: string, env: NodeJS.ProcessEnv = {}): Promise<T> {
    const { code, out, err } = await this.run(`${words} --json`, env);
    if (code !== 0) throw new Error(`"${words}" ended with ${code}: ${err}`);
    return JSON.parse(out) as T;
  }

  /** Ends what still runs, so that each process stops what it started. */
  async close(): Promise<void> {
    const running = this.#started.filter((child) => child.exitCode === null && child.signalCode === null);
    await Promise.all(running.map((child) => new Promise((done) => child.once('exit', done) && child.kill('SIGTERM'))));
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
