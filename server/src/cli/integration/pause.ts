/** `integration pause|resume <name>`: no run starts while it is paused, and one under way rests until it is resumed. */
import type { Command } from 'commander';
import { RunBell } from '../../jobs/run-bell.js';
import { chooseTenant } from '../../store/tenants.js';
import { pauseIntegration, resumeIntegration } from '../../sync/pause-integration.js';
import { EXIT } from '../exit-codes.js';
import { act, type CommandFrame } from '../run-command.js';
import { withRollcall } from '../with-rollcall.js';

interface Options {
  readonly tenant?: string;
}

export function pauseIntegrationCommands(integration: Command, frame: CommandFrame): void {
  const pause = integration
    .command('pause')
    .description('Start no run of it any more; one under way rests at its last committed step.')
    .argument('<name>', "the integration's name or id")
    .requiredOption('--reason <text>', 'kept with the pause')
    .option('--tenant <name>', 'needed only where there are several');
  act<Options & { reason: string }>(pause, frame, (terminal, { tenant, reason }, name) =>
    withRollcall(frame.at, 'app', async ({ db }) => {
      const { id: tenantId } = await chooseTenant(db, tenant);
      const paused = await pauseIntegration(db, { tenantId, integration: name!, actor: 'cli', reason });
      const rests = paused.runId === null ? '' : ` Its run ${paused.runId} rests.`;
      terminal.result(paused, () => `Paused ${paused.integration.name}.${rests}`);
      return EXIT.ok;
    }),
  );
  const resume = integration
    .command('resume')
    .description('Let a paused integration go on.')
    .argument('<name>', "the integration's name or id")
    .option('--tenant <name>', 'needed only where there are several');
  act<Options>(resume, frame, (terminal, { tenant }, name) =>
    withRollcall(frame.at, 'app', async ({ db, log, queueAt }) => {
      const { id: tenantId } = await chooseTenant(db, tenant);
      const resumed = await resumeIntegration(db, { tenantId, integration: name!, actor: 'cli' });
      const bell = new RunBell(queueAt, log);
      await bell.ring(...resumed.runIds.map((runId) => ({ tenantId, runId })));
      await bell.close();
      const goOn = resumed.runIds.length === 0 ? '' : ` Its run ${resumed.runIds[0]} goes on.`;
      terminal.result(resumed, () => `Resumed ${resumed.integration.name}.${goOn}`);
      return EXIT.ok;
    }),
  );
}
