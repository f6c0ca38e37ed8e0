/** `holds decline <id>`: leaves the hub as it is, for all rows of a hold or some. It takes effect at once. */
import type { Command } from 'commander';
import { declineHold } from '../../sync/decide-hold.js';
import { EXIT } from '../exit-codes.js';
import { act, type CommandFrame } from '../run-command.js';
import { number } from '../table.js';
import { withRollcall } from '../with-rollcall.js';
import { addHoldOptions, decideHold, leftText, type HoldOptions } from './decide.js';
import { holdOf } from './hold-of.js';

export function declineHoldCommand(holds: Command, frame: CommandFrame): void {
  const command = holds
    .command('decline')
    .description('Leave the hub as it is, for all rows of a hold or some, while the source goes on as it does.')
    .argument('<id>');
  act<HoldOptions>(addHoldOptions(command), frame, (terminal, options, id) =>
    // The worker's role, because waiting may mean working on the run that is waited for.
    withRollcall(frame.at, 'worker', async (rollcall) => {
      const { db } = rollcall;
      const deciding = { at: frame.at, terminal, rollcall };
      const { tenantId, hold, outcome } = await decideHold(deciding, options, id!, (d) => declineHold(db, d));
      const left = await holdOf(db, tenantId, id!);
      const { declined } = outcome;
      const what = `Declined to ${hold.operation} ${number(declined)} ${hold.entity} (${hold.scope}).`;
      const then = 'It is not planned again while the source goes on as it does.';
      const rest = { rows: left.state === 'open' ? left.rows : 0, digest: left.digest };
      terminal.result({ hold: id, declined, left: rest }, () =>
        [`${what} ${then}`, leftText(left, options.tenant)].filter(Boolean).join('\n'),
      );
      return EXIT.ok;
    }),
  );
}
