/** For tests: the program compiled from its sources into a temporary folder, and started as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { tmpdir } from 'node:os';

// Jest puts another module in the place of an imported node:module
const { stripTypeScriptTypes } = process.getBuiltinModule('node:module');
const sources = dirname(dirname(fileURLToPath(import.meta.url)));

export interface Started {
  child: ChildProcess;
  firstLine: Promise<string>;
  ended: Promise<{ code: number | null; errors: string }>;
  /** Processor time of the program alone, so that other work on the machine does not count. Elsewhere than on Linux, the time since its start. */
  secondsUsed(): number;
}

export class Program {
  readonly #children: ChildProcess[] = [];

  private constructor(private readonly folder: string) {}

  static async compile(): Promise<Program> {
    const folder = await mkdtemp(join(tmpdir(), 'timeback-sandbox-'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    for (const entry of await readdir(sources, { recursive: true })) {
      if (!entry.endsWith('.ts') || entry.endsWith('.test.ts')) continue;
      const out = join(folder, entry.replace(/\.ts$/, '.js'));
      await mkdir(dirname(out), { recursive: true });
      await writeFile(out, stripTypeScriptTypes(await readFile(join(sources, entry), 'utf8'), { mode: 'transform' }));
    }
    return new Program(folder);
  }

  start(...flags: string[]): Started {
    const begun = performance.now();
    const command = [join(this.folder, 'main.js'), ...flags];
    const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'], env: {} });
    this.#children.push(child);
    let out = '';
    let errors = '';
    child.stderr.on('data', (piece) => (errors += piece));
    const firstLine = new Promise<string>((ready) =>
      child.stdout.on('data', (piece) => {
        out += piece;
        if (out.includes('\n')) ready(out);
      }),
    );
    const ended = new Promise<{ code: number | null; errors: string }>((done) =>
      child.once('close', (code) => done({ code, errors })),
    );
    const secondsUsed = () =>
      process.platform === 'linux' ? processorSeconds(child.pid!) : (performance.now() - begun) / 1000;
    return { child, firstLine, ended, secondsUsed };
  }

  async remove(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    await rm(this.folder, { recursive: true });
  }
}

function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  const ticksPerSecond = 100;
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
