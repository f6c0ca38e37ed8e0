/** Finds a Node of version 24 or newer: the one that runs now, the one among the dependencies, or the one on the PATH. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, LaunchProblem } from './launch-problem.mjs';

const WANTED = 24;

export function findNode24(root) {
  if (Number(process.versions.node.split('.')[0]) >= WANTED) return process.execPath;
  const brought = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  // The brought one is of a pinned version; asking it would cost 30 ms of every start.
  if (existsSync(brought)) return brought;
  if (versionOf('node') >= WANTED) return 'node';
  throw new LaunchProblem(
    EXIT.noNode,
    `Rollcall runs on Node ${WANTED}, which does not come along for ${process.platform} ${process.arch}, and this is ${process.version}: install Node ${WANTED} from nodejs.org and try again.`,
  );
}

function versionOf(command) {
  try {
    return Number(execFileSync(command, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' }));
  } catch {
    return 0;
  }
}
