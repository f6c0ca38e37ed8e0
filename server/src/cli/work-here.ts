/** Works on a run in this process, beside whoever else may: for commands without a running instance. */
import { attemptRun, type AttemptParts } from '../jobs/attempt-run.js';
import type { Clock } from '@rollcall/connectors';

const betweenAttemptsMs = 500;

/** Attempts the run whenever it is due, until `stop` aborts. */
export async function workHere(
  parts: AttemptParts,
  run: { tenantId: string; runId: string },
  clock: Clock,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    await attemptRun(parts, run, stop);
    await clock.sleep(betweenAttemptsMs, stop).catch(() => undefined);
  }
}
