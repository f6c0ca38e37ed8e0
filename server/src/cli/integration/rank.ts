/** `integration rank <name> <rank>`: whose word counts where several integrations have the same record; or a look at what that would mean. */
import type { Command } from 'commander';
import { highestRank, lowestRank } from '../../store/integrations.js';
import { chooseTenant } from '../../store/tenants.js';
import { setRank, type RankSet } from '../../sync/set-rank.js';
import { EXIT } from '../exit-codes.js';
import { operatingUser } from '../operating-user.js';
import { reasonText, wholeNumber } from '../option-values.js';
import { act, type CommandFrame } from '../run-command.js';
import { number } from '../table.js';
import { withRollcall } from '../with-rollcall.js';

interface Options {
  readonly reason: string;
  readonly dryRun?: boolean;
  readonly tenant?: string;
}

export const rankText = wholeNumber(highestRank, lowestRank);

export function rankCommand(integration: Command, frame: CommandFrame): void {
  const command = integration
    .command('rank')
    .description('Set whose word counts where several have the same record: the smallest rank comes first.')
    .argument('<name>', "the integration's name or id")
    .argument(
      '<rank>',
      `from ${highestRank} to ${lowestRank}; of equal ranks the older integration comes first`,
      rankText,
    )
    .requiredOption('--reason <text>', 'why; it is kept in the audit trail', reasonText)
    .option('--dry-run', 'show how many records would be compared anew, and change nothing')
    .option('--tenant <name>', 'needed only where there are several');
  act<Options>(command, frame, (terminal, { reason, dryRun = false, tenant }, name, rank) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, tenant);
      const wanted = { tenantId, integration: name!, rank: Number(rank), actor: operatingUser(), reason, dryRun };
      const set = await setRank(db, wanted);
      terminal.result(set, () => rankSetText(set));
      return EXIT.ok;
    }),
  );
}

export function rankSetText({ integration: { name }, before, rank, records, readInFull, dryRun }: RankSet): string {
  if (before === rank) return `${name} has rank ${rank} already; nothing changes.`;
  const moved = `${name} ${dryRun ? 'would have' : 'has'} rank ${rank}; it ${dryRun ? 'has' : 'had'} ${before}.`;
  if (records === 0) return `${moved} No record that several integrations have is concerned.`;
  const compared = `${dryRun ? 'would be' : 'are'} compared anew, by the next full reads of ${readInFull.join(', ')}.`;
  return `${moved} ${number(records)} shared ${records === 1 ? 'record' : 'records'} ${compared}`;
}
