/** Processes that the suite starts: each is known, so that none outlives it, also when the suite itself breaks. */
import type { ChildProcess } from 'node:child_process';

const alive = new Set<ChildProcess>();

export function mind<Child extends ChildProcess>(child: Child): Child {
  if (!isWatching) process.once('exit', endChildren);
  isWatching = true;
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  return child;
}

let isWatching = false;

function endChildren(): void {
  for (const child of alive) child.kill('SIGKILL');
}
