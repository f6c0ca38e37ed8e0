/** `integration test <name>`: tries each thing that a sync needs, one step at a time. */
import type { Command } from 'commander';
import { findIntegration } from '../../store/integrations.js';
import { chooseTenant } from '../../store/tenants.js';
import { EXIT } from '../exit-codes.js';
import { act, type CommandFrame } from '../run-command.js';
import { withRollcall, type LentRollcall } from '../with-rollcall.js';

interface Options {
  readonly tenant?: string;
}

export function testIntegrationCommand(integration: Command, frame: CommandFrame): void {
  const command = integration
    .command('test')
    .description('Sign in, and read a little of each collection. Changes nothing.')
    .argument('<name>', "the integration's name or id")
    .option('--tenant <name>', 'needed only where there are several');
  act<Options>(command, frame, (terminal, { tenant }, name) =>
    withRollcall(frame.at, 'app', async (rollcall) => {
      const result = await test(rollcall, name!, tenant);
      terminal.result(result, () =>
        result.steps.map((s) => `${s.ok ? 'ok    ' : 'FAILED'}  ${s.name}: ${s.message}`).join('\n'),
      );
      return result.ok ? EXIT.ok : EXIT.failed;
    }),
  );
}

async function test({ db, factory }: LentRollcall, name: string, tenant: string | undefined) {
  const { id: tenantId } = await chooseTenant(db, tenant);
  const found = await db.withTenant(tenantId, (tx) => findIntegration(tx, tenantId, name));
  const provider = factory.create(found.kind, found.name, found.settings);
  try {
    await provider.init();
    await provider.start();
    return await provider.test();
  } finally {
    await factory.dispose(provider);
  }
}
