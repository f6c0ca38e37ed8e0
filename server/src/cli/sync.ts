/** `sync <integration>`: one run, by the running instance's worker or in this process, followed to its end and reported. */
import type { Command } from 'commander';
import { requestRun, type RequestedRun } from '../sync/request-run.js';
import { buildReport } from '../sync/report.js';
import { findRun } from '../store/runs.js';
import { chooseTenant } from '../store/tenants.js';
import { RunBell } from '../jobs/run-bell.js';
import { exitCodeOf } from './exit-codes.js';
import { followRun } from './follow-run.js';
import { ProgressDisplay } from './progress-display.js';
import { progressOf } from './progress.js';
import { reportText } from './report-text.js';
import { act, type CommandFrame } from './run-command.js';
import type { Surroundings } from './surroundings.js';
import type { Terminal } from './terminal.js';
import { withRollcall, type LentRollcall } from './with-rollcall.js';
import { workHere } from './work-here.js';

interface Options {
  readonly plan?: boolean;
  readonly tenant?: string;
}

export function addSync(program: Command, frame: CommandFrame): void {
  const command = program
    .command('sync')
    .description('Bring the hub in step with an integration, and report what was done.')
    .argument('<integration>', 'its name or id')
    .option('--plan', 'stop after planning: nothing is applied')
    .option('--tenant <name>', 'needed only where there are several');
  act<Options>(command, frame, (terminal, options, integration) =>
    withRollcall(frame.at, 'worker', async (rollcall) => {
      const { id: tenantId } = await chooseTenant(rollcall.db, options.tenant);
      const mode = options.plan ? 'plan' : 'full';
      const run = await requestRun(rollcall.db, {
        tenantId,
        integration: integration!,
        mode,
        trigger: 'manual',
        actor: 'cli',
      });
      if (!run.created) terminal.say('A run of this integration is under way; following it.');
      return syncAndReport(frame.at, terminal, rollcall, run);
    }),
  );
}

async function syncAndReport(
  at: Surroundings,
  terminal: Terminal,
  rollcall: LentRollcall,
  run: RequestedRun,
): Promise<number> {
  const done = new AbortController();
  const working = rollcall.lent.instance
    ? ringFor(rollcall, run)
    : workHere(rollcall, run, at.clock, AbortSignal.any([at.stop, done.signal]));
  try {
    return await followAndReport(at, terminal, rollcall, run);
  } finally {
    done.abort();
    await working;
  }
}

async function ringFor(rollcall: LentRollcall, run: RequestedRun): Promise<void> {
  const bell = new RunBell(rollcall.queueAt, rollcall.log);
  await bell.ring({ tenantId: run.tenantId, runId: run.runId });
  await bell.close();
}

/** Also what `up` ends its first sync with. Returns the exit code. */
export async function followAndReport(
  at: Surroundings,
  terminal: Terminal,
  { db }: Pick<LentRollcall, 'db'>,
  { tenantId, runId }: Pick<RequestedRun, 'tenantId' | 'runId'>,
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
