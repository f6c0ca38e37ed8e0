/** `integration strategy <name> <strategy>`: how it is read when nobody says otherwise, and how often everything is. */
import type { Command } from 'commander';
import { strategies, type SyncStrategy } from '@rollcall/core';
import { chooseTenant } from '../../store/tenants.js';
import { setStrategy } from '../../sync/set-strategy.js';
import { EXIT } from '../exit-codes.js';
import { duration, oneOf } from '../option-values.js';
import { act, type CommandFrame } from '../run-command.js';
import { withRollcall } from '../with-rollcall.js';

interface Options {
  readonly fullEvery?: number;
  readonly tenant?: string;
}

export function strategyCommand(integration: Command, frame: CommandFrame): void {
  const command = integration
    .command('strategy')
    .description('Set how it is read when nobody says otherwise. What is read stays the same.')
    .argument('<name>', "the integration's name or id")
    .argument('<strategy>', `${strategies.join(', ')}`, oneOf(...strategies))
    .option('--full-every <time>', 'read everything again after so long, for example 12h or 7d', duration)
    .option('--tenant <name>', 'needed only where there are several');
  act<Options>(command, frame, (terminal, { fullEvery, tenant }, name, strategy) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, tenant);
      const wanted = { tenantId, integration: name!, strategy: strategy as SyncStrategy, fullEverySeconds: fullEvery };
      const set = await setStrategy(db, { ...wanted, actor: 'cli' });
      terminal.result(set, () => `${set.name} is read ${sentences[set.strategy]}.`);
      return EXIT.ok;
    }),
  );
}

const sentences: Readonly<Record<SyncStrategy, string>> = {
  full: 'whole, each time',
  incremental: 'by what changed, and whole from time to time',
  'real-time': 'by what changed, whole from time to time, and record by record as soon as one is marked',
};
