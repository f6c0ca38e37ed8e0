/** Brings a run that was asked for to its end, by the running instance's worker or in this process, and reports it. */
import { buildReport } from '../sync/report.js';
import { findRun } from '../store/runs.js';
import { RunBell } from '../jobs/run-bell.js';
import { exitCodeOf } from './exit-codes.js';
import { followRun } from './follow-run.js';
import { ProgressDisplay } from './progress-display.js';
import { progressOf } from './progress.js';
import { reportText } from './report-text.js';
import type { Surroundings } from './surroundings.js';
import type { Terminal } from './terminal.js';
import type { LentRollcall } from './with-rollcall.js';
import { workHere } from './work-here.js';

export interface AskedRun {
  readonly tenantId: string;
  readonly runId: string;
}

/** `rollcall` is lent with the worker's role. Returns the exit code. */
export async function carryOutRun(
  at: Surroundings,
  terminal: Terminal,
  rollcall: LentRollcall,
  run: AskedRun,
): Promise<number> {
  return whileWorkedOn(at, rollcall, run, () => followAndReport(at, terminal, rollcall, run));
}

/** Sees to it that somebody works on the run for as long as it is watched. */
export async function whileWorkedOn<T>(
  at: Surroundings,
  rollcall: LentRollcall,
  run: AskedRun,
  watch: () => Promise<T>,
): Promise<T> {
  const done = new AbortController();
  const working = rollcall.lent.instance
    ? ringFor(rollcall, run)
    : workHere(rollcall, run, at.clock, AbortSignal.any([at.stop, done.signal]));
  try {
    return await watch();
  } finally {
    done.abort();
    await working;
  }
}

async function ringFor(rollcall: LentRollcall, { tenantId, runId }: AskedRun): Promise<void> {
  const bell = new RunBell(rollcall.queueAt, rollcall.log);
  await bell.ring({ tenantId, runId });
  await bell.close();
}

/** Also what `up` ends its first sync with. Returns the exit code. */
export async function followAndReport(
  at: Surroundings,
  terminal: Terminal,
  { db }: Pick<LentRollcall, 'db'>,
  { tenantId, runId }: AskedRun,
  onReport?: (json: string) => void,
): Promise<number> {
  const display = new ProgressDisplay(terminal, () => at.clock.now());
  const onProgress = (snapshot: Parameters<typeof progressOf>[0]) => display.update(progressOf(snapshot));
  const { state } = await followRun({ tenantId, runId }, { db, clock: at.clock, stop: at.stop, onProgress }).finally(
    () => display.end(),
  );
  const report = await db.withTenant(tenantId, async (tx) => buildReport(tx, await findRun(tx, tenantId, runId)));
  onReport?.(JSON.stringify(report));
  terminal.result(report, () => reportText(report));
  return exitCodeOf(state);
}
