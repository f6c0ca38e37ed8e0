/** `dead-letters discard <id>`: closes a letter that nothing is to be done about. */
import type { Command } from 'commander';
import { chooseTenant } from '../../store/tenants.js';
import { discardLetter } from '../../sync/letters/discard-letter.js';
import { reasonText } from '../option-values.js';
import { EXIT } from '../exit-codes.js';
import { operatingUser } from '../operating-user.js';
import { act, type CommandFrame } from '../run-command.js';
import { withRollcall } from '../with-rollcall.js';
import { letterOf } from './letter-of.js';

export function discardCommand(letters: Command, frame: CommandFrame): void {
  const command = letters
    .command('discard')
    .description('Close a letter that nothing is to be done about. A record is tried by later runs as ever.')
    .argument('<id>')
    .requiredOption('--reason <text>', 'why; it is kept with the letter', reasonText)
    .option('--tenant <name>', 'needed only where there are several');
  act<{ reason: string; tenant?: string }>(command, frame, (terminal, { reason, tenant }, id) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, tenant);
      const { integrationId } = await letterOf(db, tenantId, id!);
      const about = { tenantId, integration: integrationId, letterId: id!, reason, actor: operatingUser() };
      const letter = await discardLetter(db, about);
      terminal.result(letter, () => `Discarded: ${letter.code} (${letter.reason}).`);
      return EXIT.ok;
    }),
  );
}
