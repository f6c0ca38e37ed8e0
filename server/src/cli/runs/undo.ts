/** `runs undo <id>`: takes back what a run did, all of it or some rows, in a run of its own that is followed to its end. */
import type { Command } from 'commander';
import { Fault } from '@rollcall/core';
import { findRun } from '../../store/runs.js';
import { chooseTenant } from '../../store/tenants.js';
import { requestUndo } from '../../sync/request-undo.js';
import { advised } from '../advice.js';
import { carryOutRun } from '../carry-out-run.js';
import { commandText } from '../command-text.js';
import { addDecisionOptions, selectionOf, type DecisionOptions } from '../decision-options.js';
import { operatingUser } from '../operating-user.js';
import { isUuid } from '../option-values.js';
import { act, type CommandFrame } from '../run-command.js';
import { inTurn } from '../wait-turn.js';
import { withRollcall } from '../with-rollcall.js';

export function undoRunCommand(runs: Command, frame: CommandFrame): void {
  const command = runs
    .command('undo')
    .description('Take back what a run did, all of it or some rows. What has changed since is left alone and shown.')
    .argument('<id>');
  act<DecisionOptions>(addDecisionOptions(command), frame, (terminal, options, id) =>
    withRollcall(frame.at, 'worker', async (rollcall) => {
      const { db } = rollcall;
      const { id: tenantId } = await chooseTenant(db, options.tenant);
      if (!isUuid(id!)) throw new Fault('not_found', 'There is no such run.');
      const { integrationId } = await db.withTenant(tenantId, (tx) => findRun(tx, tenantId, id!));
      const { reason, wait = false } = options;
      const wanted = { tenantId, runId: id!, rows: selectionOf(options), reason, actor: operatingUser() };
      const of = { tenantId, integrationId, wait };
      const run = await inTurn(frame.at, terminal, rollcall, of, () => requestUndo(db, wanted)).catch(
        (error: unknown) => {
          const look = commandText(['runs', 'changes', id!], options.tenant);
          throw advised(error, {
            busy: 'Nothing was undone. Try again when that run is over, or add --wait.',
            invalid_input: `Nothing was undone. See what it did with "${look}".`,
          });
        },
      );
      return carryOutRun(frame.at, terminal, rollcall, run);
    }),
  );
}
