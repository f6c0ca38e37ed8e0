/** `mappings differing <integration> [entity]`: where a source says otherwise than the hub, by the names of fields; values show with `mappings sources`. */
import { entityNames, Fault, type EntityName } from '@rollcall/core';
import { Argument, type Command } from 'commander';
import { differingLinks, type DifferingLink } from '../../store/mappings/sources.js';
import { chooseTenant } from '../../store/tenants.js';
import { EXIT } from '../exit-codes.js';
import { wholeNumber } from '../option-values.js';
import { act, type CommandFrame } from '../run-command.js';
import { table } from '../table.js';
import { withRollcall } from '../with-rollcall.js';
import { integrationOf } from './scope.js';

interface Options {
  readonly after?: string;
  readonly limit: number;
  readonly tenant?: string;
}

type Listed = DifferingLink & { readonly entity: EntityName };

export function differingCommand(mappings: Command, frame: CommandFrame): void {
  const differing = mappings
    .command('differing')
    .description('Mappings whose source says otherwise than the hub, with the names of the fields.')
    .argument('<integration>', 'its name or id')
    .addArgument(new Argument('[entity]', 'of which kind; without it, of all').choices(entityNames))
    .option('--after <id>', 'only beyond this external id, of the entity that is named')
    .option('--limit <n>', 'at most so many', wholeNumber(1, 1000), 100)
    .option('--tenant <name>', 'needed only where there are several');
  act<Options>(differing, frame, (terminal, { after, limit, tenant }, integration, entity) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      if (after !== undefined && entity === undefined)
        throw new Fault('invalid_input', 'Name the entity that --after goes on with.');
      const { id: tenantId } = await chooseTenant(db, tenant);
      const integrationId = await integrationOf(db, tenantId, integration!);
      const found: Listed[] = [];
      for (const name of entity === undefined ? entityNames : [entity as EntityName]) {
        const of = { tenantId, integrationId, entity: name, after };
        const room = limit - found.length;
        if (room === 0) break;
        const links = await db.withTenant(tenantId, (tx) => differingLinks(tx, of, room));
        found.push(...links.map((link) => ({ entity: name, ...link })));
      }
      terminal.result(found, () => differingText(found));
      return EXIT.ok;
    }),
  );
}

const differingText = (links: readonly Listed[]): string =>
  links.length === 0
    ? 'It says what the hub says.'
    : table(
        ['entity', 'external id', 'our record', 'state', 'fields'],
        links.map(({ entity, externalId, localId, state, fields }) => [
          ...[entity, externalId, localId, state, fields.join(', ')],
        ]),
      );
