/** `mappings lookup <id>`: what an external id stands for, or with --local by which ids a record of ours goes. */
import { Fault, type EntityName } from '@rollcall/core';
import type { Command } from 'commander';
import { chooseTenant } from '../../store/tenants.js';
import { EXIT } from '../exit-codes.js';
import { isUuid } from '../option-values.js';
import { act, type CommandFrame } from '../run-command.js';
import { withRollcall } from '../with-rollcall.js';
import { entityOption, linksTable, scopeOf } from './scope.js';

interface Options {
  readonly integration?: string;
  readonly entity: EntityName;
  readonly local?: boolean;
  readonly tenant?: string;
}

export function lookupCommand(mappings: Command, frame: CommandFrame): void {
  const lookup = mappings
    .command('lookup')
    .description('What an external id stands for, or by which ids a record of ours goes.')
    .argument('<id>')
    .option('--local', 'the id is of a record of ours; it is looked up in all systems')
    .option('--integration <name>', 'of which external system; needed without --local')
    .addOption(entityOption().default('users'))
    .option('--tenant <name>', 'needed only where there are several');
  act<Options>(lookup, frame, (terminal, { integration, entity, local, tenant }, id) =>
    withRollcall(frame.at, 'app', async ({ db, mappings: service }) => {
      if (local) {
        const { id: tenantId } = await chooseTenant(db, tenant);
        if (!isUuid(id!)) throw new Fault('invalid_input', 'The id of a record of ours is a UUID.');
        const found = await service.findByLocalIds({ tenantId, entity }, [id!]);
        const links = [...found.values()].flat();
        terminal.result(links, () => (links.length > 0 ? linksTable(links) : 'The record has no external id.'));
        return links.length > 0 ? EXIT.ok : EXIT.failed;
      }
      if (!integration) throw new Fault('invalid_input', 'Name the integration with --integration, or add --local.');
      const scope = await scopeOf(db, { integration, entity, ...(tenant ? { tenant } : {}) });
      const link = await service.find(scope, id!);
      if (link === null) throw new Fault('not_found', 'There is no such mapping.');
      terminal.result(link, () => linksTable([link]));
      return EXIT.ok;
    }),
  );
}
