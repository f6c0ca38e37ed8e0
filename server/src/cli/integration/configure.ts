/** `integration configure <name>`: other settings, another environment, a new secret beside the old one; or a look at what would change. */
import type { Command } from 'commander';
import { environments } from '@rollcall/connectors';
import { chooseTenant } from '../../store/tenants.js';
import { configureIntegration, type Configured } from '../../sync/configure-integration.js';
import { EXIT } from '../exit-codes.js';
import { jsonObject, oneOf } from '../option-values.js';
import { act, type CommandFrame } from '../run-command.js';
import { withRollcall } from '../with-rollcall.js';

interface Options {
  readonly set: Readonly<Record<string, unknown>>;
  readonly environment?: string;
  readonly secret?: readonly string[];
  readonly dryRun?: boolean;
  readonly tenant?: string;
}

export function configureIntegrationCommand(integration: Command, frame: CommandFrame): void {
  const command = integration
    .command('configure')
    .description('Change settings. What runs keeps its own; what begins from now on takes the new ones.')
    .argument('<name>', "the integration's name or id")
    .option('--set <json>', 'settings by name as a JSON object; null takes one away', jsonObject, {})
    .option(
      '--environment <name>',
      `which of its environments holds: ${environments.join(', ')}`,
      oneOf(...environments),
    )
    .option('--secret <references...>', 'env:NAME or file:NAME; two while the present and the next are both valid')
    .option('--dry-run', 'check and show what would change, and change nothing')
    .option('--tenant <name>', 'needed only where there are several');
  act<Options>(command, frame, (terminal, { set, environment, secret, dryRun = false, tenant }, name) =>
    withRollcall(frame.at, 'app', async ({ db, factory }) => {
      const { id: tenantId } = await chooseTenant(db, tenant);
      const changes = {
        ...set,
        ...(environment === undefined ? {} : { environment }),
        ...(secret === undefined ? {} : { clientSecretRef: secret.length === 1 ? secret[0] : secret }),
      };
      const wanted = { tenantId, integration: name!, changes, actor: 'cli', dryRun };
      const done = await configureIntegration(db, factory, wanted);
      const { changed, readsTheSame } = done;
      const version = done.integration.configurationVersion;
      terminal.result({ version, changed, readsTheSame, dryRun }, () => textOf(done, dryRun));
      return EXIT.ok;
    }),
  );
}

function textOf({ changed, readsTheSame, integration }: Configured, dryRun: boolean): string {
  if (changed.length === 0) return `Nothing changes of ${integration.name}.`;
  const what = `${changed.join(', ')} of ${integration.name}`;
  const effect = readsTheSame
    ? 'What is read stays the same.'
    : 'The next sync reads everything, and removals of it wait for a person.';
  return `${dryRun ? 'Would change' : 'Changed'} ${what}. ${effect}`;
}
