/** `dead-letters replay [id]`: tries letters again in one run, which is followed to its end. */
import type { Command } from 'commander';
import { Fault } from '@rollcall/core';
import { chooseTenant } from '../../store/tenants.js';
import { requestReplay, type Which } from '../../sync/letters/request-replay.js';
import { advised } from '../advice.js';
import { carryOutRun } from '../carry-out-run.js';
import { fingerprintText, reasonText } from '../option-values.js';
import { operatingUser } from '../operating-user.js';
import { act, type CommandFrame } from '../run-command.js';
import { number } from '../table.js';
import { withRollcall } from '../with-rollcall.js';
import { letterOf } from './letter-of.js';

interface Options {
  readonly integration?: string;
  readonly fingerprint?: string;
  readonly all?: boolean;
  readonly reason: string;
  readonly tenant?: string;
}

export const underWay = { busy: 'Nothing was changed. Ask again when that run is over.' } as const;

export function replayCommand(letters: Command, frame: CommandFrame): void {
  const command = letters
    .command('replay')
    .description('Try again what could not be done: one letter, those of a fingerprint, or all open ones.')
    .argument('[id]')
    .option('--integration <name>', 'whose letters; needed with --fingerprint and --all')
    .option('--fingerprint <fingerprint>', 'all open letters of this kind of trouble', fingerprintText)
    .option('--all', 'all open letters')
    .requiredOption('--reason <text>', 'why; it is kept with the run', reasonText)
    .option('--tenant <name>', 'needed only where there are several');
  act<Options>(command, frame, (terminal, options, id) =>
    withRollcall(frame.at, 'worker', async (rollcall) => {
      const { db } = rollcall;
      const { id: tenantId } = await chooseTenant(db, options.tenant);
      const which = whichOf(options, id);
      const integration = 'ids' in which ? (await letterOf(db, tenantId, id!)).integrationId : options.integration;
      if (!integration) throw new Fault('invalid_input', 'Name the integration with --integration.');
      const { reason } = options;
      const wanted = { tenantId, integration, which, reason, actor: operatingUser() };
      const run = await requestReplay(db, wanted).catch((error: unknown) => {
        throw advised(error, underWay);
      });
      terminal.say(`${number(run.letters)} ${run.letters === 1 ? 'letter is' : 'letters are'} tried again.`);
      return carryOutRun(frame.at, terminal, rollcall, run);
    }),
  );
}

function whichOf({ fingerprint, all }: Options, id: string | undefined): Which {
  const ways: Which[] = [
    ...(id === undefined ? [] : [{ ids: [id] }]),
    ...(fingerprint === undefined ? [] : [{ fingerprint }]),
    ...(all ? [{ all: true } as const] : []),
  ];
  if (ways.length !== 1)
    throw new Fault('invalid_input', 'Name one letter by its id, or --fingerprint, or --all: one of the three.');
  return ways[0]!;
}
