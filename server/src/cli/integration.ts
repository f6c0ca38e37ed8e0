/** `integration add|list|configure|cache|test|pause|resume|strategy|rank|matching`: the external systems that this installation is joined with. */
import type { Command } from 'commander';
import { addIntegrationCommand } from './integration/add.js';
import { integrationCacheCommand } from './integration/cache.js';
import { configureIntegrationCommand } from './integration/configure.js';
import { pauseIntegrationCommands } from './integration/pause.js';
import { matchingCommand } from './integration/matching.js';
import { rankCommand } from './integration/rank.js';
import { strategyCommand } from './integration/strategy.js';
import { testIntegrationCommand } from './integration/test-connection.js';
import { listIntegrations } from '../store/integrations.js';
import { chooseTenant } from '../store/tenants.js';
import { EXIT } from './exit-codes.js';
import { act, type CommandFrame } from './run-command.js';
import { table } from './table.js';
import { withRollcall } from './with-rollcall.js';

interface Options {
  readonly tenant?: string;
}

export function addIntegration(program: Command, frame: CommandFrame): void {
  const integration = program
    .command('integration')
    .description('Join external systems, and look whether they answer.');
  addIntegrationCommand(integration, frame);
  const list = integration
    .command('list')
    .description('All integrations, by rank.')
    .option('--tenant <name>', 'needed only where there are several');
  act<Options>(list, frame, (terminal, { tenant }) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, tenant);
      const found = await db.withTenant(tenantId, (tx) => listIntegrations(tx, tenantId));
      const rows = found.map((i) => [
        i.name,
        i.rank,
        i.kind,
        i.strategy,
        i.state,
        i.lastSuccessAt?.toISOString().slice(0, 19),
        i.reason,
        i.id,
      ]);
      const heads = ['integration', 'rank', 'kind', 'strategy', 'state', 'last success', 'why', 'id'];
      terminal.result(found, () => (rows.length > 0 ? table(heads, rows) : 'There is no integration yet.'));
      return EXIT.ok;
    }),
  );
  configureIntegrationCommand(integration, frame);
  integrationCacheCommand(integration, frame);
  testIntegrationCommand(integration, frame);
  pauseIntegrationCommands(integration, frame);
  strategyCommand(integration, frame);
  rankCommand(integration, frame);
  matchingCommand(integration, frame);
}
