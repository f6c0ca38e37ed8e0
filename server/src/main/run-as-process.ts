/**
 * What every process of ours does: it says in one JSON line that it is ready, ends in good order on SIGTERM or SIGINT however
 * often they come, and never hangs while it ends.
 */
import { readSettings } from '../config/settings.js';
import { dataFolder } from '../config/data-folder.js';
import { SetupProblem } from '../config/setup-problem.js';
import type { ComposeOptions } from './compose.js';

export interface RunningProcess {
  /** Goes into the ready line. */
  readonly ready: Readonly<Record<string, unknown>>;
  stop(): Promise<void>;
}

/** The database, told to stop, may take its time; the lease runs out by itself. */
const longestStopMs = 18_000;

/** Settings of a process that was given its database by the one that started it. Throws SetupProblem without one. */
export function processSettings(
  variable: string,
  env: NodeJS.ProcessEnv = process.env,
): Omit<ComposeOptions, 'processName'> {
  const databaseUrl = env[variable];
  if (!databaseUrl)
    throw new SetupProblem(`${variable} is not set: start this process with "up", "serve" or "worker", or set it.`);
  const settings = readSettings(env);
  const { redisUrl, logLevel } = settings;
  return { databaseUrl, redisUrl, dataDir: dataFolder(settings), logLevel, env };
}

export async function runAsProcess(name: string, start: () => Promise<RunningProcess>): Promise<void> {
  // The process that started us may be gone, and our output with it; that is no reason to die in the middle of a run.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
  try {
    const running = await start();
    process.stdout.write(`${JSON.stringify({ ready: true, ...running.ready })}\n`);
    await asked;
    setTimeout(() => process.exit(0), longestStopMs).unref();
    await running.stop();
    process.exit(0);
  } catch (error) {
    const text = error instanceof SetupProblem ? error.message : `The process "${name}" failed: ${String(error)}`;
    process.stderr.write(`${text}\n`);
    process.exit(error instanceof SetupProblem ? error.exitCode : 1);
  }
}
