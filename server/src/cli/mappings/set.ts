/** `mappings set <external id> <our id>` joins two records, or moves a mapping that is there; `mappings unlink <external id>` parts them. */
import { Fault } from '@rollcall/core';
import type { Command } from 'commander';
import { versionTag } from '../../store/mappings/link.js';
import { EXIT } from '../exit-codes.js';
import { operatingUser } from '../operating-user.js';
import { isUuid } from '../option-values.js';
import { act, type CommandFrame } from '../run-command.js';
import { withRollcall } from '../with-rollcall.js';
import { linksTable, scopeOf, withReason, withScope, type ReasonOption, type ScopeOptions } from './scope.js';

type Options = ScopeOptions & ReasonOption & { readonly move?: boolean };

export function setCommand(mappings: Command, frame: CommandFrame): void {
  const description = 'Join an external id with a record of ours; with --move also one that is joined with another.';
  const set = withReason(withScope(mappings.command('set').description(description)))
    .argument('<external-id>')
    .argument('<local-id>')
    .option('--move', 'give a mapping that is there, or was unlinked, this record');
  act<Options>(set, frame, (terminal, options, externalId, localId) =>
    withRollcall(frame.at, 'app', async ({ db, mappings: service }) => {
      if (!isUuid(localId!)) throw new Fault('invalid_input', 'The id of a record of ours is a UUID.');
      const scope = await scopeOf(db, options);
      const by = { actor: operatingUser(), reason: options.reason };
      const there = options.move ? await service.find(scope, externalId!) : null;
      const link = there
        ? await service.relink(scope, externalId!, localId!, { ...by, seen: versionTag(there) })
        : await service.link(scope, externalId!, localId!, by);
      terminal.result(link, () => linksTable([link]));
      return EXIT.ok;
    }),
  );
}

export function unlinkCommand(mappings: Command, frame: CommandFrame): void {
  const description =
    'Part an external id from our record; syncs leave it alone until "mappings set --move" joins it again.';
  const unlink = withReason(withScope(mappings.command('unlink').description(description))).argument('<external-id>');
  act<Options>(unlink, frame, (terminal, options, externalId) =>
    withRollcall(frame.at, 'app', async ({ db, mappings: service }) => {
      const scope = await scopeOf(db, options);
      const link = await service.unlink(scope, externalId!, { actor: operatingUser(), reason: options.reason });
      terminal.result(link, () => linksTable([link]));
      return EXIT.ok;
    }),
  );
}
