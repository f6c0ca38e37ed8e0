/** `holds approve <id>`: applies what a hold keeps back, all of it or some rows, in a run that is followed to its end. */
import type { Command } from 'commander';
import { approveHold } from '../../sync/decide-hold.js';
import { carryOutRun } from '../carry-out-run.js';
import { act, type CommandFrame } from '../run-command.js';
import { withRollcall } from '../with-rollcall.js';
import { addHoldOptions, decideHold, leftText, type HoldOptions } from './decide.js';
import { holdOf } from './hold-of.js';
import { linkOf } from './link-option.js';

interface ApproveOptions {
  readonly link: Readonly<Record<string, string>>;
  readonly asNew?: boolean;
}

export function approveHoldCommand(holds: Command, frame: CommandFrame): void {
  const command = holds
    .command('approve')
    .description('Apply what a hold keeps back, all of it or some rows, and report what was done.')
    .argument('<id>');
  addHoldOptions(command)
    .option('--link <row=record>', 'which of our records a row is, by local ids; may be given often', linkOf, {})
    .option('--as-new', 'the rows are none of our records: create them');
  act<HoldOptions & ApproveOptions>(command, frame, (terminal, options, id) =>
    withRollcall(frame.at, 'worker', async (rollcall) => {
      const { db } = rollcall;
      const deciding = { at: frame.at, terminal, rollcall };
      const { tenantId, outcome: run } = await decideHold(deciding, options, id!, (d) =>
        approveHold(db, { ...d, answers: { links: options.link, asNew: options.asNew ?? false } }),
      );
      const code = await carryOutRun(frame.at, terminal, rollcall, run);
      const left = leftText(await holdOf(db, tenantId, id!), options.tenant);
      if (left !== '') terminal.say(left);
      return code;
    }),
  );
}
