/** `runs cancel <id>`: ends a run at any moment; what it has applied stays and can be undone. */
import type { Command } from 'commander';
import { Fault } from '@rollcall/core';
import { chooseTenant } from '../../store/tenants.js';
import { cancelRun } from '../../sync/cancel-run.js';
import { EXIT } from '../exit-codes.js';
import { isUuid } from '../option-values.js';
import { act, type CommandFrame } from '../run-command.js';
import { withRollcall } from '../with-rollcall.js';

interface Options {
  readonly reason?: string;
  readonly tenant?: string;
}

export function cancelRunCommand(runs: Command, frame: CommandFrame): void {
  const cancel = runs
    .command('cancel')
    .description('End a run that is not over. What it has applied stays and can be undone.')
    .argument('<id>')
    .option('--reason <text>', 'kept with the run')
    .option('--tenant <name>', 'needed only where there are several');
  act<Options>(cancel, frame, (terminal, { reason, tenant }, id) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, tenant);
      if (!isUuid(id!)) throw new Fault('not_found', 'There is no such run.');
      const run = await cancelRun(db, { tenantId, runId: id!, actor: 'cli', reason: reason ?? null });
      terminal.result({ id: run.id, state: run.state, reason: run.reason }, () => `Cancelled run ${run.id}.`);
      return EXIT.ok;
    }),
  );
}
