/** `sync <integration>`: one run, by the running instance's worker or in this process, followed to its end and reported. */
import { Option, type Command } from 'commander';
import { requestRun } from '../sync/request-run.js';
import { chooseTenant } from '../store/tenants.js';
import { carryOutRun } from './carry-out-run.js';
import { act, type CommandFrame } from './run-command.js';
import { withRollcall } from './with-rollcall.js';

interface Options {
  readonly plan?: boolean;
  readonly incremental?: boolean;
  readonly tenant?: string;
}

export function addSync(program: Command, frame: CommandFrame): void {
  const command = program
    .command('sync')
    .description('Bring the hub in step with an integration, and report what was done.')
    .argument('<integration>', 'its name or id')
    .addOption(new Option('--plan', 'stop after planning: nothing is applied').conflicts('incremental'))
    .option('--incremental', 'read only what changed since the last run, and in full when in doubt')
    .option('--tenant <name>', 'needed only where there are several');
  act<Options>(command, frame, (terminal, options, integration) =>
    withRollcall(frame.at, 'worker', async (rollcall) => {
      const { id: tenantId } = await chooseTenant(rollcall.db, options.tenant);
      const mode = options.plan ? 'plan' : options.incremental ? 'incremental' : 'full';
      const run = await requestRun(rollcall.db, {
        tenantId,
        integration: integration!,
        mode,
        trigger: 'manual',
        actor: 'cli',
      });
      if (!run.created) terminal.say('A run of this integration is under way; following it.');
      return carryOutRun(frame.at, terminal, rollcall, run);
    }),
  );
}
