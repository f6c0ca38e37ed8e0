/** Starts the TimeBack sandbox as a process of its own and speaks to its control API; it is stopped by its handle, never by name. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../../timeback-sandbox/dist/main.js', import.meta.url));

export const sandboxClient = { clientId: 'sandbox-client', clientSecret: 'sandbox-secret' } as const;

export class SandboxProcess {
  private constructor(
    readonly baseUrl: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(flags: readonly string[] = ['--students', '60', '--seed', '1']): Promise<SandboxProcess> {
    if (!existsSync(program)) throw new Error('The sandbox is not built: run scripts/build.mjs first.');
    const child = spawn(process.execPath, [program, '--port', '0', ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout! });
    const ended = once(child, 'exit').then(() => Promise.reject(new Error('The sandbox ended before it was ready.')));
    const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string];
    return new SandboxProcess((JSON.parse(line) as { baseUrl: string }).baseUrl, child);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }

  async control(
    verb: string,
    body?: Readonly<Record<string, unknown>>,
    method = body ? 'POST' : 'GET',
  ): Promise<unknown> {
    const response = await fetch(`${this.baseUrl}/control/${verb}`, {
      method,
      ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
    });
    const answer = (await response.json()) as unknown;
    if (!response.ok) throw new Error(`The sandbox refused ${verb}: ${JSON.stringify(answer)}`);
    return answer;
  }
}
