/** `mappings merge <stays> <goes>` makes one record of ours of two; `mappings unmerge <merge>` takes it back. */
import { Fault, type EntityName } from '@rollcall/core';
import type { Command } from 'commander';
import { chooseTenant } from '../../store/tenants.js';
import { EXIT } from '../exit-codes.js';
import { operatingUser } from '../operating-user.js';
import { isUuid } from '../option-values.js';
import { act, type CommandFrame } from '../run-command.js';
import { number } from '../table.js';
import { withRollcall } from '../with-rollcall.js';
import { entityOption, withReason, type ReasonOption } from './scope.js';

interface Options extends ReasonOption {
  readonly entity: EntityName;
  readonly tenant?: string;
}

export function mergeCommand(mappings: Command, frame: CommandFrame): void {
  const merge = withReason(mappings.command('merge').description('Make one record of ours of two.'))
    .argument('<winner>', 'our record that stays')
    .argument('<loser>', 'our record whose mappings and references move to it')
    .addOption(entityOption().default('users'))
    .option('--tenant <name>', 'needed only where there are several');
  act<Options>(merge, frame, (terminal, { entity, tenant, reason }, winnerId, loserId) =>
    withRollcall(frame.at, 'app', async ({ db, mappings: service }) => {
      const { id: tenantId } = await chooseTenant(db, tenant);
      proveIds(winnerId!, loserId!);
      const pair = { tenantId, entity, winnerId: winnerId!, loserId: loserId! };
      const made = await service.merge(pair, { actor: operatingUser(), reason });
      terminal.result(
        made,
        () =>
          `Merged: ${number(made.links)} mappings (${number(made.onlyTranslating)} only translate) and ${number(made.references)} references moved.\nTake it back with "mappings unmerge ${made.mergeId} --reason "<why>"".`,
      );
      return EXIT.ok;
    }),
  );
}

export function unmergeCommand(mappings: Command, frame: CommandFrame): void {
  const unmerge = withReason(mappings.command('unmerge').description('Take a merge back.'))
    .argument('<merge>', 'the id that "mappings merge" printed')
    .option('--tenant <name>', 'needed only where there are several');
  act<Options>(unmerge, frame, (terminal, { tenant, reason }, mergeId) =>
    withRollcall(frame.at, 'app', async ({ db, mappings: service }) => {
      const { id: tenantId } = await chooseTenant(db, tenant);
      proveIds(mergeId!);
      const undone = await service.unmerge({ tenantId, mergeId: mergeId! }, { actor: operatingUser(), reason });
      terminal.result(
        undone,
        () => `Taken back: ${number(undone.links)} mappings, ${number(undone.references)} references.`,
      );
      return EXIT.ok;
    }),
  );
}

function proveIds(...ids: string[]): void {
  if (!ids.every(isUuid)) throw new Fault('invalid_input', 'Ids of records and merges are UUIDs.');
}
