/** Runs the real program in our place: same terminal, signals passed on, same exit code. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

export function handOver(command, args) {
  const child = spawn(command, ['--enable-source-maps', ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}
