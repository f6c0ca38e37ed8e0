/** `mappings list`: mappings in the order of their external ids, page by page. */
import { Option, type Command } from 'commander';
import { linkStates, type LinkState } from '../../store/mappings/link.js';
import { searchLinks } from '../../store/mappings/look-up.js';
import { EXIT } from '../exit-codes.js';
import { wholeNumber } from '../option-values.js';
import { act, type CommandFrame } from '../run-command.js';
import { withRollcall } from '../with-rollcall.js';
import { linksTable, scopeOf, withScope, type ScopeOptions } from './scope.js';

interface Options extends ScopeOptions {
  readonly prefix?: string;
  readonly state?: LinkState;
  readonly after?: string;
  readonly limit: number;
}

export function listCommand(mappings: Command, frame: CommandFrame): void {
  const list = withScope(mappings.command('list').description('Mappings in the order of their external ids.'))
    .option('--prefix <text>', 'only external ids that begin so')
    .addOption(new Option('--state <state>', 'only these').choices(linkStates))
    .option('--after <id>', 'only beyond this external id')
    .option('--limit <n>', 'at most so many', wholeNumber(1, 1000), 100);
  act<Options>(list, frame, (terminal, options) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const scope = await scopeOf(db, options);
      const { prefix, state, after, limit } = options;
      const filter = { ...scope, prefix, state, after };
      const links = await db.withTenant(scope.tenantId, (tx) => searchLinks(tx, scope.tenantId, filter, limit));
      terminal.result(links, () => (links.length > 0 ? linksTable(links) : 'There are no such mappings.'));
      return EXIT.ok;
    }),
  );
}
