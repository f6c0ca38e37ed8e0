/** The sandbox as a process of its own, with the district of a bench. */
import { fileURLToPath } from 'node:url';
import { startNode } from './child-process.js';

export interface Sandbox {
  readonly url: string;
  /** Changes a share of the rows of each collection. */
  edit(share: number): Promise<void>;
  /** Back to the district as it was made. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export async function startSandbox(students: number): Promise<Sandbox> {
  const program = fileURLToPath(new URL('../../timeback-sandbox/dist/main.js', import.meta.url));
  const child = startNode(program, ['--port', '0', '--students', String(students), '--seed', '1']);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout!.once('data', (line: Buffer) => resolve((JSON.parse(line.toString()) as { baseUrl: string }).baseUrl));
    child.once('close', () => reject(new Error('the sandbox did not start')));
  });
  const control = async (verb: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/control/${verb}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`the sandbox answered ${answer.status} to ${verb}`);
    await answer.arrayBuffer();
  };
  return {
    url,
    edit: (share) => control('edit', { share }),
    reset: () => control('reset', {}),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
