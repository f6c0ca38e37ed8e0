/** For tests: the program compiled from its sources into a temporary folder, and started as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { tmpdir } from 'node:os';

// Jest puts another module in the place of an imported node:module
const { stripTypeScriptTypes } = process.getBuiltinModule('node:module');
const sources = dirname(dirname(fileURLToPath(import.meta.url)));

export interface Started {
  child: ChildProcess;
  firstLine: Promise<string>;
  ended: Promise<{ code: number | null; errors: string }>;
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
    return { child, firstLine, ended };
  }

  async remove(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    await rm(this.folder, { recursive: true });
  }
}
