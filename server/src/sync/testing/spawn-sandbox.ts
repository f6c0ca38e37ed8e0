/** The sandbox as a process with flags of a test's own; stopped by its handle. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../../../timeback-sandbox/dist/main.js', import.meta.url));

export interface SpawnedSandbox {
  readonly baseUrl: string;
  control<T>(verb: string, body?: object): Promise<T>;
  stop(): Promise<void>;
}

export async function spawnSandbox(flags: readonly string[]): Promise<SpawnedSandbox> {
  const child = spawn(process.execPath, [program, '--port', '0', ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { baseUrl } = JSON.parse(line) as { baseUrl: string };
  return {
    baseUrl,
    control: async <T>(verb: string, body?: object) => {
      const init = body
        ? { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
        : {};
      return (await (await fetch(`${baseUrl}/control/${verb}`, init)).json()) as T;
    },
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
