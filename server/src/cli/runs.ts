/** `runs list|show|timeline|changes|undo|cancel`: what was done, when and to which record, and how to take it back. */
import type { Command } from 'commander';
import type { Database } from '../store/database.js';
import { findIntegration } from '../store/integrations.js';
import { listRuns, type Run } from '../store/runs.js';
import { chooseTenant } from '../store/tenants.js';
import { buildReport } from '../sync/report.js';
import { EXIT } from './exit-codes.js';
import { wholeNumber } from './option-values.js';
import { reportText } from './report-text.js';
import { act, type CommandFrame } from './run-command.js';
import { cancelRunCommand } from './runs/cancel.js';
import { runChangesCommand } from './runs/changes.js';
import { runTimelineCommand } from './runs/timeline.js';
import { runOf } from './runs/run-of.js';
import { undoRunCommand } from './runs/undo.js';
import { table } from './table.js';
import { withRollcall } from './with-rollcall.js';

interface ListOptions {
  readonly integration?: string;
  readonly limit: number;
  readonly tenant?: string;
}

export function addRuns(program: Command, frame: CommandFrame): void {
  const runs = program.command('runs').description('Look at runs, and take them back.');
  const list = runs
    .command('list')
    .description('The latest runs, newest first.')
    .option('--integration <name>', 'only of this integration')
    .option('--limit <n>', 'at most so many', wholeNumber(1, 1000), 20)
    .option('--tenant <name>', 'needed only where there are several');
  act<ListOptions>(list, frame, (terminal, options) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const found = await latest(db, options);
      terminal.result(found.map(headOf), () => table(heads, found.map(rowOf)));
      return EXIT.ok;
    }),
  );
  const show = runs
    .command('show')
    .description('The report of a run.')
    .argument('<id>', 'its id, or "last"')
    .option('--tenant <name>', 'needed only where there are several');
  act<Pick<ListOptions, 'tenant'>>(show, frame, (terminal, options, id) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, options.tenant);
      const report = await db.withTenant(tenantId, async (tx) => buildReport(tx, await runOf(tx, tenantId, id!)));
      terminal.result(report, () => reportText(report));
      return EXIT.ok;
    }),
  );
  runTimelineCommand(runs, frame);
  runChangesCommand(runs, frame);
  undoRunCommand(runs, frame);
  cancelRunCommand(runs, frame);
}

async function latest(db: Database, { tenant, integration, limit }: ListOptions): Promise<Run[]> {
  const { id: tenantId } = await chooseTenant(db, tenant);
  return db.withTenant(tenantId, async (tx) => {
    const of = integration ? { integrationId: (await findIntegration(tx, tenantId, integration)).id } : {};
    return listRuns(tx, tenantId, { limit, ...of });
  });
}

const heads = ['run', 'integration', 'mode', 'trigger', 'state', 'attempt', 'requested', 'seconds', 'reason'];

function headOf(run: Run) {
  const { id, integration, mode, trigger, state, attempt, reason, nextStep, requestedAt, startedAt, finishedAt } = run;
  const { holdId, undoesRunId, requestedBy, requestReason } = run;
  const decided = { holdId, undoesRunId, requestedBy, requestReason };
  return {
    id,
    integration,
    mode,
    trigger,
    state,
    attempt,
    reason,
    nextStep,
    requestedAt,
    startedAt,
    finishedAt,
    ...decided,
  };
}

function rowOf({ id, integration, mode, trigger, state, attempt, requestedAt, startedAt, finishedAt, reason }: Run) {
  const seconds = startedAt && finishedAt ? (finishedAt.getTime() - startedAt.getTime()) / 1000 : null;
  return [id, integration, mode, trigger, state, attempt, requestedAt.toISOString().slice(0, 19), seconds, reason];
}
