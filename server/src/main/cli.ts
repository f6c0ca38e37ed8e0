/** The command line's process: hands the commands the wiring of this program, and ends with their exit code. */
import { join } from 'node:path';
import { projectFolder } from '../config/project-folder.js';
import { runCli } from '../cli/program.js';
import { systemClock } from '../telemetry/system-clock.js';
import { compose } from './compose.js';

const stop = new AbortController();
// Ctrl-C often arrives twice, from the terminal and from the launcher.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
// A reader that closes our output early, as head does, is no failure of ours.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const code = await runCli(process.argv.slice(2), {
  env: process.env,
  out: process.stdout,
  err: process.stderr,
  stop: stop.signal,
  clock: systemClock,
  compose,
  runWorker: async (options) => (await import('./worker.js')).runWorker(options),
  runApi: async (options) => (await import('./api.js')).runApi(options),
  programs: {
    worker: join(import.meta.dirname, 'worker.js'),
    api: join(import.meta.dirname, 'api.js'),
    sandbox: join(projectFolder(), 'timeback-sandbox', 'dist', 'main.js'),
  },
});
process.exit(code);
