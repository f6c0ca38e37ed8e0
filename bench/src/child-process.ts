/** Processes that the bench starts: each is known, so that none outlives it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Measured, Task } from './subject.js';

const alive = new Set<ChildProcess>();

/** Starts a Node program; its standard error is ours. */
export function startNode(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const child = spawn(process.execPath, [file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  return child;
}

export function endChildren(): void {
  for (const child of alive) child.kill('SIGTERM');
}

/** Lets a subject work in a process of its own. */
export async function measure(task: Task): Promise<Measured> {
  const child = startNode(fileURLToPath(new URL('./run-subject.js', import.meta.url)), [JSON.stringify(task)]);
  let output = '';
  child.stdout!.on('data', (text: Buffer) => (output += text.toString()));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  if (code !== 0) throw new Error(`${task.subject} did not finish its ${task.phase} (code ${code})`);
  return JSON.parse(output) as Measured;
}
